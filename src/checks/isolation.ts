import { join } from 'node:path';
import type { RunPaths } from '../host/run-paths.ts';
import type { Host } from '../host/host.ts';
import type { Database } from '../postgres/database.ts';
import type { CheckReport } from '../report/report.ts';
import { kernelAssertions, type ClaimedConfinement } from './kernel-isolation.ts';

interface IsolationInput {
  readonly database: Database;
  readonly host: Host;
  readonly paths: RunPaths;
  /** What the kernel is said to keep the copy from. */
  readonly confinement: ClaimedConfinement;
  readonly preload: readonly string[];
  /** Names of the history files in the archive, before the copy was started and now. */
  readonly historiesBefore: readonly string[];
  readonly historiesNow: readonly string[];
  readonly port: number;
}

/** An assertion and what was seen. */
export interface Assertion {
  readonly name: string;
  readonly expected: string;
  readonly observed: string;
  readonly holds: boolean;
}

/**
 * Asserts on the running copy that it was, and is, cut off: whatever the configuration was meant to be, this is what the
 * server itself says. Each is a critical check of the drill.
 */
export async function assertIsolation(input: IsolationInput): Promise<CheckReport[]> {
  const settings = await readSettings(input.database);
  const is = (name: string, setting: string, wanted: string): Assertion => {
    const observed = settings.get(setting) ?? 'unknown';
    return { name, expected: `${setting} = ${wanted || "''"}`, observed: observed || "''", holds: observed === wanted };
  };
  const assertions: Assertion[] = [
    is('the copy archives no WAL', 'archive_mode', 'off'),
    is('the copy runs in the scratch directory', 'data_directory', input.paths.data),
    is('the copy reads its own configuration', 'config_file', join(input.paths.conf, 'postgresql.conf')),
    is('the copy listens on no network address', 'listen_addresses', ''),
    is('the copy has a socket of its own', 'unix_socket_directories', input.paths.sockets),
    is('the copy has a temporary port', 'port', String(input.port)),
    is('the copy loads no library of production', 'shared_preload_libraries', input.preload.join(',')),
    is('the copy starts no replication', 'max_logical_replication_workers', '0'),
    is('the copy connects to no primary', 'primary_conninfo', ''),
    await noWorkers(input.database),
    await tablespacesInside(input),
    historiesUnchanged(input),
    ...(await kernelAssertions(input.host, input.confinement)),
  ];
  return assertions.map(({ name, expected, observed, holds }) => ({
    name,
    kind: 'isolation',
    severity: 'critical',
    status: holds ? 'passed' : 'failed',
    expected,
    observed,
    durationMs: null,
    sql: null,
    message: null,
  }));
}

async function readSettings(database: Database): Promise<Map<string, string>> {
  const rows = await database.rows('select name, setting from pg_settings');
  return new Map(rows.map(([name, setting]) => [name ?? '', setting ?? '']));
}

async function noWorkers(database: Database): Promise<Assertion> {
  const rows = await database.rows(
    `select distinct backend_type from pg_stat_activity
     where backend_type in ('walsender', 'walreceiver', 'archiver') or backend_type like 'logical replication%'`,
  );
  const observed = rows.map(([type]) => type ?? '').join(', ') || 'none';
  return { name: 'no process of the copy sends or receives WAL', expected: 'none', observed, holds: rows.length === 0 };
}

/** WAL may create tablespaces after the backup at their original path, in spite of every mapping (pgBackRest #2537). */
async function tablespacesInside({ host, paths }: IsolationInput): Promise<Assertion> {
  const directory = join(paths.data, 'pg_tblspc');
  const names = (await host.list(directory)) ?? [];
  const links = await Promise.all(
    names.map(async (name) => ({ name, target: await host.resolveLink(join(directory, name)) })),
  );
  const outside = links.filter(({ target }) => target === null || !target.startsWith(`${paths.tablespaces}/`));
  return {
    name: 'every tablespace of the copy lies in the scratch directory',
    expected: `below ${paths.tablespaces}`,
    observed:
      outside.length === 0
        ? `${names.length} inside`
        : outside.map(({ name, target }) => `${name} -> ${target ?? '?'}`).join(', '),
    holds: outside.length === 0,
  };
}

function historiesUnchanged({ historiesBefore, historiesNow }: IsolationInput): Assertion {
  const added = historiesNow.filter((name) => !historiesBefore.includes(name));
  const gone = historiesBefore.filter((name) => !historiesNow.includes(name));
  const changes = [...added.map((name) => `new: ${name}`), ...gone.map((name) => `gone: ${name}`)];
  return {
    name: 'the timelines in the archive are as before',
    expected: `${historiesBefore.length} history files`,
    observed: changes.join(', ') || `${historiesNow.length} history files`,
    holds: changes.length === 0,
  };
}
