import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DrillError } from '../../core/errors.ts';
import { version } from '../../core/version.ts';
import { RENDERERS } from '../../report/render.ts';
import type { DrillReport } from '../../report/report.ts';
import { digestOf } from '../../store/digest.ts';
import { LEDGER_FILE } from '../../store/ledger/ledger.ts';
import type { MissedDue } from '../../store/ledger/index-answers.ts';
import type { LedgerLine, MissedEntry } from '../../store/ledger/line.ts';
import { MANIFEST_FILE, SIGN_OFF_FILE, STATEMENT_FILES } from '../../store/manifest.ts';
import { readReport } from '../../store/past-runs.ts';
import { SELF_TESTS } from '../../store/past-self-tests.ts';
import { standingOfSelfTests } from '../../store/self-test-standing.ts';
import { KEYS_DIRECTORY } from '../keys-directory.ts';
import type { PublicKey } from '../public-key.ts';
import { readSignOffs } from '../read-sign-offs.ts';
import type { Signer } from '../signer.ts';
import { bundleStatement } from '../statements/bundle.ts';
import { LEDGER_HEAD_FILE } from '../statements/ledger-head.ts';
import { signStatement } from '../statements/statement.ts';
import { FORMS_WITHOUT_VALUES } from '../verify/extent.ts';
import { filesBelow } from '../verify/files-below.ts';
import { verifyReports, type Verification } from '../verify/verify-reports.ts';
import { runsIn, type BundledRun } from './bundled-run.ts';
import type { PlannedDrill } from './cadence.ts';
import { describeBundle } from './describe.ts';
import { instructions } from './instructions.ts';
import type { Period } from './period.ts';
import { copyPlainFile } from './plain-file.ts';
import { bundleHtml, bundleMarkdown } from './print.ts';
import { ledgerPart, type LedgerPart } from './segment.ts';
import { BUNDLE_FILES, covers, type BundleTerms } from './terms.ts';
import { withoutValues } from './without-values.ts';

/** What a bundle is to hold. */
export interface BundleRequest {
  readonly reports: string;
  readonly period: Period;
  /** Null: all drills. */
  readonly drill: string | null;
  readonly withoutValues: boolean;
  /** The keys that are trusted; null: those beside the reports. */
  readonly keys: readonly PublicKey[] | null;
  /** The keys that are trusted for sign-offs alone. */
  readonly reviewers: readonly PublicKey[];
  /** Who signs the list of its files; null: nobody. */
  readonly signer: Signer | null;
  readonly planned: readonly PlannedDrill[];
}

/** A bundle as it lies in its directory, which is empty before. */
export interface StagedBundle {
  readonly runs: readonly BundledRun[];
  readonly verification: Verification;
  /** Every file, as a path from the directory on, in order. */
  readonly files: readonly string[];
}

/**
 * Puts the files of a bundle into an empty directory: the runs of the period as they are, the ledger from its beginning on, and
 * what is made of both. The same record gives the same bytes. A record in which something was changed is bundled with what is
 * wrong on its first page, and nobody signs that.
 */
export async function stageBundle(request: BundleRequest, directory: string): Promise<StagedBundle> {
  const { reports, period, signer } = request;
  const terms: BundleTerms = {
    bundleVersion: 1,
    pgdrill: version(),
    from: period.from,
    until: period.until,
    drill: request.drill,
    withoutValues: request.withoutValues,
  };
  const isAsked = covers(terms);
  const verification = verifyReports({ reports, runs: isAsked, keys: request.keys, reviewers: request.reviewers });
  const part = ledgerPart(join(reports, LEDGER_FILE), period.from);
  const reviews = readSignOffs(reports, null);
  const runs = runsIn(
    part.lines.filter((line) => 'run' in line && isAsked(line)),
    ({ drill, run }) => beside(`${drill}/${run}`, reports, terms, reviews),
  );
  const write = (name: string, text: string): void =>
    writeFileSync(join(directory, name), text, { mode: 0o600, flag: 'wx' });
  write(LEDGER_FILE, part.text);
  copyNamed(reports, directory, isOfLedger);
  copyNamed(join(reports, KEYS_DIRECTORY), join(directory, KEYS_DIRECTORY), isOfKeys);
  if (!terms.withoutValues) stageSelfTests(part, reports, directory);
  for (const run of runs) stageRun(run, reports, directory, terms);
  const document = describeBundle({
    terms,
    runs,
    passedBefore: passedBefore(part, period),
    ranBefore: ranBefore(part, period),
    firstBegun: firstBegun(part),
    planned: request.planned,
    problems: verification.problems,
    notes: verification.notes,
    keys: verification.keys,
    keysNamed: !verification.keysOnFirstSight,
    missed: part.lines.flatMap((line) => (line.kind === 'missed' ? missedIn(line, terms) : [])),
    selfTest: standingOfSelfTests([...part.before, ...part.lines].filter(isSelfTest), terms.pgdrill),
    ledgerEnd: part.lines.at(-1)?.at ?? null,
  });
  write(BUNDLE_FILES.page, bundleHtml(document));
  write(BUNDLE_FILES.text, bundleMarkdown(document));
  write(BUNDLE_FILES.instructions, instructions(terms));
  write(BUNDLE_FILES.terms, `${JSON.stringify(terms, null, 2)}\n`);
  const listed = filesBelow(directory);
  write(BUNDLE_FILES.sums, listed.map((file) => `${digestOf(join(directory, file)).sha256}  ${file}\n`).join(''));
  if (signer !== null && verification.problems.length === 0) {
    const { sha256 } = digestOf(join(directory, BUNDLE_FILES.sums));
    write(BUNDLE_FILES.statement, await signStatement(bundleStatement(BUNDLE_FILES.sums, sha256, terms), [signer]));
  }
  return { runs, verification, files: filesBelow(directory) };
}

