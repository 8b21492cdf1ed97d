import { randomBytes, randomInt } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { onSocket } from '../core/endpoint.ts';
import { DrillError } from '../core/errors.ts';
import type { Daemon, Host, RunResult } from '../host/host.ts';
import { compressionFor } from '../pgbackrest/compression.ts';
import { Database } from '../postgres/database.ts';
import type { PostgresBinaries } from '../postgres/binaries.ts';
import { pgBackRestConfig, serverConfig } from './production-config.ts';

interface ProductionOptions {
  readonly host: Host;
  readonly binaries: PostgresBinaries;
  /** An empty directory of the user who runs the cluster; everything of it lies in there. */
  readonly root: string;
  readonly database: string;
  readonly signal: AbortSignal;
}

const ARCHIVE_TIMEOUT_MS = 30_000;

/**
 * A small production cluster: a PostgreSQL with page checksums that archives its WAL into an encrypted pgBackRest
 * repository. Aborting the signal ends whatever it is doing with a DrillError `cancelled`.
 */
export class ProductionCluster {
  readonly stanza = 'shop';
  readonly database: string;
  readonly port = randomInt(20_000, 60_000);
  readonly configPath: string;
  readonly dataDirectory: string;
  readonly repoPath: string;
  readonly socketDirectory: string;
  readonly root: string;
  readonly #options: ProductionOptions;

  constructor(options: ProductionOptions) {
    const { root } = options;
    this.#options = options;
    this.root = root;
    this.database = options.database;
    this.configPath = join(root, 'pgbackrest.conf');
    this.dataDirectory = join(root, 'data');
    this.repoPath = join(root, 'repo');
    this.socketDirectory = join(root, 'sock');
  }

  /** initdb, the first start, and the stanza in the repository. */
  async start(): Promise<void> {
    const { host } = this.#options;
    for (const name of ['repo', 'sock', 'log', 'lock', 'spool']) await host.makeDirectory(join(this.root, name));
    const passphrase = randomBytes(32).toString('base64url');
    await host.writeFile(this.configPath, pgBackRestConfig(this, await compressionFor(host), passphrase), 0o600);
    await this.#must([
      this.#program('initdb'),
      '-D',
      this.dataDirectory,
      '--data-checksums',
      '--username=postgres',
      '--auth=trust',
      '--encoding=UTF8',
      '--locale=C',
      '--no-sync',
    ]);
    const defaults = (await host.readFile(join(this.dataDirectory, 'postgresql.conf'))) ?? '';
    await host.writeFile(join(this.dataDirectory, 'postgresql.conf'), defaults + serverConfig(this), 0o600);
    await this.#must([
      this.#program('pg_ctl'),
      'start',
      '-D',
      this.dataDirectory,
      '-w',
      '-s',
      '-l',
      join(this.root, 'log', 'postgresql.log'),
    ]);
    await this.#must(this.pgbackrest('stanza-create'));
    await this.query(`create database ${this.database}`, 'postgres');
  }

  /** Stops the server; one that does not run is stopped already. */
  async stop(signal: AbortSignal): Promise<void> {
    const { host } = this.#options;
    if ((await host.readFile(join(this.dataDirectory, 'postmaster.pid'))) === null) return;
    await host.run([this.#program('pg_ctl'), 'stop', '-D', this.dataDirectory, '-m', 'fast', '-w', '-s'], {
      signal,
      deadlineMs: 20_000,
    });
  }

  /** Rows of one statement, values as text. */
  async query(sql: string, database = this.database): Promise<(string | null)[][]> {
    this.#throwIfEnded();
    await using connection = await Database.connect(onSocket(this.socketDirectory, this.port, 'postgres'), {
      database,
    });
    return await connection.rows(sql);
  }

  /** The one value of one statement. */
  async value(sql: string): Promise<string> {
    return (await this.query(sql))[0]?.[0] ?? '';
  }

  /** Takes a backup. */
  async backup(type: 'full' | 'diff' | 'incr'): Promise<void> {
    await this.#must(this.pgbackrest(`--type=${type}`, 'backup'));
  }

  /** Ends the current WAL segment, and waits until it is in the archive. */
  async archiveAll(): Promise<void> {
    const segment = await this.value('select pg_walfile_name(pg_switch_wal())');
    const deadline = performance.now() + ARCHIVE_TIMEOUT_MS;
    while ((await this.value("select coalesce(last_archived_wal, '') from pg_stat_archiver")) < segment) {
      if (performance.now() > deadline) throw new DrillError('sandbox-failed', `production did not archive ${segment}`);
      await delay(50);
    }
  }

  /** Runs a psql script that never ends; it ends with the server. */
  runScript(path: string, outlive: boolean): Promise<Daemon> {
    const argv = [this.#program('psql'), '-X', '-q', '-o', '/dev/null', ...this.connection(), '-f', path];
    return this.#options.host.start(argv, { logPath: join(this.root, 'log', 'traffic.log'), role: 'tool', outlive });
  }

  /** What psql needs to connect. */
  connection(): string[] {
    return ['-h', this.socketDirectory, '-p', String(this.port), '-U', 'postgres', '-d', this.database];
  }

  pgbackrest(...command: string[]): string[] {
    return ['pgbackrest', `--config=${this.configPath}`, `--stanza=${this.stanza}`, ...command];
  }

  #program(name: string): string {
    return join(this.#options.binaries.directory, name);
  }

  async #must(argv: readonly string[]): Promise<RunResult> {
    this.#throwIfEnded();
    const result = await this.#options.host.run(argv, { signal: this.#options.signal });
    this.#throwIfEnded();
    if (result.exitCode === 0) return result;
    const said = `${result.stdout}\n${result.stderr}`.trim().split('\n').slice(-5).join('\n');
    throw new DrillError('sandbox-failed', `the small production could not be made: ${argv.join(' ')}\n${said}`, {
      hint: 'drill doctor says what this machine lacks',
    });
  }

  #throwIfEnded(): void {
    if (this.#options.signal.aborted) throw new DrillError('cancelled', 'it was ended by a signal');
  }
}
