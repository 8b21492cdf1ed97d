import { placeOf, repositoriesOf } from '../../pgbackrest/repository.ts';
import { optionsFor } from '../../pgbackrest/user-config.ts';
import type { CopyIdentity, CopyReport } from '../../report/copy.ts';
import type { EarlierRun } from '../../store/earlier-run.ts';
import type { CopyPast } from '../../store/run-store.ts';
import type { DrillReport } from '../../report/report.ts';
import type { RunRecord } from '../run-record.ts';

type Copied = Pick<RunRecord, 'runId' | 'plan' | 'config' | 'startedAt'> & {
  readonly ready: {
    readonly repository: { readonly key: number };
    readonly cipher: string;
    readonly backup: { readonly label: string };
    readonly database: { readonly systemId: string };
  } | null;
};

/** What drills of one copy have come to. */
type Past = Omit<CopyReport, keyof CopyIdentity | 'cipher' | 'thisRun'>;

const NO_PAST: Past = {
  lastVerdict: null,
  lastRunId: null,
  lastRunAt: null,
  lastPassedAt: null,
  lastPassedRunId: null,
  lastPassedBackup: null,
  failedSinceRunId: null,
};

/** A configured repository, and whether this run drilled it. */
type Configured = CopyIdentity & Pick<CopyReport, 'cipher' | 'thisRun'>;

/** Every copy of the backup that is configured, in the order of the keys. */
export function configuredCopies({ plan, config, ready }: Copied): Configured[] {
  const options = optionsFor(config, plan.source.stanza, 'restore');
  const repositories = repositoriesOf(options);
  // A run that ended before it had settled on a repository has still tried the one that it was told to read.
  const only = repositories.length === 1 ? (repositories[0]?.key ?? null) : null;
  const drilled = ready?.repository.key ?? plan.source.repo ?? only;
  return repositories.map(({ key, host }) => {
    const thisRun = key === drilled;
    const { type, location, cipher } = placeOf({ key, host }, options);
    return { key, type, host, location, cipher: thisRun ? (ready?.cipher ?? cipher) : cipher, thisRun };
  });
}

/** How a run ended, and whether it is a fallback, which proves no copy: others may lean on the very set that failed. */
interface Ended {
  readonly verdict: DrillReport['verdict'];
  readonly isFallback: boolean;
}

/** The same, with what this run and those before it have shown of each. `pasts`: those before, in the same order. */
export function describeCopies(
  state: Copied,
  { verdict, isFallback }: Ended,
  pasts: readonly CopyPast[],
): CopyReport[] {
  const { ready, runId } = state;
  const startedAt = state.startedAt.toISOString();
  return configuredCopies(state).map((copy, index) => {
    const { last = null, lastPassed = null, lastFailed = null } = pasts[index] ?? {};
    const counts = copy.thisRun && !(isFallback && verdict === 'passed');
    const thisRun = counts ? [{ runId, startedAt, verdict, backup: ready?.backup.label ?? null }] : [];
    const earlier = [last, lastPassed, lastFailed].filter((run) => run !== null);
    return { ...copy, ...[...thisRun, ...earlier].toSorted(newestFirst).reduce(withRun, NO_PAST) };
  });
}

/** By the beginning: the ids of two runs of one second are in any order. */
function newestFirst(a: EarlierRun, b: EarlierRun): number {
  if (a.startedAt === b.startedAt) return 0;
  return a.startedAt < b.startedAt ? 1 : -1;
}

/** What is known with one more run, an older one than those before. */
function withRun(past: Past, { runId, startedAt, verdict, backup }: EarlierRun): Past {
  const last = past.lastRunId === null ? { lastVerdict: verdict, lastRunId: runId, lastRunAt: startedAt } : {};
  const passed =
    past.lastPassedRunId === null && verdict === 'passed'
      ? { lastPassedAt: startedAt, lastPassedRunId: runId, lastPassedBackup: backup }
      : {};
  const failed =
    verdict === 'failed' && past.lastPassedRunId === null && past.failedSinceRunId === null
      ? { failedSinceRunId: runId }
      : {};
  return { ...past, ...last, ...passed, ...failed };
}
