import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DrillError, messageOf } from '../core/errors.ts';
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
