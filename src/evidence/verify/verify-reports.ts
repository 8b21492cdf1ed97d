import { join } from 'node:path';
import { drillsIn, RUN_ID } from '../../store/run-folders.ts';
import { keyFileName, KEYS_DIRECTORY, rotationFileName } from '../keys-directory.ts';
import type { PublicKey } from '../public-key.ts';
import type { SignedHead } from '../statements/ledger-head.ts';
import { problemWith, type Problem } from './problem.ts';
import { isThere, namesIn } from './read-file.ts';
import { trustIn, type Trust } from './trust.ts';
import { verifyIndex } from './verify-index.ts';
import { verifyLedger, type PlacedLine, type VerifiedLedger } from './verify-ledger.ts';
import { verifyRun } from './verify-run.ts';
import { WHOLE, type Extent } from './extent.ts';
import { verifySelfTests } from './verify-self-tests.ts';
import { verifySignOffs, type RecordedSignOff } from './verify-sign-offs.ts';

/** What to verify, and whom to believe. */
export interface VerifyOptions {
  readonly reports: string;
  /** Which runs are looked at, beside the ledger; null: all. */
  readonly runs: RunFilter | null;
  /** The keys that are trusted; null: those beside the reports. */
  readonly keys: readonly PublicKey[] | null;
  /** The keys that are trusted for sign-offs alone. */
  readonly reviewers?: readonly PublicKey[];
  /** What a bundle holds of a directory of reports; a directory has all of it. */
  readonly extent?: Extent;
}

/** Whether a run is one of those that are looked at. */
export type RunFilter = (run: { readonly drill: string; readonly run: string }) => boolean;

/** The run of this id, of whichever drill. */
export function runOf(id: string): RunFilter {
  return ({ run }) => run === id;
}

/** What became of a directory of reports. */
export interface Verification {
  readonly problems: readonly Problem[];
  /** What a reader has to know, and what is no problem. */
  readonly notes: readonly string[];
  /** The ids of the keys that are trusted, and whether nobody has named one. */
  readonly keys: readonly string[];
  readonly keysOnFirstSight: boolean;
  readonly ledger: {
    readonly id: string | null;
    readonly lines: number;
    readonly sha256: string | null;
    readonly signed: SignedHead | null;
  };
  readonly runs: number;
  readonly signedRuns: number;
}

/**
 * Verifies a directory of reports with nothing but what lies there and the keys. Never throws for what it finds: whatever is
 * wrong is a problem with a place.
 */
export function verifyReports({ reports, runs, keys, reviewers, extent = WHOLE }: VerifyOptions): Verification {
  const trust = trustIn(reports, keys, reviewers);
  const ledger = verifyLedger(reports, trust, extent.ledger);
  const isAsked: RunFilter = runs ?? (() => true);
  const ended = ledger.lines.flatMap(endedLine).filter(({ entry }) => isAsked(entry));
  const begun = new Map(
    ledger.lines.flatMap((one) => (one.line.kind === 'begun' ? [[nameOf(one.line), one] as const] : [])),
  );
  const checked = ended.map(({ at, entry }) => ({
    entry,
    ...verifyRun({ reports, at, entry, begun: begun.get(nameOf(entry)) ?? null, trust, files: extent.files }),
  }));
  const { lines } = ledger;
  const signOffs = Map.groupBy(lines.flatMap(signedOffLine), ({ line: about }) => nameOf(about));
  const reviews = ended.map(({ entry: { drill, run: id, report } }) =>
    verifySignOffs({ reports, drill, run: id, report, trust, recorded: signOffs.get(`${drill}/${id}`) ?? [] }),
  );
  const last = lines.at(-1);
  return {
    problems: [
      ...trust.problems,
      ...ledger.problems,
      // Of a ledger that was changed it says what that said before.
      ...(ledger.problems.length === 0 ? verifyIndex(reports) : []),
      ...checked.flatMap(({ problems }) => problems),
      ...reviews.flatMap(({ problems }) => problems),
      ...unsigned(ledger, checked),
      ...missingKeys(reports, keysIn(checked, reviews)),
      ...unvouchedKeys(reports, trust, ended),
      ...verifySelfTests(reports, lines, extent),
      ...notOnRecord(reports, ledger, runs),
    ],
    notes: notes(ledger, trust, checked),
    keys: [...trust.keys.keys()],
    keysOnFirstSight: trust.isOnFirstSight,
    ledger: {
      id: ledger.id,
      lines: ledger.count,
      sha256: last?.at === ledger.count ? last.sha256 : null,
      signed: ledger.head,
    },
    runs: checked.length,
    signedRuns: checked.filter(isSignedRun).length,
  };
}

interface CheckedRun {
  readonly entry: Ended['entry'];
  readonly isSigned: boolean;
}

function isSignedRun({ isSigned }: CheckedRun): boolean {
  return isSigned;
}

/** Runs of two drills may have one id. */
function nameOf({ drill, run }: { readonly drill: string; readonly run: string }): string {
  return `${drill}/${run}`;
}

type Ended = ReturnType<typeof endedLine>[number];

function endedLine({ at, line }: PlacedLine) {
  if (line.kind !== 'ended') return [];
  const { v: _version, line: _line, previous: _previous, at: _at, ...entry } = line;
  return [{ at, entry }];
}

