import type { Lsn } from './lsn.ts';

/** XLP_FIRST_IS_CONTRECORD: the page begins with the rest of a record of the page before (xlog_internal.h, 12 to 18). */
const FIRST_IS_CONTRECORD = 0x0001;
const LONG_HEADER_BYTES = 40;
const SHORT_HEADER_BYTES = 24;
/** Records begin at multiples of it. */
const ALIGNMENT_BYTES = 8;
/** No record is longer (XLogRecordMaxSize of 16 and newer is 1020 MB). */
const LONGEST_RECORD_BYTES = 1024 * 1024 * 1024;

/** How much of the beginning of a segment tells where its first record begins. */
export const SEGMENT_HEADER_BYTES = LONG_HEADER_BYTES;

/** The size of a page of WAL, but for a server that was built with another (`--with-wal-blocksize`). */
const PAGE_BYTES = 8192n;

/**
 * Where replay stands once all before the record at a position was replayed: there, but behind the record before where headers
 * lie between the two (pg_last_wal_replay_lsn(), 12 to 18).
 */
export function endBefore(lsn: Lsn, segmentBytes: number): Lsn {
  if (lsn % BigInt(segmentBytes) === BigInt(LONG_HEADER_BYTES)) return lsn - BigInt(LONG_HEADER_BYTES);
  return lsn % PAGE_BYTES === BigInt(SHORT_HEADER_BYTES) ? lsn - BigInt(SHORT_HEADER_BYTES) : lsn;
}

/** Where in a segment its pages say that the first record begins; `pageBytes` is their size. */
export interface FirstRecord {
  readonly offset: number;
  readonly pageBytes: number;
}

/**
 * Where the first record of a segment begins, told from the header of its first page: behind the rest of a record that
 * began before, which may go on beyond the segment. pg_waldump finds nothing to read where no record begins (15: `could not
 * find a valid record after 0/7000000`). Null: that is no such header.
 */
export function firstRecord(header: Buffer): FirstRecord | null {
  if (header.length < LONG_HEADER_BYTES) return null;
  const pageBytes = header.readUInt32LE(36);
  if (pageBytes < LONG_HEADER_BYTES) return null;
  const isRest = (header.readUInt16LE(2) & FIRST_IS_CONTRECORD) !== 0;
  const end = endOf(LONG_HEADER_BYTES, isRest ? header.readUInt32LE(16) : 0, pageBytes);
  return { offset: Math.ceil(end / ALIGNMENT_BYTES) * ALIGNMENT_BYTES, pageBytes };
}

/** Whether a record that begins there goes on beyond what there is to read; `length` is how it begins (xl_tot_len). */
export function goesBeyond({ offset, pageBytes }: FirstRecord, length: Buffer, readableBytes: number): boolean {
  if (length.length < 4) return false;
  const bytes = length.readUInt32LE(0);
  return bytes <= LONGEST_RECORD_BYTES && endOf(offset, bytes, pageBytes) > readableBytes;
}

/** Where so many bytes of a record end, with the headers of the pages between. */
function endOf(offset: number, bytes: number, pageBytes: number): number {
  const onThisPage = pageBytes - (offset % pageBytes);
  if (bytes <= onThisPage) return offset + bytes;
  const further = bytes - onThisPage;
  return offset + bytes + Math.ceil(further / (pageBytes - SHORT_HEADER_BYTES)) * SHORT_HEADER_BYTES;
}
