import { formatInstant, instantOf } from '../../core/instant.ts';
import { queryOf } from '../../checks/kinds/index.ts';
import { runChecks, skipChecks } from '../../checks/run-checks.ts';
import type { CheckContext } from '../../checks/check.ts';
import type { WalFeed } from '../../pgbackrest/wal-feed.ts';
import type { Sessions } from '../../postgres/sessions.ts';
import type { CheckReport } from '../../report/report.ts';
import { rungKind } from '../../targets/rung.ts';
import type { Foreseen } from '../phases/preflight.ts';
import type { Provisioned } from '../phases/provision.ts';
import type { Climb, GatedReplay } from '../recover/gated-replay.ts';
import { proveDelivered } from '../recover/prove-wal.ts';
import { tellProgress, type Run } from '../run.ts';
import { assertCutOff } from '../verify/cut-off.ts';
import { describeRung } from './describe-rung.ts';
import { proveRung } from './prove-rung.ts';
import type { Rung } from './rung.ts';

type Copy = Provisioned & Pick<Foreseen, 'rungs' | 'historiesBefore'>;

/** The way through several targets; null: there is one, to which recovery goes at once. */
export function ladderClimb(run: Run, copy: Copy, feed: WalFeed): Climb | null {
  const { rungs } = copy;
  const [first] = rungs ?? [];
  if (rungs === null || first === undefined) return null;
  return { from: first.gate, work: (replay) => climb(run, { ...copy, rungs, feed }, replay) };
}

interface Held extends Copy {
  readonly rungs: readonly Rung[];
  readonly feed: WalFeed;
}

/** Holds replay at each target, proves that it stands there, and asks what can be asked of a copy in recovery; promotes it at the last. */
async function climb(run: Run, copy: Held, replay: GatedReplay): Promise<void> {
  const { record, signal } = run;
  const { rungs, ready, feed } = copy;
  let isCutOff: boolean | null = null;
  for (const [index, rung] of rungs.entries()) {
    signal.throwIfAborted();
    const isLast = index === rungs.length - 1;
    tellRung(run, rung, index, rungs.length);
    const proof = proveRung(rung, await replay.moveTo(rung.gate));
    await proveDelivered({ feed, ready, signal });
    isCutOff ??= await isApart(run, copy, replay.sessions);
    const checks = isLast ? [] : await askRung(run, copy, { rung, sessions: replay.sessions, isCutOff });
    // What was asked speaks for this target only if the server is still there, and has not moved.
    proveRung(rung, await replay.stand());
    record.climbed.push({
      ...describeRung(rung),
      reached: true,
      proof,
      state: isLast ? 'promoted' : 'read-only',
      checks,
    });
  }
  await replay.promote();
}

/** What a check makes a copy do that is not cut off, it might do to production. That it is not is told when all is over. */
async function isApart(run: Run, copy: Held, sessions: Sessions): Promise<boolean> {
  const made = await assertCutOff(run, { ...copy, sessions, isNetworkUsed: true });
  return made.every(({ status }) => status === 'passed');
}

interface Asked {
  readonly rung: Rung;
  readonly sessions: Sessions;
  readonly isCutOff: boolean;
}

/** Nobody is there to release a lock, so that waiting for one gives nothing. */
const LOCK_TIMEOUT_MS = 2000;

/** Asks the queries of the plan, each in a session of its own, which is over before replay goes on. */
async function askRung(
  run: Run,
  { station, ready }: Held,
  { rung, sessions, isCutOff }: Asked,
): Promise<CheckReport[]> {
  const { plan, record, services, signal } = run;
  // What hides its data would end what is kept of the server's log, and the log still has to tell of the recovery.
  const asked = plan.checks.filter((check) => queryOf(check) !== null && !check.redact);
  if (!isCutOff) return skipChecks(asked, 'nothing was asked of a copy that is not cut off');
  const kind = rungKind(rung.target);
  const text = kind.text(null);
  const lastCommitAt = rung.lastCommit?.at ?? null;
  const context: CheckContext = {
    host: station.host,
    psqlrc: `${station.paths.temp}/psqlrc`,
    sessions,
    reference: kind.referenceMoment({ ...ready, startedAt: record.startedAt, facts: { stop: null, lastCommitAt } }),
    recovered: {
      toTheEnd: false,
      beforeLaterCommit: kind.reachedBy === 'stopped-before-later-commit',
      lastCommitAt,
      backupStoppedAt: instantOf(ready.backup.stoppedAt),
      disasterAt: instantOf(record.startedAt),
    },
    lockTimeoutMs: LOCK_TIMEOUT_MS,
    monotonicMs: () => services.clock.monotonicMs(),
    signal,
  };
  const { reports, lacks } = await runChecks(asked, context, (check) =>
    services.emit({ kind: 'check-ended', check: { ...check, name: `${check.name}, at ${text}` } }),
  );
  for (const { check, what, hint, code } of lacks)
    record.reasons.push({
      code: code ?? 'environment-lacks',
      message: `${check}, at ${text}: ${what}`,
      phase: 'recover',
      hint,
    });
  return [...reports];
}

function tellRung(run: Run, { target, lastCommit }: Rung, index: number, count: number): void {
  const at = lastCommit?.at ?? null;
  const until = at === null ? '' : `, up to the commit of ${formatInstant(at)}`;
  tellProgress(run, {
    fraction: index / count,
    bytesPerSecond: null,
    remainingMs: null,
    text: `target ${index + 1} of ${count}: ${rungKind(target).text(null)}${until}`,
  });
}
