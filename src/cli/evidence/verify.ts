import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { DrillError, messageOf } from '../../core/errors.ts';
import { anchorText, parseAnchor, verifyAnchor } from '../../evidence/anchor.ts';
import { timeStamp } from '../../evidence/time-stamp.ts';
import type { PublicKey } from '../../evidence/public-key.ts';
import type { Problem } from '../../evidence/verify/problem.ts';
import { isBundle, verifyBundle } from '../../evidence/verify/verify-bundle.ts';
import { runOf, verifyReports, type Verification } from '../../evidence/verify/verify-reports.ts';
import { LEDGER_FILE } from '../../store/ledger/ledger.ts';
import { findRun } from '../../store/past-runs.ts';
import { replaceFile } from '../../store/replace-file.ts';
import { RUN_ID } from '../../store/run-folders.ts';
import { RunStore } from '../../store/run-store.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-status.ts';
import { reportsDirectory } from '../known-reports.ts';
import { anchorOf, verificationJson, verificationText } from '../view/evidence.ts';
import { publicKeyIn, trustedKeys } from './which-key.ts';

export interface VerifyCommand {
  readonly key?: readonly string[] | undefined;
  readonly reviewer?: readonly string[] | undefined;
  readonly plan?: string | undefined;
  readonly reports?: string | undefined;
  readonly json?: true | undefined;
  readonly anchor?: true | undefined;
  readonly anchored?: string | undefined;
  readonly timestamp?: string | undefined;
}

/** Verifies a run or a directory of reports, and says what is wrong. Returns the exit status. */
export async function verify(what: string | undefined, options: VerifyCommand, context: CliContext): Promise<number> {
  const trusted = {
    keys: trustedKeys(options.key ?? [], options.plan, context),
    reviewers: (options.reviewer ?? []).map(publicKeyIn),
  };
  if (what !== undefined && statSync(what, { throwIfNoEntry: false })?.isFile())
    return verifyArchive(what, trusted, options, context);
  const { reports, run } = placeOf(what, options.reports, context.env);
  // Whoever names none means the directory of the reports: what makes a bundle of it was put there.
  if (what !== undefined && run === null && isBundle(reports))
    return tellBundle({ directory: reports, problems: [] }, trusted, options, context);
  const runs = run === null ? null : runOf(run);
  const found = withAnchor(verifyReports({ reports, runs, ...trusted }), reports, options.anchored);
  tell(found, options, context);
  if (found.problems.length > 0) return EXIT.failed;
  await tellAnchor(found, reports, options, context);
  return EXIT.passed;
}

/** The keys that were named; null: none was. */
interface Trusted {
  readonly keys: readonly PublicKey[] | null;
  readonly reviewers: readonly PublicKey[];
}

async function verifyArchive(
  archive: string,
  trusted: Trusted,
  options: VerifyCommand,
  context: CliContext,
): Promise<number> {
  const { unpackArchive } = await import('../../evidence/bundle/archive.ts');
  const unpacked = await unpackArchive(archive);
  try {
    if (isBundle(unpacked.directory) || unpacked.problems.length > 0)
      return tellBundle(unpacked, trusted, options, context);
    throw new DrillError('not-found', `${archive} is no bundle: there is no bundle.json in it`);
  } finally {
    unpacked.remove();
  }
}

/** The directory of a bundle, and what is wrong with the archive that it was unpacked from. */
interface OpenedBundle {
  readonly directory: string;
  readonly problems: readonly Problem[];
}

/** An anchor is compared as well: its line has to be in the bundle. */
function tellBundle(
  bundle: OpenedBundle,
  { keys, reviewers }: Trusted,
  options: VerifyCommand,
  context: CliContext,
): number {
  const { directory, problems } = bundle;
  const inside = verifyBundle(directory, keys, reviewers);
  const found = withAnchor({ ...inside, problems: [...problems, ...inside.problems] }, directory, options.anchored);
  tell(found, options, context);
  return found.problems.length > 0 ? EXIT.failed : EXIT.passed;
}

function tell(found: Verification, { json }: VerifyCommand, { stdout, stdoutStyle }: CliContext): void {
  stdout(json ? verificationJson(found) : verificationText(found, stdoutStyle));
}

/** A directory of reports, the folder of a run in one, or the id of a run. */
function placeOf(
  what: string | undefined,
  asked: string | undefined,
  env: NodeJS.ProcessEnv,
): { reports: string; run: string | null } {
  if (what === undefined) return { reports: reportsDirectory(asked, undefined, env), run: null };
  if (statSync(what, { throwIfNoEntry: false })?.isDirectory()) {
    const above = dirname(dirname(resolve(what)));
    const isRun = RUN_ID.test(basename(resolve(what))) && existsSync(join(above, LEDGER_FILE));
    return isRun ? { reports: above, run: basename(resolve(what)) } : { reports: what, run: null };
  }
  const reports = reportsDirectory(asked, undefined, env);
  return { reports, run: findRun(new RunStore(reports).list(null), what).run };
}

function withAnchor(found: Verification, reports: string, anchored: string | undefined): Verification {
  if (anchored === undefined) return found;
  const problems = [...found.problems, ...verifyAnchor(reports, parseAnchor(anchored), found.ledger.id)];
  return { ...found, problems };
}

/** How far a ledger goes is told of one in which nothing was changed, and of no other. */
async function tellAnchor(
  found: Verification,
  reports: string,
  { anchor: isAsked, timestamp: url, json }: VerifyCommand,
  { stdout, stderr, env }: CliContext,
): Promise<void> {
  const anchor = anchorOf(found);
  if (anchor === null || (isAsked === undefined && url === undefined)) return;
  if (!json) stdout(`${anchorText(anchor)}\n`);
  if (url === undefined) return;
  const name = `ledger.${anchor.lines}`;
  const base = join(reports, name);
  try {
    replaceFile(reports, `${name}.tsr`, await timeStamp(anchor, url, env));
    replaceFile(reports, `${name}.anchor`, `${anchorText(anchor)}\n`);
  } catch (error) {
    if (error instanceof DrillError) throw error;
    throw new DrillError('reports-not-writable', `the time-stamp cannot be kept: ${messageOf(error)}`, {
      cause: error,
    });
  }
  stderr(`stamped: openssl ts -verify -data ${base}.anchor -in ${base}.tsr -CAfile CERTIFICATE-OF-THE-SERVER\n`);
}
