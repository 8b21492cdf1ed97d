/**
 * The number under which WAL, the server log and recovery_target_xid know a transaction: the lower 32 bits in decimal.
 * pg_current_xact_id() gives 64 bits with the epoch, and PostgreSQL reads a leading zero as octal (15: '0725' becomes
 * "recovery to XID 469", without a word).
 */
export function walXid(xid: string): string {
  return String(BigInt(xid) & 0xffff_ffffn);
}
