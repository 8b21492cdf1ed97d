import type { Lsn } from './lsn.ts';

/** PostgreSQL's default, and by far the commonest, size of a WAL segment. */
export const DEFAULT_SEGMENT_BYTES = 16 * 1024 * 1024;

/** A WAL segment: `number` counts segments from LSN 0, independent of the timeline. */
export interface WalSegment {
  readonly timeline: number;
  readonly number: bigint;
}

/** The segment that a 24-digit file name stands for, or null for any other name, and for one that no segment of this size has. */
export function parseSegmentName(name: string, segmentBytes: number): WalSegment | null {
  const match = /^([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})$/.exec(name);
  if (!match) return null;
  const perLog = 0x1_0000_0000n / BigInt(segmentBytes);
  const inLog = BigInt(`0x${match[3]}`);
  if (inLog >= perLog) return null;
  return { timeline: Number(`0x${match[1]}`), number: BigInt(`0x${match[2]}`) * perLog + inLog };
}

/** The file name of a segment, as in pg_wal and in the archive. */
export function segmentName(segment: WalSegment, segmentBytes: number): string {
  // Numbers of segments are far below 2^53, and an archive may hold millions.
  const perLog = 0x1_0000_0000 / segmentBytes;
  const number = Number(segment.number);
  NAME.writeUInt32BE(segment.timeline, 0);
  NAME.writeUInt32BE(Math.floor(number / perLog), 4);
  NAME.writeUInt32BE(number % perLog, 8);
  return NAME.toString('hex').toUpperCase();
}

const NAME = Buffer.alloc(12);

/** The number of the segment that holds the byte at `lsn`. */
export function segmentNumberAt(lsn: Lsn, segmentBytes: number): bigint {
  return lsn / BigInt(segmentBytes);
}

/**
 * The segment size of a cluster, told from pairs of an LSN and the segment file that holds it, since no file of the
 * repository states it. Several sizes may fit few pairs: each pair narrows them down, unless it fits none that is left
 * (pg_resetwal can change the size). The default is taken where it fits.
 */
export function inferSegmentBytes(pairs: readonly { lsn: Lsn; segment: string }[]): number {
  let sizes = [DEFAULT_SEGMENT_BYTES, ...Array.from({ length: 11 }, (_, power) => 1024 * 1024 * 2 ** power)];
  for (const { lsn, segment } of pairs) {
    const fitting = sizes.filter((bytes) => parseSegmentName(segment, bytes)?.number === segmentNumberAt(lsn, bytes));
    if (fitting.length > 0) sizes = fitting;
  }
  return sizes[0] ?? DEFAULT_SEGMENT_BYTES;
}
