import { join } from 'node:path';
import { messageOf } from '../../core/errors.ts';
import { LEDGER_FILE } from '../../store/ledger/ledger.ts';
import { periodText } from '../bundle/period.ts';
import { BUNDLE_FILES, covers, termsSchema, type BundleTerms } from '../bundle/terms.ts';
import type { PublicKey } from '../public-key.ts';
import { readBundleStatement } from '../statements/bundle.ts';
import { filesBelow } from './files-below.ts';
import { problemWith, type Problem } from './problem.ts';
import { isThere, sha256Of, textOf } from './read-file.ts';
import { signedStatement } from './signed-statement.ts';
import { trustIn, type Trust } from './trust.ts';
import { verifyLedger, type VerifiedLedger } from './verify-ledger.ts';
import { verifyReports, type Verification } from './verify-reports.ts';

/** Whether a directory is that of a bundle. */
export function isBundle(directory: string): boolean {
  return isThere(join(directory, BUNDLE_FILES.terms));
}

/**
 * Verifies a bundle by itself: that its files are those that it was made of, that each run of its period is there and as it was
 * signed, and that the ledger from the beginning of the period on has no gap. Never throws for what it finds.
 */
export function verifyBundle(
  directory: string,
  keys: readonly PublicKey[] | null,
  reviewers: readonly PublicKey[] = [],
): Verification {
  const trust = trustIn(directory, keys);
  const terms = readTerms(directory);
  if (terms === null) return unreadable(trust);
  const ledger = verifyLedger(directory, trust, 'part');
  const found = verifyReports({
    reports: directory,
    runs: covers(terms),
    keys,
    reviewers,
    extent: { ledger: 'part', files: terms.withoutValues ? 'without-values' : 'all' },
  });
  const own = [...ofStatement(directory, trust), ...ofBeginning(ledger, terms)];
  const named = [...found.problems, ...own];
  return {
    ...found,
    problems: [...named, ...ofFiles(directory).filter(({ file }) => !named.some((one) => isWithin(file, one.file)))],
    notes: [...notes(directory, terms, ledger), ...found.notes],
  };
}

function readTerms(directory: string): BundleTerms | null {
  try {
    return termsSchema.parse(JSON.parse(textOf(join(directory, BUNDLE_FILES.terms))));
  } catch {
    return null;
  }
}

function unreadable({ keys, isOnFirstSight }: Trust): Verification {
  return {
    problems: [problemWith(BUNDLE_FILES.terms, 'it cannot be read: it was changed, or is of a newer pgdrill')],
    notes: [],
    keys: [...keys.keys()],
    keysOnFirstSight: isOnFirstSight,
    ledger: { id: null, lines: 0, sha256: null, signed: null },
    runs: 0,
    signedRuns: 0,
  };
}

/** Whoever names a key wants it to vouch for the pages as well. */
function ofStatement(directory: string, trust: Trust): Problem[] {
  const path = join(directory, BUNDLE_FILES.statement);
  if (!isThere(path) && trust.isOnFirstSight) return [];
  try {
    const signed = readBundleStatement(signedStatement(path, trust).statement);
    return sha256Of(join(directory, BUNDLE_FILES.sums)) === signed
      ? []
      : [problemWith(BUNDLE_FILES.sums, 'it was changed: its SHA-256 is not the one that was signed')];
  } catch (error) {
    return [problemWith(BUNDLE_FILES.statement, `${messageOf(error)}, so nobody vouches for ${BUNDLE_FILES.page}`)];
  }
}

/** A line of before the period shows that none of the period is missing before the others. */
function ofBeginning({ lines: [first] }: VerifiedLedger, { from }: BundleTerms): Problem[] {
  if (first === undefined || first.line.line === 1 || first.line.at < from) return [];
  return [{ file: LEDGER_FILE, line: 1, what: 'lines of the period may be missing before it' }];
}

/** A line of the list, as sha256sum has it. */
const SUM = /^(?<sha256>[0-9a-f]{64}) {2}(?<file>.+)$/;

function ofFiles(directory: string): Problem[] {
  let text: string;
  try {
    text = textOf(join(directory, BUNDLE_FILES.sums));
  } catch (error) {
    return [problemWith(BUNDLE_FILES.sums, messageOf(error))];
  }
  const sums = text
    .split('\n')
    .slice(0, -1)
    .map((line) => SUM.exec(line)?.groups);
  const listed = new Map(sums.map((sum) => [sum?.['file'] ?? '', sum?.['sha256'] ?? '']));
  const there = filesBelow(directory);
  const present = new Set(there);
  const beside: readonly string[] = [BUNDLE_FILES.sums, BUNDLE_FILES.statement];
  const missing = [...listed.keys()].filter((file) => file !== '' && !present.has(file));
  return [
    ...(listed.has('') ? [problemWith(BUNDLE_FILES.sums, 'it is no list of files: it was changed')] : []),
    ...missing.map((file) => problemWith(file, 'it is missing')),
    // Nothing is opened but what lies in the directory.
    ...there.flatMap((file) => (beside.includes(file) ? [] : compared(directory, file, listed.get(file) ?? null))),
  ];
}

function compared(directory: string, file: string, sha256: string | null): Problem[] {
  if (sha256 === null) return [problemWith(file, `it is not in ${BUNDLE_FILES.sums}`)];
  try {
    if (sha256Of(join(directory, file)) === sha256) return [];
    return [problemWith(file, `it was changed: its SHA-256 is not the one of ${BUNDLE_FILES.sums}`)];
  } catch (error) {
    return [problemWith(file, messageOf(error))];
  }
}

function isWithin(file: string, place: string): boolean {
  return file === place || file.startsWith(`${place}/`);
}

function notes(directory: string, terms: BundleTerms, { lines }: VerifiedLedger): string[] {
  const { drill, until, withoutValues } = terms;
  const last = lines.at(-1)?.line.at;
  return [
    `the bundle of ${periodText(terms)}, of ${drill === null ? 'all drills' : `the drill ${drill}`}`,
    ...(withoutValues ? ['values of restored data were left out: whole reports and logs are not in it'] : []),
    ...(last !== undefined && last < until
      ? [`nothing is on record after ${last}, before the period ends: an anchor shows whether the end was cut off`]
      : []),
    ...(isThere(join(directory, BUNDLE_FILES.statement))
      ? []
      : [
          `nobody has signed the bundle: what vouches for its runs and its ledger does not vouch for ${BUNDLE_FILES.page}`,
        ]),
  ];
}
