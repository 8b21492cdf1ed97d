import { positionIn, segmentIn } from '../../postgres/failure.ts';
import type { Lsn } from '../../postgres/lsn.ts';
import { endBefore } from '../../postgres/wal-page.ts';
import { parseSegmentName, segmentNumberAt } from '../../postgres/wal-segment.ts';

/**
 * The positions at which the WAL was cut. There PostgreSQL finds zeroes and says so (12 to 18, LOG: `invalid record length at
 * 0/5000148: wanted 24, got 0`), or what it recycled under the name of a segment that is not served: no damage.
 */
export class GateEnds {
  readonly #segmentBytes: number;
  readonly #positions = new Set<Lsn>();
  readonly #segments = new Set<bigint>();

  constructor(segmentBytes: number) {
    this.#segmentBytes = segmentBytes;
  }

  add(gate: Lsn): void {
    const end = endBefore(gate, this.#segmentBytes);
    this.#positions.add(gate).add(end);
    if (end % BigInt(this.#segmentBytes) === 0n) this.#segments.add(segmentNumberAt(end, this.#segmentBytes));
  }

  /** Whether what PostgreSQL rejects lies where the WAL was cut. */
  has(rejected: string): boolean {
    const named = segmentIn(rejected);
    const segment = named === null ? null : parseSegmentName(named, this.#segmentBytes);
    const position = positionIn(rejected);
    return (
      (position !== null && this.#positions.has(position)) || (segment !== null && this.#segments.has(segment.number))
    );
  }
}
