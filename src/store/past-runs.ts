import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { didYouMean } from '../core/nearest.ts';
import { asDrillError, DrillError, messageOf } from '../core/errors.ts';
import { drillsIn, runsIn } from './run-folders.ts';
import { REPORT_SCHEMA_VERSION, reportSchema, type DrillReport } from '../report/report.ts';
import { INDEX_FILE, LEDGER_FILE } from './ledger/ledger.ts';
import { LedgerFile } from './ledger/ledger-file.ts';
import { type LedgerIndex } from './ledger/ledger-index.ts';
import type { DrillOnRecord, EndedRun, LinePosition, MissedDue, SeriesQuestion } from './ledger/index-answers.ts';
import { openIndexToRead } from './ledger/open-index.ts';
import { parseLine, type BegunEntry, type EndedEntry, type LedgerLine } from './ledger/line.ts';
import { isOfTheSystem } from './system-fault.ts';

/** A run that has a report. */
export interface PastRun extends EndedEntry {
  /** Where its report.json lies, or lay. */
  readonly file: string;
}

/** A run without a report. */
export interface RunWithoutReport extends Pick<BegunEntry, 'drill' | 'run' | 'number' | 'startedAt'> {
  /** `begun`: nothing is on record of its end. `lost`: it was killed. `withdrawn`: it was refused for what was typed. */
  readonly state: 'begun' | 'lost' | 'withdrawn';
}

/** A folder of a run that the ledger does not know. */
export interface UnrecordedRun {
  readonly drill: string;
  readonly run: string;
  readonly file: string;
}

/** What a directory of reports tells of its runs, in short. */
export interface RunList {
  /** Oldest first, those that have a report. */
  readonly ended: readonly EndedRun[];
  /** Runs of fallbacks, in the same order: each is told beside the run that it is the fallback of, and counts nowhere. */
  readonly fallbacks: readonly EndedRun[];
  readonly withoutReport: readonly RunWithoutReport[];
  readonly unrecorded: readonly UnrecordedRun[];
  /** Times at which a drill was due and did not run, in order. */
  readonly missed: readonly MissedDue[];
  /** How many lines of the ledger cannot be read. */
  readonly unreadableLines: number;
}

/** The same with the runs themselves. */
export interface History extends Omit<RunList, 'ended' | 'fallbacks'> {
  /** Oldest first. */
  readonly runs: readonly PastRun[];
  /** Oldest first. */
  readonly fallbacks: readonly PastRun[];
}

/**
 * All runs on record, or those of one drill, in short. It takes the ledger as it stands; whether nothing was changed is for
 * `drill evidence verify` to say. A directory that is not there has none.
 */
export function listRuns(reports: string, drill: string | null): RunList {
  const nothing = { ended: [], fallbacks: [], withoutReport: [], missed: [], unreadableLines: 0, names: [] };
  const { names, ...list } = withLedger<Omit<RunList, 'unrecorded'> & { readonly names: readonly string[] }>(
    reports,
    nothing,
    (index) => ({
      ended: index.ended(drill),
      fallbacks: index.fallbacks(drill),
      withoutReport: index.unended().filter((run) => drill === null || run.drill === drill),
      missed: index.missed(drill),
      unreadableLines: index.head().unreadable,
      names: index.names(),
    }),
  );
  return { ...list, unrecorded: unrecordedIn(reports, drill, new Set(names)) };
}

type Asked = Pick<
  LedgerIndex,
  | 'ended'
  | 'fallbacks'
  | 'names'
  | 'unended'
  | 'head'
  | 'passedOf'
  | 'signOffs'
  | 'missed'
  | 'lastOfDrill'
  | 'tally'
  | 'endBefore'
  | 'turnsOf'
  | 'selfTests'
>;

/** Asks a ledger and its index. Where there is none, the answer is nothing. Throws `not-found` for one that cannot be read. */
export function withLedger<T>(reports: string, nothing: T, ask: (index: Asked, file: LedgerFile) => T): T {
  const path = join(reports, LEDGER_FILE);
  if (!existsSync(path)) return nothing;
  let file: LedgerFile | null = null;
  try {
    file = LedgerFile.toRead(path);
    const index = openIndexToRead(join(reports, INDEX_FILE), file);
    try {
      return ask(index, file);
    } finally {
      index.close();
    }
  } catch (error) {
    if (asDrillError(error) || !isOfTheSystem(error)) throw error;
    throw new DrillError('not-found', `the ledger ${path} cannot be read: ${messageOf(error)}`, { cause: error });
  } finally {
    file?.close();
  }
}

/** What the ledger says of some of its runs. A line that was changed meanwhile, so that it is none any more, is left out. */
export function readPast(reports: string, some: readonly EndedRun[]): PastRun[] {
  if (some.length === 0) return [];
  return withLedger<PastRun[]>(reports, [], (_, file) => some.flatMap((run) => pastRunIn(file, run, reports)));
}

function pastRunIn(file: LedgerFile, run: EndedRun, reports: string): PastRun[] {
  const line = lineIn(file, run);
  return line?.kind === 'ended' ? [{ ...line, file: join(reports, line.drill, line.run, 'report.json') }] : [];
}

