import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { didYouMean } from '../core/nearest.ts';
import { DrillError, messageOf } from '../core/errors.ts';
import type { CopyIdentity } from './copy.ts';
import { REPORT_SCHEMA_VERSION, reportSchema, type DrillReport } from './report.ts';

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

/** What an earlier run says of the copy that it drilled. */
export interface EarlierRun {
  readonly runId: string;
  readonly startedAt: string;
  readonly verdict: DrillReport['verdict'];
  readonly stanza: string;
  /** Null when the run did not get as far as knowing it. */
  readonly systemId: string | null;
  readonly backup: string | null;
  readonly copy: CopyIdentity;
}

const repository = { key: z.int(), type: z.string().nullable(), host: z.string().nullable() };

/** The few fields that speak of a copy; all others may be of another version of pgdrill. */
const earlierReport = z.object({
  schemaVersion: z.literal(REPORT_SCHEMA_VERSION),
  runId: z.string(),
  startedAt: z.iso.datetime(),
  verdict: reportSchema.shape.verdict,
  source: z.object({
    stanza: z.string(),
    repo: z.object(repository).nullable(),
    backup: z.object({ label: z.string() }).nullable(),
    postgres: z.object({ systemId: z.string() }).nullable(),
  }),
  copies: z
    .array(
      z.object({
        ...repository,
        location: z.string().nullable(),
        thisRun: z.boolean(),
        lastRunId: z.string().nullish(),
        lastPassedRunId: z.string().nullish(),
      }),
    )
    .default([]),
});

const RUN_ID = /^\d{8}T\d{6}Z-[0-9a-f]{4}$/;
const LARGEST_REPORT = 32 * 1024 * 1024;

/** How many reports of one drill are read; what was before them, they say themselves. */
const LOOKED_BACK = 20;
/** How many of its folders are looked into for that: the report of a run that was killed is not there. */
const LOOKED_INTO = 100;

/**
 * Runs of all drills below a directory of reports that began before another run and drilled a repository that is known,
 * newest first. Of each drill the last few are read, and the runs that those name as the last of a copy and as the last
 * that passed: a report tells of each copy what was known then, so it costs the same however many runs there were. A
 * report that cannot be read says nothing here; `drill history` lists it.
 */
export function earlierRuns(reports: string, before: string): EarlierRun[] {
  const drills = safely(() => directoriesIn(reports), []);
  const runs = new Map<string, EarlierRun>();
  const named = new Set<string>();
  for (const drill of drills) {
    const names = safely(() => directoriesIn(join(reports, drill)), []).filter(
      (runId) => RUN_ID.test(runId) && runId < before,
    );
    let read = 0;
    for (const runId of newest(names, LOOKED_INTO)) {
      const found = safely(() => readEarlierRun(join(reports, drill, runId, 'report.json')), null);
      if (!found) continue;
      if (found.run) runs.set(found.run.runId, found.run);
      for (const name of found.named) named.add(name);
      read += 1;
      if (read === LOOKED_BACK) break;
    }
  }
  for (const runId of [...named].filter((name) => RUN_ID.test(name) && name < before && !runs.has(name))) {
    const found = drills.map((drill) => safely(() => readEarlierRun(join(reports, drill, runId, 'report.json')), null));
    for (const item of found) if (item?.run) runs.set(runId, item.run);
  }
  return [...runs.values()].toSorted((a, b) => (a.runId < b.runId ? 1 : -1));
}

/** The greatest names first: those of folders sort by time. */
function newest(names: readonly string[], count: number): string[] {
  return names.toSorted().slice(-count).toReversed();
}

/** Files of others may lie among the reports: whatever is wrong with one must not end a drill. */
function safely<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}

/** What a report says of its run, and the earlier runs that it names; null when it is no report of this version. */
function readEarlierRun(file: string): { run: EarlierRun | null; named: string[] } | null {
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found?.isFile() || found.size > LARGEST_REPORT) return null;
  const { runId, startedAt, verdict, source, copies } = earlierReport.parse(JSON.parse(readFileSync(file, 'utf8')));
  const { stanza, repo, backup, postgres } = source;
  const copy = copies.find(({ thisRun }) => thisRun) ?? (repo && { ...repo, location: null });
  const systemId = postgres?.systemId ?? null;
  const run = copy && { runId, startedAt, verdict, stanza, systemId, backup: backup?.label ?? null, copy };
  return {
    run,
    named: copies.flatMap(({ lastRunId, lastPassedRunId }) => [lastRunId ?? [], lastPassedRunId ?? []].flat()),
  };
}

function directoriesIn(path: string): string[] {
  if (!existsSync(path)) return [];
  const entries = readdirSync(path, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => name);
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