function beside(
  name: string,
  reports: string,
  terms: BundleTerms,
  reviews: Reviews,
): Pick<BundledRun, 'report' | 'reviews' | 'isSigned'> {
  const folder = join(reports, name);
  const [needed, page] = terms.withoutValues
    ? ['report.json', FORMS_WITHOUT_VALUES.html]
    : ['report.html', 'report.html'];
  const isThere = existsSync(join(folder, needed));
  return {
    report: isThere ? `${name}/${page}` : null,
    reviews: reviews.get(name) ?? [],
    isSigned: existsSync(join(folder, STATEMENT_FILES.drill)),
  };
}

/** The times of the period that a line tells of. */
function missedIn({ drill, dueAt }: MissedEntry, terms: BundleTerms): MissedDue[] {
  if (terms.drill !== null && terms.drill !== drill) return [];
  return dueAt.filter((at) => terms.from <= at && at < terms.until).map((at) => ({ drill, dueAt: at }));
}

type Reviews = ReturnType<typeof readSignOffs>;

/** What is signed about the ledger, and what was stamped. */
function isOfLedger(name: string): boolean {
  return name === LEDGER_HEAD_FILE || /^ledger\.\d+\.(?:anchor|tsr)$/.test(name);
}

function isOfKeys(name: string): boolean {
  return /^[0-9a-f]{64}\.(?:pub|rotation\.dsse\.json)$/.test(name);
}

function isSelfTest(line: LedgerLine): line is Extract<LedgerLine, { readonly kind: 'self-tested' }> {
  return line.kind === 'self-tested';
}

/** Of each self-test that a line of the part tells of; what failed there may show values of restored data. */
function stageSelfTests({ lines }: LedgerPart, reports: string, directory: string): void {
  const ids = new Set(lines.filter(isSelfTest).map(({ id }) => id));
  copyNamed(join(reports, SELF_TESTS), join(directory, SELF_TESTS), (name) => ids.has(name.split('.')[0] ?? ''));
}

const SIGNED: readonly string[] = [MANIFEST_FILE, ...Object.values(STATEMENT_FILES)];

function stageRun(
  { drill, run, ended, reviews }: BundledRun,
  reports: string,
  directory: string,
  terms: BundleTerms,
): void {
  const [from, to] = [join(reports, drill, run), join(directory, drill, run)];
  const isMeant = terms.withoutValues
    ? (name: string): boolean => SIGNED.includes(name) || SIGN_OFF_FILE.test(name)
    : (name: string): boolean => !name.startsWith('.');
  copyNamed(from, to, isMeant);
  if (ended === null || !terms.withoutValues) return;
  const whole = reportIn(join(from, 'report.json'));
  if (whole === null) return;
  mkdirSync(to, { recursive: true, mode: 0o700 });
  const report = withoutValues(whole);
  for (const [form, name] of Object.entries(FORMS_WITHOUT_VALUES)) {
    const text = RENDERERS[form as keyof typeof FORMS_WITHOUT_VALUES](report, reviews);
    writeFileSync(join(to, name), text, { mode: 0o600, flag: 'wx' });
  }
}

/** Null: what is wrong with it stands on the first page. */
function reportIn(file: string): DrillReport | null {
  try {
    return readReport(file);
  } catch (error) {
    if (error instanceof DrillError) return null;
    throw error;
  }
}

/** Copies the files of a directory whose names are meant; one that is not there has none. */
function copyNamed(from: string, to: string, isMeant: (name: string) => boolean): void {
  const names = existsSync(from) ? readdirSync(from, { withFileTypes: true }) : [];
  const files = names.filter((entry) => entry.isFile() && isMeant(entry.name));
  if (files.length > 0) mkdirSync(to, { recursive: true, mode: 0o700 });
  for (const { name } of files) copyPlainFile(join(from, name), join(to, name));
}

function passedBefore({ before, lines }: LedgerPart, { from }: Period): (drill: string) => string | null {
  const last = new Map<string, string>();
  for (const line of [...before, ...lines])
    if (line.kind === 'ended' && line.fallbackOf === undefined && line.verdict === 'passed' && line.startedAt < from)
      last.set(line.drill, line.startedAt);
  return (drill) => last.get(drill) ?? null;
}

/** The drills that ran before a period, and the controls that the last of their runs named. */
function ranBefore({ before, lines }: LedgerPart, { from }: Period): ReadonlyMap<string, readonly string[]> {
  const ended = [...before, ...lines].filter((line) => line.kind === 'ended');
  const ran = ended.filter(({ startedAt, fallbackOf }) => startedAt < from && fallbackOf === undefined);
  return new Map(ran.map(({ drill, controls }) => [drill, controls]));
}

/** A run that was refused for what was typed is none. One that was adopted has no line of its beginning. */
function firstBegun({ before, lines }: LedgerPart): (drill: string) => string | null {
  const all = [...before, ...lines];
  const refused = new Set(all.flatMap((line) => (line.kind === 'withdrawn' ? [`${line.drill}/${line.run}`] : [])));
  const first = new Map<string, string>();
  for (const line of all) {
    if ((line.kind !== 'begun' && line.kind !== 'ended') || refused.has(`${line.drill}/${line.run}`)) continue;
    const known = first.get(line.drill);
    if (known === undefined || line.startedAt < known) first.set(line.drill, line.startedAt);
  }
  return (drill) => first.get(drill) ?? null;
}
