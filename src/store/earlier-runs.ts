import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { CopyIdentity } from '../report/copy.ts';
import { REPORT_SCHEMA_VERSION, reportSchema, type DrillReport } from '../report/report.ts';
import { directoriesIn } from './directories-in.ts';

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
