import type { Database } from './database.ts';
import { parseLsn, type Lsn } from './lsn.ts';

/** How far replay is, and whether the server waits for WAL (names of wait events of PostgreSQL 12 to 18). */
export async function replayState(database: Database): Promise<{ replayedTo: Lsn; waits: boolean }> {
  const [row] = await database.rows(
    `select coalesce(pg_last_wal_replay_lsn(), '0/0'), (select bool_or(wait_event ~ '^(RecoveryRetrieveRetryInterval|RecoveryWal|RestoreCommand)')
       from pg_stat_activity where backend_type = 'startup')`,
  );
  return { replayedTo: parseLsn(row?.[0] ?? '') ?? 0n, waits: row?.[1] === 't' };
}
