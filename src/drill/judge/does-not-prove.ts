import type { DrillPlan } from '../../plan/drill-plan.ts';
import type { WalFetch } from '../../core/wal-fetch.ts';
import type { PartId } from '../../checks/integrity/parts.ts';
import type { CopyReport } from '../../report/copy.ts';
import { copyName } from '../../report/document/copies.ts';
import type { IntegrityPartReport } from '../../report/integrity-report.ts';
import type { Preflight } from '../preflight/preflight.ts';
import type { RestoreFacts } from '../restore/restore.ts';
import { kindOf } from '../../targets/index.ts';

interface Known {
  readonly plan: Pick<DrillPlan, 'sandbox' | 'checks' | 'objectives'>;
  readonly beats?: { readonly ran: boolean } | null;
  readonly ready: Pick<Preflight, 'target' | 'olderCluster' | 'pagesChecked'> | null;
  readonly restore: Pick<RestoreFacts, 'start'> | null;
  readonly recovery: { readonly reached: boolean; readonly walFetch?: WalFetch | null } | null;
  readonly integrity: readonly Pick<IntegrityPartReport, 'id' | 'outcome'>[];
}

/** What a reader must not conclude from this run: always true things first, then those of the sandbox and of this plan. */
export function doesNotProve(
  { plan, ready, restore, recovery, beats, integrity }: Known,
  copies: readonly CopyReport[],
  ofSandbox: readonly string[],
): string[] {
  if (restore === null || recovery?.reached !== true) return [whatIsMissing(restore), ...copies.flatMap(copyLimit)];
  const hasPassed = (id: PartId): boolean => integrity.some((part) => part.id === id && part.outcome === 'passed');
  const limits = [
    'The times leave out how long it takes to notice a disaster, to decide, to find a machine and to point applications at it.',
    'The times are those of this machine; another one, or one under the load of a disaster, may be slower.',
    'Only the backup set and the WAL that this run read were tested; other sets were not.',
    'The copy ran with the settings of the drill: that PostgreSQL starts with those of production is not shown.',
    ...copies.flatMap(copyLimit),
    hasPassed('read')
      ? 'The checks speak for what they ask; of other data this run shows that it can be read, and not what it says.'
      : 'The checks speak for what they ask; data that no check looks at was restored and replayed, but not examined.',
  ];
  if (ready && ready.pagesChecked !== true && !hasPassed('checksums')) limits.push(pagesLimit(ready.pagesChecked));
  limits.push(...ofSandbox);
  if (restore.start === 'delta')
    limits.push('Files of an earlier run were reused (delta): a total loss takes longer than was measured here.');
  if (recovery.walFetch === 'ahead')
    limits.push('WAL was fetched ahead of the replay: a recovery by the configuration as it is may take longer.');
  if (ready?.olderCluster) {
    const { archiveId, newest } = ready.olderCluster;
    limits.push(
      `The backup is of cluster ${archiveId}. Production is cluster ${newest} now: this run does not show that anything of it can be recovered.`,
    );
  }
  if (ready && kindOf(ready.target).isClimbed) {
    limits.push(
      `${plan.objectives.rtoMs === null ? 'How long a recovery to one of the targets takes' : 'Whether the RTO objective is met'}: this recovery was held and asked at each of several targets, and no RTO was measured. A drill of one target measures it.`,
      'What only a promoted copy shows, at any target but the last: prepared transactions, the integrity checks, checks that are no query or hide their data.',
    );
  }
  const toTheEnd = ready && kindOf(ready.target).goesToTheEnd;
  if (toTheEnd === true) {
    limits.push(
      'WAL that production had not archived when the run began is not in the repository, and would be lost with production.',
    );
  }
  if (toTheEnd === true && beats?.ran === true) {
    limits.push(
      'That the heartbeat of production went on until the run began: the copy shows that it ran until the end of the archive. Where it stopped then, and production was idle, less is lost than the RPO says.',
    );
  }
  if (toTheEnd === false && plan.objectives.rpoMs !== null) {
    limits.push(
      'Whether the RPO objective is met: the target was chosen, and only a drill to the end of the archive measures an RPO.',
    );
  }
  if (plan.checks.length === 0) {
    limits.push(
      hasPassed('read')
        ? 'That every row can be read says nothing about what the rows say: no check of the plan asked for that.'
        : 'No data was checked: that PostgreSQL recovered says nothing about the data in it.',
    );
  }
  return limits;
}

/** A run that did not come to its target has shown nothing of times and data, and must not speak of them. */
function whatIsMissing(restore: Known['restore']): string {
  return restore === null
    ? 'Nothing was restored: this run shows nothing about the data, and nothing about how long a recovery takes.'
    : 'Nothing shows that recovery reached its target: nothing was measured, and no check speaks for the data.';
}

/** Nothing is compared where the cluster has no checksums, or pgBackRest is told so (checksum-page=n). */
function pagesLimit(checked: false | null): string {
  const known =
    checked === null ? 'It is not known whether the pages of this backup were' : 'The pages of this backup were not';
  return `${known} compared with their checksums when it was taken: earlier damage may be in it unseen. integrity: standard in the plan looks for it.`;
}

/** The copy that this run has proven has no limit of its own; what an earlier run has proven is not news. */
function copyLimit(copy: CopyReport): string[] {
  const name = copyName(copy).replace(/^r/, 'R');
  if (copy.lastPassedAt === null) return [`${name} has not been proven by any drill.`];
  if (copy.thisRun) return [];
  const passed = `run ${copy.lastPassedRunId ?? '?'} was the last to prove it`;
  const failed = copy.failedSinceRunId === null ? '' : `, and run ${copy.failedSinceRunId} has failed since`;
  return [`${name} was not tested by this run; ${passed}${failed}.`];
}
