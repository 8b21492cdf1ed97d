import { z } from 'zod';
import { DrillError } from '../core/errors.ts';
import { formatForPostgres, formatInstant, instantOf, type Instant } from '../core/instant.ts';
import type { BackupSet } from '../pgbackrest/info.ts';
import { formatLsn } from '../postgres/lsn.ts';
import type { RecoveryFacts } from '../postgres/recovery-log.ts';
import { wasDelivered, type RecoveryEvidence } from './evidence.ts';
import { atAStop } from './at-a-stop.ts';
import { targetKind, CHOOSE_EARLIER, type RecoveryKind, type ArchiveEnd, type Reading } from './kind.ts';
import { isRelativeTime, parseTargetTime } from './target-time.ts';
import { timeline } from './timeline.ts';
import { stopAt } from './words.ts';

interface TimeTarget {
  readonly type: 'time';
  readonly instant: Instant;
  readonly asTyped: string;
}

/** A moment: PostgreSQL stops before the first transaction that ended after it. */
export const time = targetKind({
  block: z.strictObject({ time: z.string().describe('a time; without a zone it is local time'), timeline }),
  read: readTime,
  told: { words: '', value: 'moment', rehearses: 'point-in-time' },
  of: (target: TimeTarget): RecoveryKind => {
    const { instant, asTyped } = target;
    // pgBackRest takes a set that stopped strictly before, in whole seconds.
    const leadsTo = ({ stoppedAt }: BackupSet): boolean =>
      BigInt(stoppedAt.getTime()) * 1000n < instant - (instant % 1_000_000n);
    return {
      ...atAStop(target),
      ...stopAt('time', formatForPostgres(instant)),
      text: () => formatInstant(instant),
      value: formatInstant(instant),
      asTyped,
      namedPlace: isRelativeTime(asTyped) ? null : leadsTo,
      leadsTo,
      reach: () => ({ kind: 'moment', at: new Date(Number(instant / 1000n)) }),
      unreachable: (end) => unreachable(instant, end),
      prove: (evidence) => prove(instant, evidence),
      endedShort: (facts, newestAt) => endedShort(instant, facts, newestAt),
      referenceMoment: () => instant,
      reachedBy: 'stopped-before-later-commit',
    };
  },
});

function readTime({ time: text }: { readonly time: string }, { now, refuse }: Reading): TimeTarget {
  const read = parseTargetTime(text, now);
  if (!read.ok) refuse(read.problem);
  else if (read.instant > instantOf(now))
    refuse(
      `"${text}" lies in the future: it is ${formatInstant(read.instant)}, and now it is ${now.toISOString()}; without a zone a time is local time`,
    );
  return { type: 'time', instant: read.ok ? read.instant : 0n, asTyped: text };
}

/** Clocks of the repository and of production may differ by this much without the drill jumping to a conclusion. */
const CLOCK_SKEW_MS = 600_000;

function unreachable(instant: bigint, { last, newestAt }: ArchiveEnd): DrillError | null {
  if (newestAt === null || Number(instant / 1000n) <= newestAt.getTime() + CLOCK_SKEW_MS) return null;
  return new DrillError(
    'target-unreachable',
    `the newest WAL in the archive, ${last}, is of ${newestAt.toISOString()}, before the target ${formatInstant(instant)}`,
    { hint: `${CHOOSE_EARLIER}; if production has committed nothing since, --latest gives the same data` },
  );
}

/** The stop is a record that was not replayed; its position, and the last one before, have to be in delivered WAL. */
function prove(instant: Instant, evidence: RecoveryEvidence): string | null {
  const { facts, replayedTo } = evidence;
  const { stop, lastCommitAt, redoDoneLsn } = facts;
  const isLater = stop?.kind === 'time' && stop.side === 'before' && stop.at !== null && stop.at > instant;
  const isBefore = lastCommitAt === null || lastCommitAt <= instant;
  if (!isLater || !isBefore || redoDoneLsn === null || redoDoneLsn < replayedTo || !wasDelivered(redoDoneLsn, evidence))
    return null;
  const last =
    lastCommitAt === null
      ? 'no transaction before it was replayed'
      : `the last replayed one is of ${formatInstant(lastCommitAt)}`;
  return `PostgreSQL stopped before the ${stop.outcome ?? 'end'} of transaction ${stop.xid ?? '?'} of ${formatInstant(stop.at ?? 0n)}, at LSN ${formatLsn(redoDoneLsn)}, the first after the target; ${last}`;
}

/** In an idle production PostgreSQL finds no commit to stop at, and the archive may reach beyond the target all the same. */
function endedShort(
  instant: Instant,
  { lastCommitAt, redoDoneLsn }: RecoveryFacts,
  newestAt: Date | null,
): DrillError | null {
  if (lastCommitAt === null || newestAt === null) return null;
  const [from, to] = [formatInstant(lastCommitAt), formatInstant(instant)];
  const position =
    redoDoneLsn === null ? '' : `, or recover to its last record with --target-lsn ${formatLsn(redoDoneLsn)}`;
  if (instantOf(newestAt) >= instant) {
    return new DrillError(
      'target-unreachable',
      `as far as the archive shows, production committed nothing between ${from} and ${to}, so PostgreSQL has no commit after the target to stop at; the newest WAL was archived at ${newestAt.toISOString()}`,
      { hint: `recover to the end of the archive with --latest${position}: the same data` },
    );
  }
  return new DrillError(
    'target-unreachable',
    `the archive ends before ${to}; the last commit in the archive is of ${from}, and its newest WAL was archived at ${newestAt.toISOString()}`,
    { hint: `${CHOOSE_EARLIER}; if production has committed nothing since, --latest gives the same data${position}` },
  );
}
