import { DrillError } from '../core/errors.ts';
import { formatInstant, type Instant } from '../core/instant.ts';
import { formatLsn, type Lsn } from '../postgres/lsn.ts';
import { parseWalLine, transactionEnd } from '../postgres/wal-line.ts';
import type { AskedRange, Bound, Point } from './range.ts';
import type { WalWalk } from './wal-walk.ts';

/** Where replay begins to be held, and where it ends; `end` null: at the end of the archive. */
export interface ResolvedRange {
  readonly start: Point;
  readonly end: Point | null;
}

interface Way {
  readonly walk: WalWalk;
  /** Where the backup is consistent. */
  readonly consistentAt: Lsn;
  /** Where the last segment on the way ends. */
  readonly archiveEnd: Lsn;
  readonly segmentBytes: number;
}

/**
 * The places between records that a range begins and ends at. A moment lies before the first transaction in the WAL that ended after
 * it, as PostgreSQL has it: commit times need not be in the order of the WAL. Throws a DrillError where nothing lies between.
 */
export async function resolveRange({ from, to }: AskedRange, way: Way): Promise<ResolvedRange> {
  const moments = await momentsIn([from, to], way);
  const start = await placeOf(from ?? { lsn: way.consistentAt }, moments, way);
  if (start === null) throw nothingAfter(from);
  const end = to === null ? null : await placeOf(to, moments, way);
  if (end !== null && end.before <= start.before) {
    throw new DrillError('bisect-unanswered', `nothing lies between ${boundText(from)} and ${boundText(to)}`, {
      hint: 'name an earlier --from or a later --to',
    });
  }
  return { start, end };
}

/** A bound for people. */
export function boundText(bound: Bound | null): string {
  if (bound === null) return 'the end of the backup set';
  return 'at' in bound ? formatInstant(bound.at) : `LSN ${formatLsn(bound.lsn)}`;
}

async function placeOf(bound: Bound, moments: ReadonlyMap<Instant, Point>, way: Way): Promise<Point | null> {
  if ('at' in bound) return moments.get(bound.at) ?? null;
  return firstAt(bound.lsn < way.consistentAt ? way.consistentAt : bound.lsn, way);
}

/** Before the first transaction that ended after each of the moments. */
async function momentsIn(bounds: readonly (Bound | null)[], way: Way): Promise<Map<Instant, Point>> {
  const wanted = new Set(bounds.flatMap((bound) => (bound !== null && 'at' in bound ? [bound.at] : [])));
  const found = new Map<Instant, Point>();
  if (wanted.size === 0) return found;
  const whole = { from: way.consistentAt, to: way.archiveEnd };
  await way.walk.read(whole, ['--rmgr=Transaction'], (line) => {
    const end = wanted.size === 0 ? null : transactionEnd(line);
    const at = end?.at ?? null;
    if (end === null || at === null) return;
    for (const moment of wanted) {
      if (at <= moment) continue;
      found.set(moment, { after: end.previous, before: end.lsn });
      wanted.delete(moment);
    }
  });
  return found;
}

/** Before the first record at or behind a position; null: there is none. Most of the time it is in the same segment. */
async function firstAt(lsn: Lsn, way: Way, segments = 1n): Promise<Point | null> {
  const segment = BigInt(way.segmentBytes);
  const { walk, archiveEnd } = way;
  if (lsn >= archiveEnd) return null;
  const end = (lsn / segment + segments) * segment;
  const to = end < archiveEnd ? end : archiveEnd;
  const found: Point[] = [];
  await walk.read({ from: lsn, to }, [], (line) => {
    const record = found.length === 0 ? parseWalLine(line) : null;
    if (record !== null && record.lsn >= lsn) found.push({ after: record.previous, before: record.lsn });
  });
  const [first] = found;
  if (first !== undefined || to === archiveEnd) return first ?? null;
  return firstAt(lsn, way, segments * 4n);
}

function nothingAfter(from: Bound | null): DrillError {
  return new DrillError('bisect-unanswered', `the archive holds nothing behind ${boundText(from)}`, {
    hint: 'name an earlier --from, or wait until the WAL behind it has been archived',
  });
}
