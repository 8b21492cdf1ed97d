import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { didYouMean } from '../core/nearest.ts';
import { DrillError, messageOf } from '../core/errors.ts';
import { directoriesIn } from './directories-in.ts';
import { REPORT_SCHEMA_VERSION, reportSchema, type DrillReport } from '../report/report.ts';

/** What a list of past runs needs of a report: there may be many, so the rest of each is let go. */
export type PastReport = Pick<DrillReport, 'runId' | 'drill' | 'startedAt' | 'verdict' | 'target' | 'rto' | 'rpo'> & {
  /** The codes of the reasons. */
  readonly reasons: readonly string[];
  /** The repository that the run read, or was to read; null when it did not get as far as knowing. */
  readonly repo: number | null;
  /** The label of the backup set. */
  readonly backup: string | null;
};

/** A past run that can be read. */
export interface PastRun {
  readonly file: string;
  readonly report: PastReport;
}

/** A run whose report is not there or cannot be trusted to say what it seems to. */
interface UnreadableRun {
  readonly drill: string;
  readonly runId: string;
  readonly file: string;
  readonly problem: string;
}

export interface History {
  /** Oldest first. */
  readonly runs: readonly PastRun[];
  readonly unreadable: readonly UnreadableRun[];
}

/** All runs below a directory of reports, or those of one drill. A directory that is not there has none. */
export function readHistory(reports: string, drill: string | null): History {
  const runs: PastRun[] = [];
  const unreadable: UnreadableRun[] = [];
  for (const name of directoriesIn(reports).filter((one) => drill === null || one === drill)) {
    for (const runId of directoriesIn(join(reports, name))) {
      const run = readRun({ drill: name, runId, file: join(reports, name, runId, 'report.json') });
      if ('report' in run) runs.push(run);
      else unreadable.push(run);
    }
  }
  return { runs: runs.toSorted((a, b) => (a.report.startedAt < b.report.startedAt ? -1 : 1)), unreadable };
}

/** The run that `which` names: an id, the beginning of exactly one, or `latest`. Throws `not-found` otherwise. */
export function findRun({ runs, unreadable }: History, which: string): PastRun {
  const last = runs.at(-1);
  if (which === 'latest' && last) return last;
  const found = runs.filter(({ report }) => report.runId.startsWith(which));
  const [first] = found;
  if (first && (found.length === 1 || first.report.runId === which)) return first;
  if (found.length > 1) {
    const ids = found.slice(-6).map(({ report }) => report.runId);
    throw new DrillError(
      'not-found',
      `${found.length} runs begin with ${which}: ${found.length > 6 ? '… ' : ''}${ids.join(', ')}`,
      { hint: 'give more of the run id' },
    );
  }
  const broken = unreadable.find(({ runId }) => runId.startsWith(which));
  if (broken)
    throw new DrillError(
      'not-found',
      `the run ${broken.runId} has no report that can be read (${broken.file}): ${broken.problem}`,
    );
  const near = didYouMean(which, ['latest']);
  throw new DrillError('not-found', which === 'latest' ? 'there is no run yet' : `there is no run ${which}${near}`, {
    hint: 'drill history lists all; --reports names another directory of reports',
  });
}

function readRun(place: Omit<UnreadableRun, 'problem'>): PastRun | UnreadableRun {
  try {
    const value: unknown = JSON.parse(readFileSync(place.file, 'utf8'));
    const parsed = reportSchema.safeParse(value);
    return parsed.success
      ? { file: place.file, report: pastReport(parsed.data) }
      : { ...place, problem: whyNot(value, parsed.error) };
  } catch (error) {
    const isAbsent = ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
    return { ...place, problem: isAbsent ? 'no report: the run was killed, or is still going on' : messageOf(error) };
  }
}

/** What a list of past runs needs of a report. */
export function pastReport(report: DrillReport): PastReport {
  const { runId, drill, startedAt, verdict, source, copies, target, rto, rpo } = report;
  const reasons = report.reasons.map(({ code }) => code);
  const repo = source.repo?.key ?? copies.find(({ thisRun }) => thisRun)?.key ?? null;
  return { runId, drill, startedAt, verdict, reasons, repo, backup: source.backup?.label ?? null, target, rto, rpo };
}

/** The whole report of a past run. */
export function readReport({ file }: PastRun): DrillReport {
  return reportSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
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
