import { join } from 'node:path';
import type { RunPaths } from '../../host/run-paths.ts';
import type { Database } from '../../postgres/database.ts';
import type { Assertion } from './assertion.ts';

interface SettingsInput {
  readonly database: Database;
  readonly paths: RunPaths;
  readonly preload: readonly string[];
  readonly port: number;
}

/** Asserts what the server says of its own settings, whatever its configuration was meant to be. */
export async function settingAssertions({ database, paths, preload, port }: SettingsInput): Promise<Assertion[]> {
  const rows = await database.rows('select name, setting from pg_settings');
  const settings = new Map(rows.map(([name, setting]) => [name ?? '', setting ?? '']));
  const is = (name: string, setting: string, wanted: string): Assertion => {
    const observed = settings.get(setting) ?? 'unknown';
    return { name, expected: `${setting} = ${wanted || "''"}`, observed: observed || "''", holds: observed === wanted };
  };
  return [
    is('the copy archives no WAL', 'archive_mode', 'off'),
    is('the copy runs in the scratch directory', 'data_directory', paths.data),
    is('the copy reads its own configuration', 'config_file', join(paths.conf, 'postgresql.conf')),
    is('the copy listens on no network address', 'listen_addresses', ''),
    is('the copy has a socket of its own', 'unix_socket_directories', paths.sockets),
    is('the copy has a temporary port', 'port', String(port)),
    is('the copy loads no library of production', 'shared_preload_libraries', preload.join(',')),
    is('the copy starts no replication', 'max_logical_replication_workers', '0'),
    is('the copy connects to no primary', 'primary_conninfo', ''),
    await noWorkers(database),
  ];
}

async function noWorkers(database: Database): Promise<Assertion> {
  const rows = await database.rows(
    `select distinct backend_type from pg_stat_activity
     where backend_type in ('walsender', 'walreceiver', 'archiver') or backend_type like 'logical replication%'`,
  );
  const observed = rows.map(([type]) => type ?? '').join(', ') || 'none';
  return { name: 'no process of the copy sends or receives WAL', expected: 'none', observed, holds: rows.length === 0 };
}