/** Once the runs of a drill are signed, one that is not may come from somebody who has no key; those not asked for count too. */
function unsigned({ lines }: VerifiedLedger, runs: readonly CheckedRun[]): Problem[] {
  const asked = new Map(runs.map((run) => [nameOf(run.entry), run]));
  const signing = new Set<string>();
  return lines.flatMap(endedLine).flatMap(({ entry }) => {
    const isSigned = asked.get(nameOf(entry))?.isSigned ?? null;
    if (isSigned === true || entry.key !== null) signing.add(entry.drill);
    return isSigned === false && signing.has(entry.drill)
      ? [problemWith(nameOf(entry), 'it is not signed, and runs of this drill before it are')]
      : [];
  });
}

function signedOffLine({ at, line }: PlacedLine): RecordedSignOff[] {
  return line.kind === 'signed-off' ? [{ at, line }] : [];
}

/** What is signed with which key. */
function keysIn(
  runs: readonly { readonly key: string | null }[],
  signOffs: readonly { readonly keys: readonly string[] }[],
): ReadonlyMap<string, string> {
  const ofReviewers = signOffs.flatMap(({ keys }) => keys.map((key) => [key, 'sign-offs'] as const));
  return new Map([...ofReviewers, ...runs.flatMap(({ key }) => (key === null ? [] : [[key, 'runs'] as const]))]);
}

/** The public half of each key that something is signed with belongs to the reports. */
function missingKeys(reports: string, keys: ReadonlyMap<string, string>): Problem[] {
  return [...keys]
    .filter(([key]) => !isThere(join(reports, KEYS_DIRECTORY, keyFileName(key))))
    .map(([key, what]) =>
      problemWith(`${KEYS_DIRECTORY}/${keyFileName(key)}`, `it is missing, and ${what} are signed with it`),
    );
}

/** A key that runs are signed with is one that was named, or a statement puts it in the place of one. */
function unvouchedKeys(reports: string, { keys }: Trust, ended: readonly Ended[]): Problem[] {
  const named = new Set(ended.flatMap(({ entry: { key } }) => (key === null || keys.has(key) ? [] : [key])));
  const lies = (file: string): boolean => isThere(join(reports, KEYS_DIRECTORY, file));
  return [...named]
    .filter((key) => lies(keyFileName(key)) && !lies(rotationFileName(key)))
    .map((key) => {
      const what =
        'it is missing: runs are signed with this key, and nothing puts it in the place of one that is trusted';
      return problemWith(`${KEYS_DIRECTORY}/${rotationFileName(key)}`, what);
    });
}

/** Folders that look like runs and are none on record; and whatever else lies among the runs of a drill. */
function notOnRecord(reports: string, { lines }: VerifiedLedger, asked: RunFilter | null): Problem[] {
  const states = new Map<string, string>(
    lines.flatMap(({ line }) => ('run' in line ? [[nameOf(line), line.kind] as const] : [])),
  );
  const drills = new Set(lines.flatMap(({ line }) => ('drill' in line ? [line.drill] : [])));
  return [...new Set([...drills, ...drillsIn(reports)])].flatMap((drill) =>
    namesIn(join(reports, drill)).flatMap((name): Problem[] => {
      const place = `${drill}/${name}`;
      if (asked !== null && !(RUN_ID.test(name) && asked({ drill, run: name }))) return [];
      const state = states.get(place);
      // What is no drill on record may be anything else as well.
      if (state === undefined && !drills.has(drill) && !RUN_ID.test(name)) return [];
      if (state === undefined || state === 'withdrawn')
        return [problemWith(place, 'it is not on record in the ledger')];
      return state === 'lost' && isThere(join(reports, place, 'report.json'))
        ? [problemWith(`${place}/report.json`, 'it is not on record: the run was killed and had no report')]
        : [];
    }),
  );
}

function notes(
  { lines, head, count, before }: VerifiedLedger,
  { isOnFirstSight }: Trust,
  runs: readonly CheckedRun[],
): string[] {
  const last = new Map(lines.flatMap(({ line }) => ('run' in line ? [[nameOf(line), line] as const] : [])));
  const begun = [...last.values()].filter(({ kind }) => kind === 'begun');
  const signed = [...lines.flatMap(endedLine).filter(({ entry }) => entry.key !== null), ...runs.filter(isSignedRun)];
  const signing = new Set(signed.map(({ entry }) => entry.drill));
  const never = new Set(runs.map(({ entry }) => entry.drill).filter((drill) => !signing.has(drill)));
  return [
    ...(isOnFirstSight && signing.size > 0
      ? ['no key was named, so those beside the reports were taken: compare their fingerprints by other means']
      : []),
    ...[...never].map((drill) => `no run of ${drill} is signed`),
    ...(head !== null && head.lines < before + count
      ? [`nobody has signed what is behind line ${head.lines} of the ledger: ${before + count - head.lines} lines`]
      : []),
    ...begun.map(({ drill, run }) => `${drill}/${run} has begun and not ended: it is under way, or was killed`),
    ...lines.flatMap(({ at, line }) =>
      line.kind === 'repaired' ? [`line ${at} of the ledger took off ${line.bytes} bytes that were no whole line`] : [],
    ),
  ];
}
