import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { DrillError, messageOf } from '../core/errors.ts';
import type { CopyIdentity } from './copy.ts';
import { REPORT_SCHEMA_VERSION, reportSchema, type DrillReport } from './report.ts';

/** A past run that can be read. */
export interface PastRun {
  readonly file: string;
  readonly report: DrillReport;
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
  const places = directoriesIn(reports)
    .filter((name) => drill === null || name === drill)
    .flatMap((name) =>
      directoriesIn(join(reports, name)).map((runId) => ({
        drill: name,
        runId,
        file: join(reports, name, runId, 'report.json'),
      })),
    );
  const all = places.map(readRun);
  const runs = all.filter((run) => 'report' in run);
  return {
    runs: runs.toSorted((a, b) => (a.report.startedAt < b.report.startedAt ? -1 : 1)),
    unreadable: all.filter((run) => 'problem' in run),
  };
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
  throw new DrillError('not-found', which === 'latest' ? 'there is no run yet' : `there is no run ${which}`, {
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
  copies: z.array(z.object({ ...repository, location: z.string().nullable(), thisRun: z.boolean() })).default([]),
});

const RUN_ID = /^\d{8}T\d{6}Z-[0-9a-f]{4}$/;
const LARGEST_REPORT = 32 * 1024 * 1024;

/**
 * The runs of all drills below a directory of reports that began before another run and drilled a repository that is
 * known, newest first. A report is read when it is asked for, so that who has seen enough reads no more: names of folders
 * sort by time. A report that cannot be read says nothing here; `drill history` lists it.
 */
export function* earlierRuns(reports: string, before: string): Generator<EarlierRun> {
  const places = safely(() => directoriesIn(reports), []).flatMap((drill) =>
    safely(() => directoriesIn(join(reports, drill)), [])
      .filter((runId) => RUN_ID.test(runId) && runId < before)
      .map((runId) => ({ runId, file: join(reports, drill, runId, 'report.json') })),
  );
  for (const { file } of places.toSorted((a, b) => (a.runId < b.runId ? 1 : -1))) {
    const run = safely(() => readEarlierRun(file), null);
    if (run) yield run;
  }
}

/** Files of others may lie among the reports: whatever is wrong with one must not end a drill. */
function safely<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}

function readEarlierRun(file: string): EarlierRun | null {
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found?.isFile() || found.size > LARGEST_REPORT) return null;
  const { runId, startedAt, verdict, source, copies } = earlierReport.parse(JSON.parse(readFileSync(file, 'utf8')));
  const { stanza, repo, backup, postgres } = source;
  const copy = copies.find(({ thisRun }) => thisRun) ?? (repo && { ...repo, location: null });
  if (!copy) return null;
  return {
    runId,
    startedAt,
    verdict,
    stanza,
    systemId: postgres?.systemId ?? null,
    backup: backup?.label ?? null,
    copy,
  };
}

function directoriesIn(path: string): string[] {
  if (!existsSync(path)) return [];
  const entries = readdirSync(path, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => name);
}

function readRun(place: Omit<UnreadableRun, 'problem'>): PastRun | UnreadableRun {
  if (!existsSync(place.file)) return { ...place, problem: 'no report: the run was killed, or is still going on' };
  try {
    const value: unknown = JSON.parse(readFileSync(place.file, 'utf8'));
    const parsed = reportSchema.safeParse(value);
    return parsed.success
      ? { file: place.file, report: parsed.data }
      : { ...place, problem: whyNot(value, parsed.error) };
  } catch (error) {
    return { ...place, problem: messageOf(error) };
  }
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