/** A line of the ledger; null: it was changed since the index was made, so that it is none any more. */
export function lineIn(file: LedgerFile, { start, length }: LinePosition): LedgerLine | null {
  try {
    return parseLine(file.read(start, start + length).toString('utf8'));
  } catch (error) {
    if (isOfTheSystem(error)) throw error;
    return null;
  }
}

const NEVER: DrillOnRecord = { lastBegun: null, lastPassed: null, lastMissed: null, openSince: null };

/** What is on record of a drill by now. A directory that is not there has nothing. */
export function lastOfDrill(
  reports: string,
  drill: string,
  now: Date,
  repositories: readonly (number | null)[],
): DrillOnRecord {
  return withLedger(reports, NEVER, (index) => index.lastOfDrill(drill, now, repositories));
}

/** The last passed runs of a series before another run, the newest first. A directory that is not there has none. */
export function passedBefore(reports: string, question: SeriesQuestion): PastRun[] {
  const found = withLedger<EndedRun[]>(reports, [], (index) => index.passedOf(question));
  return readPast(reports, found);
}

/** All runs on record, or those of one drill. */
export function readHistory(reports: string, drill: string | null): History {
  const { ended, fallbacks, ...others } = listRuns(reports, drill);
  return { runs: readPast(reports, ended), fallbacks: readPast(reports, fallbacks), ...others };
}

function unrecordedIn(reports: string, drill: string | null, recorded: ReadonlySet<string>): UnrecordedRun[] {
  return drillsIn(reports)
    .filter((name) => drill === null || name === drill)
    .flatMap((name) =>
      runsIn(join(reports, name))
        .filter((run) => !recorded.has(`${name}/${run}`))
        .map((run) => ({ drill: name, run, file: join(reports, name, run, 'report.json') })),
    );
}

/** A run, by the names of its folders. */
type FoundRun = Pick<UnrecordedRun, 'drill' | 'run'>;

/**
 * The run that `which` names: an id, with or without its drill before it (`orders/20261129T0300…`), the beginning of exactly
 * one, or `latest`, which is never that of a fallback. Throws `not-found` otherwise.
 */
export function findRun(list: Omit<RunList, 'unreadableLines' | 'missed'>, which: string): FoundRun {
  const { ended, fallbacks, unrecorded } = list;
  const last = ended.at(-1);
  if (which === 'latest' && last) return last;
  const found = [...ended, ...fallbacks, ...unrecorded].filter((run) =>
    namesOf(run).some((name) => name.startsWith(which)),
  );
  const [first] = found;
  const [same, another] = found.filter((run) => namesOf(run).includes(which));
  if (first && found.length === 1) return first;
  if (same && !another) return same;
  if (found.length > 1) {
    const ids = found.slice(-6).map(({ run }) => run);
    throw new DrillError(
      'not-found',
      `${found.length} runs begin with ${which}: ${found.length > 6 ? '… ' : ''}${ids.join(', ')}`,
      { hint: 'give more of the run id, or write it as drill/run' },
    );
  }
  throw noSuchRun(list, which);
}

/** Runs of two drills may have one id. */
function namesOf({ drill, run }: FoundRun): string[] {
  return [run, `${drill}/${run}`];
}

function noSuchRun(
  { withoutReport, unrecorded }: Pick<RunList, 'withoutReport' | 'unrecorded'>,
  which: string,
): DrillError {
  const without = withoutReport.find(({ run }) => run.startsWith(which));
  if (without) {
    const why = { begun: 'is still under way, or was killed', lost: 'was killed', withdrawn: 'was refused' };
    const hint = {
      begun: 'drill history says how it stands',
      lost: 'drill sweep removes what it left behind; run the drill again',
      withdrawn: 'nothing was restored; run the drill again',
    };
    return new DrillError('not-found', `the run ${without.run} has no report: it ${why[without.state]}`, {
      hint: hint[without.state],
    });
  }
  if (which === 'latest') {
    return new DrillError('not-found', 'there is no run on record yet', unrecorded.length === 0 ? {} : { hint: ADOPT });
  }
  return new DrillError('not-found', `there is no run ${which}${didYouMean(which, ['latest'])}`, {
    hint: 'drill history lists all; --reports names another directory of reports',
  });
}

/** What to do about runs that the ledger does not know. */
export const ADOPT = 'runs of before the ledger are taken in by: drill evidence adopt';

/** Reads a whole report. Throws `not-found` for one that is not there, or cannot be trusted to say what it seems to. */
export function readReport(file: string): DrillReport {
  if (!existsSync(file)) throw new DrillError('not-found', `${file} is not there any more, though the run has ended`);
  let problem: string;
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const parsed = reportSchema.safeParse(value);
    if (parsed.success) return parsed.data;
    problem = whyNot(value, parsed.error);
  } catch (error) {
    problem = messageOf(error);
  }
  throw new DrillError('not-found', `${file} cannot be read as a report: ${problem}`);
}

function whyNot(
  value: unknown,
  error: { readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[] },
): string {
  const version = typeof value === 'object' && value !== null && 'schemaVersion' in value ? value.schemaVersion : null;
  if (typeof version === 'number' && version !== REPORT_SCHEMA_VERSION) {
    return `schema version ${version}; this pgdrill reads ${REPORT_SCHEMA_VERSION}`;
  }
  const [issue] = error.issues;
  return `not as its schema says: ${issue?.path.join('.') || 'the file'}: ${issue?.message ?? '?'}`;
}
