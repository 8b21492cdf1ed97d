import { parseInstant, type Instant } from '../core/instant.ts';
import { parseLsn, type Lsn } from './lsn.ts';
import { walXid } from './xid.ts';

/** A record of the WAL that ends a transaction, or a restore point. */
export interface WalRecord {
  readonly kind: 'commit' | 'abort' | 'restore point';
  /** Where the record begins. */
  readonly lsn: Lsn;
  /** As WAL has it: 32 bits, in decimal; null for a restore point. */
  readonly xid: string | null;
  readonly name: string | null;
  /** Null for a restore point, whose time pg_waldump does not print. */
  readonly at: Instant | null;
  /** Subtransactions that ended with it, as WAL has them. */
  readonly subtransactions: readonly string[];
}

/** What is looked for in the WAL. */
export type Wanted = { readonly xid: string } | { readonly name: string };

/** The words that make pg_waldump print little else than what is looked for. */
export function filterOf(wanted: Wanted): string {
  return 'xid' in wanted ? '--rmgr=Transaction' : '--rmgr=XLOG';
}

/**
 * A line of pg_waldump (12 to 18; times in the zone of TZ, which has to be UTC) as a record, or null for any other. The
 * end of a prepared transaction carries no xid of its own: `tx: 0, … desc: COMMIT_PREPARED 725: 2026-…`. Subtransactions
 * stand behind the time: `COMMIT 2026-… UTC; subxacts: 744 745`.
 */
export function parseRecord(line: string): WalRecord | null {
  const match = /\btx:\s*(\d+), lsn: ([0-9A-F]+\/[0-9A-F]+), .*?desc: (\w+) ?(.*)$/.exec(line);
  const [, tx = '', position = '', word = '', rest = ''] = match ?? [];
  const lsn = parseLsn(position);
  if (lsn === null) return null;
  if (word === 'RESTORE_POINT')
    return { kind: 'restore point', lsn, xid: null, name: rest, at: null, subtransactions: [] };
  const kind = /^(COMMIT|ABORT)(_PREPARED)?$/.exec(word)?.[1];
  if (kind === undefined) return null;
  const prepared = /^(\d+): /.exec(rest);
  const time = /^(?:\d+: )?(\d{4,}-[^;]*? UTC)\b/.exec(rest)?.[1] ?? '';
  return {
    kind: kind === 'COMMIT' ? 'commit' : 'abort',
    lsn,
    xid: prepared?.[1] ?? tx,
    name: null,
    at: parseInstant(time),
    subtransactions: /; subxacts: ([\d ]+)/.exec(rest)?.[1]?.trim().split(' ') ?? [],
  };
}

/**
 * Where the record of a line of pg_waldump begins; null: the line is of none.
 * `rmgr: XLOG  len (rec/tot): 24/ 24, tx: 0, lsn: 0/05000028, prev 0/04FFFFF8, desc: SWITCH` (12 to 18)
 */
export function recordAt(line: string): Lsn | null {
  return parseLsn(/^rmgr: .*?, lsn: ([0-9A-F]+\/[0-9A-F]+), /.exec(line)?.[1] ?? '');
}

/** What pg_waldump complains of. */
export function complaintIn(line: string): string {
  return line.replace(/^pg_waldump: (error|fatal): /, '');
}

/** Whether a record ends a transaction; else it is a restore point. */
export function endsTransaction({ kind }: WalRecord): boolean {
  return kind !== 'restore point';
}

/** Where a record goes on over all that is read, none begins in it (15: `could not find a valid record after 0/7000000`). */
export function saysNoRecord(complaint: string): boolean {
  return complaint.startsWith('could not find a valid record after');
}

/** Whether PostgreSQL stops at this record when it recovers to what is looked for. */
export function isWanted(record: WalRecord, wanted: Wanted): boolean {
  if ('name' in wanted) return record.kind === 'restore point' && record.name === wanted.name;
  return record.kind !== 'restore point' && record.xid === walXid(wanted.xid);
}

/** Whether what is looked for is a subtransaction that ended with this record: PostgreSQL does not stop there. */
export function isWithin(record: WalRecord, wanted: Wanted): boolean {
  return 'xid' in wanted && record.subtransactions.includes(walXid(wanted.xid));
}
