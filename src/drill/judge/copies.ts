import { placeOf, repositoriesOf } from '../../pgbackrest/repository.ts';
import { optionsFor } from '../../pgbackrest/user-config.ts';
import { isSameCopy, type CopyIdentity, type CopyReport } from '../../report/copy.ts';
import type { EarlierRun } from '../../store/earlier-runs.ts';
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
};

/**
 * Every copy of the backup that is configured, in the order of the keys, with what this run and those before it have shown
 * of it. `earlier`: the runs of any drill before this one, newest first, asked for where this run does not settle it; where both know the system
 * identifier of the cluster it is the same.
 */
export function describeCopies(
  state: Copied,
  verdict: DrillReport['verdict'],
  earlier: () => readonly EarlierRun[],
): CopyReport[] {
  const { plan, config, ready, runId, startedAt } = state;
  const { stanza } = plan.source;
  const options = optionsFor(config, stanza, 'restore');
  const repositories = repositoriesOf(options);
  // A run that ended before it had settled on a repository has still tried the one that it was told to read.
  const only = repositories.length === 1 ? (repositories[0]?.key ?? null) : null;
  const drilled = ready?.repository.key ?? plan.source.repo ?? only;
  const systemId = ready?.database.systemId ?? null;
  const pasts = new Map<number, Past>();
  const unsettled = new Map<number, CopyIdentity>();
  const copies = repositories.map(({ key, host }) => {
    const thisRun = key === drilled;
    const { type, location, cipher } = placeOf({ key, host }, options);
    const copy = { key, type, host, location, cipher: thisRun ? (ready?.cipher ?? cipher) : cipher, thisRun };
    unsettled.set(key, copy);
    return copy;
  });
  const add = (run: Pick<EarlierRun, 'runId' | 'startedAt' | 'verdict' | 'backup'>, key: number): void => {
    const past = withRun(pasts.get(key) ?? NO_PAST, run);
    pasts.set(key, past);
    if (past.lastPassedAt !== null) unsettled.delete(key);
  };
  if (drilled !== null) {
    const backup = ready?.backup.label ?? null;
    add({ runId, startedAt: startedAt.toISOString(), verdict, backup }, drilled);
  }
  if (unsettled.size > 0) {
    for (const run of earlier()) {
      const copy = unsettled.get(run.copy.key);
      const sameCluster = systemId === null || run.systemId === null || run.systemId === systemId;
      if (copy && run.stanza === stanza && sameCluster && isSameCopy(copy, run.copy)) add(run, copy.key);
      if (unsettled.size === 0) break;
    }
  }
  return copies.map((copy) => ({ ...copy, ...(pasts.get(copy.key) ?? NO_PAST) }));
}

/** What is known with one more run, an older one than those before. */
function withRun(
  past: Past,
  { runId, startedAt, verdict, backup }: Pick<EarlierRun, 'runId' | 'startedAt' | 'verdict' | 'backup'>,
): Past {
  const last = past.lastRunId === null ? { lastVerdict: verdict, lastRunId: runId, lastRunAt: startedAt } : {};
  const passed =
    past.lastPassedRunId === null && verdict === 'passed'
      ? { lastPassedAt: startedAt, lastPassedRunId: runId, lastPassedBackup: backup }
      : {};
  return { ...past, ...last, ...passed };
}
