import { skipChecks } from '../../checks/run-checks.ts';
import type { WalFeed } from '../../pgbackrest/wal-feed.ts';
import { proveWal } from '../recover/prove-wal.ts';
import type { Recovered } from '../recover/recovered.ts';
import type { Run } from '../run.ts';
import { kindOf } from '../../targets/index.ts';
import { askData } from '../verify/ask-data.ts';
import { assertCutOff } from '../verify/cut-off.ts';
import { skipLook } from '../verify/look-deep.ts';
import { blameOf } from '../why-ended.ts';
import type { Foreseen } from './preflight.ts';
import type { Provisioned } from './provision.ts';

/** All that the phases before have made. */
export interface Copy extends Provisioned, Pick<Foreseen, 'historiesBefore'> {
  readonly recovered: Recovered;
  readonly feed: WalFeed;
}

/** Asserts that the copy is cut off, and asks for its data only if it is. What came of it goes on the record. */
export async function verify(run: Run, copy: Copy): Promise<void> {
  const { plan, record, signal } = run;
  const { ready, recovered, feed } = copy;
  const isNetworkUsed = kindOf(ready.target).staysInRecovery;
  const isolation = await assertCutOff(run, { ...copy, sessions: recovered.sessions, isNetworkUsed });
  // What did not hold may not have been answered at all.
  const isCutOff = isolation.every(({ status }) => status === 'passed');
  const gone = isCutOff ? null : await blameOf(record);
  if (gone) throw gone;
  record.checks.push(...isolation);
  // What a check makes a copy do that is not cut off, it might do to production.
  if (isCutOff) await askData(run, copy);
  else {
    const why = 'nothing was asked of a copy that is not cut off';
    record.checks.push(...skipChecks(plan.checks, why));
    skipLook(run, why);
  }
  signal.throwIfAborted();
  // It has gone on asking since the proof: all that it was given until now is compared.
  if (kindOf(ready.target).staysInRecovery) await proveWal({ feed, ready, recovered, signal });
  signal.throwIfAborted();
  // Only now may it have what was archived since the run began.
  if (run.keepInstance) await feed.open();
}
