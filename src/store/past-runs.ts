import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { didYouMean } from '../core/nearest.ts';
import { DrillError, messageOf } from '../core/errors.ts';
import { drillsIn, runsIn } from './run-folders.ts';
import { REPORT_SCHEMA_VERSION, reportSchema, type DrillReport } from '../report/report.ts';
import { LEDGER_FILE } from './ledger/ledger.ts';
import type { BegunEntry, EndedEntry } from './ledger/line.ts';
import { readLedger } from './ledger/read-ledger.ts';

/** A run that has a report. */
export interface PastRun extends EndedEntry {
  /** Where its report.json lies, or lay. */
  readonly file: string;
}

/** A run without a report. */
export interface RunWithoutReport extends Pick<BegunEntry, 'drill' | 'run' | 'number' | 'startedAt'> {
  /** `under-way`: nothing is on record of its end. `lost`: it was killed. `withdrawn`: it was refused for what was typed. */
  readonly state: 'under-way' | 'lost' | 'withdrawn';
}

/** A folder of a run that the ledger does not know. */
export interface UnrecordedRun {
  readonly drill: string;
  readonly run: string;
  readonly file: string;
}

/** What a directory of reports tells of its runs. */
export interface History {
  /** Oldest first. */
  readonly runs: readonly PastRun[];
  readonly withoutReport: readonly RunWithoutReport[];
  readonly unrecorded: readonly UnrecordedRun[];
  /** How many lines of the ledger cannot be read. */
  readonly unreadableLines: number;
}

/** All runs on record, or those of one drill, from the ledger alone. A directory that is not there has none. */
export function readHistory(reports: string, drill: string | null): History {
  const { lines, unreadable } = readLedger(join(reports, LEDGER_FILE));
  const runs = new Map<string, PastRun>();
  const withoutReport = new Map<string, RunWithoutReport>();
  const recorded = new Set<string>();
  for (const line of lines) {
    if (line.kind === 'opened' || line.kind === 'repaired') continue;
    recorded.add(line.run);
    if (drill !== null && line.drill !== drill) continue;
    if (line.kind === 'ended') {
      runs.set(line.run, { ...line, file: join(reports, line.drill, line.run, 'report.json') });
      withoutReport.delete(line.run);
    } else {
      const { number, startedAt } = line;
      const state = line.kind === 'begun' ? 'under-way' : line.kind;
      withoutReport.set(line.run, { drill: line.drill, run: line.run, number, startedAt, state });
    }
  }
  return {
    runs: [...runs.values()].toSorted((a, b) => (a.startedAt < b.startedAt ? -1 : 1)),
    withoutReport: [...withoutReport.values()],
    unrecorded: unrecordedIn(reports, drill, recorded),
    unreadableLines: unreadable,
  };
}

function unrecordedIn(reports: string, drill: string | null, recorded: ReadonlySet<string>): UnrecordedRun[] {
  return drillsIn(reports)
    .filter((name) => drill === null || name === drill)
    .flatMap((name) =>
      runsIn(join(reports, name))
        .filter((run) => !recorded.has(run))
        .map((run) => ({ drill: name, run, file: join(reports, name, run, 'report.json') })),
    );
}

/**
 * Where the report of the run lies that `which` names: an id, the beginning of exactly one, or `latest`. Throws `not-found`
 * otherwise.
 */
export function findRun(history: History, which: string): string {
  const { runs, unrecorded } = history;
  const last = runs.at(-1);
  if (which === 'latest' && last) return last.file;
  const found = [...runs, ...unrecorded].filter(({ run }) => run.startsWith(which));
  const [first] = found;
  if (first && (found.length === 1 || first.run === which)) return first.file;
  if (found.length > 1) {
    const ids = found.slice(-6).map(({ run }) => run);
    throw new DrillError(
      'not-found',
      `${found.length} runs begin with ${which}: ${found.length > 6 ? '… ' : ''}${ids.join(', ')}`,
      { hint: 'give more of the run id' },
    );
  }
  throw noSuchRun(history, which);
}

function noSuchRun({ withoutReport, unrecorded }: History, which: string): DrillError {
  const without = withoutReport.find(({ run }) => run.startsWith(which));
  if (without) {
    const why = { 'under-way': 'is still under way, or was killed', lost: 'was killed', withdrawn: 'was refused' };
    return new DrillError('not-found', `the run ${without.run} has no report: it ${why[without.state]}`);
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
