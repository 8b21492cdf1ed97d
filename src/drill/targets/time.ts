import { DrillError } from '../../core/errors.ts';
import { formatForPostgres, formatInstant } from '../../core/instant.ts';
import type { BackupSet } from '../../pgbackrest/info.ts';
import { isRelativeTime } from '../../plan/target-time.ts';
import { atAStop } from './at-a-stop.ts';
import { CHOOSE_EARLIER, type OfKind, type RecoveryKind, type ArchiveEnd } from './kind.ts';
import { stopAt } from './words.ts';

/** A moment: PostgreSQL stops before the first transaction that ended after it. */
export function time(target: OfKind<'time'>): RecoveryKind {
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
  };
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
