import type { Endpoint } from '../core/endpoint.ts';
import type { Daemon, ExitStatus, Host } from '../host/host.ts';
import type { RunPaths } from '../host/run-paths.ts';
import type { PostgresBinaries } from './binaries.ts';
import { quoteConf } from './conf-file.ts';

/** Settings that must hold whatever any file says: the command line beats postgresql.conf and postgresql.auto.conf. */
const ON_THE_COMMAND_LINE = new Set([
  'archive_mode',
  'archive_command',
  'archive_cleanup_command',
  'recovery_end_command',
  'primary_conninfo',
  'listen_addresses',
  'shared_preload_libraries',
  'max_logical_replication_workers',
]);

interface ServerOptions {
  readonly host: Host;
  readonly binaries: PostgresBinaries;
  readonly paths: RunPaths;
  readonly endpoint: Endpoint;
  readonly settings: ReadonlyMap<string, string>;
  readonly restoreCommand: string;
  readonly runId: string;
  /** The server goes on when pgdrill ends. */
  readonly outlive: boolean;
}

/** The restored server, with its own configuration files: those of production are not read. */
export class Server {
  readonly #options: ServerOptions;
  #daemon: Daemon | null = null;

  constructor(options: ServerOptions) {
    this.#options = options;
  }

  get logPath(): string {
    return `${this.#options.paths.log}/postgresql.log`;
  }

  /** How the server ended; pending while it runs. */
  get exited(): Promise<ExitStatus> {
    return this.#daemon?.exited ?? Promise.resolve({ exitCode: null, signal: null });
  }

  /** Starts the server in the foreground of a process group of its own; it recovers on. */
  async start(): Promise<void> {
    const { host, paths, settings } = this.#options;
    const conf = [...settings].map(([name, value]) => `${name} = ${quoteConf(value)}\n`).join('');
    const files = {
      [`${paths.conf}/postgresql.conf`]: conf,
      // Only who may enter the socket directory (0700) gets here; there is no TCP.
      [`${paths.conf}/pg_hba.conf`]: 'local all all trust\n',
      [`${paths.conf}/pg_ident.conf`]: '',
    };
    await host.writeFiles(files, 0o600);
    this.#daemon = await host.start(this.argv(), {
      logPath: this.logPath,
      role: 'server',
      outlive: this.#options.outlive,
    });
  }

  argv(): string[] {
    const { binaries, paths, settings, endpoint, runId } = this.#options;
    const fixed: Record<string, string> = {
      config_file: `${paths.conf}/postgresql.conf`,
      data_directory: paths.data,
      hba_file: `${paths.conf}/pg_hba.conf`,
      ident_file: `${paths.conf}/pg_ident.conf`,
      unix_socket_directories: paths.sockets,
      unix_socket_permissions: '0700',
      port: String(endpoint.port),
      cluster_name: `pgdrill-${runId}`.slice(0, 63),
      ...Object.fromEntries([...settings].filter(([name]) => ON_THE_COMMAND_LINE.has(name))),
      restore_command: this.#options.restoreCommand,
    };
    const options = Object.entries(fixed).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    return [`${binaries.directory}/postgres`, '-D', paths.data, ...options];
  }

  /**
   * Stops it by an immediate shutdown, since data that is about to be removed needs no checkpoint, and by force if that
   * does not end it. Returns once it is gone. What the copy says of its process number is not asked: it may have put
   * another's into postmaster.pid.
   */
  async stop(): Promise<void> {
    const daemon = this.#daemon;
    if (!daemon || (await settled(daemon.exited))) return;
    daemon.kill('SIGQUIT');
    if (!(await settled(daemon.exited, 10_000))) daemon.kill('SIGKILL');
    await daemon.exited;
  }
}

async function settled(promise: Promise<unknown>, withinMs = 0): Promise<boolean> {
  const late = new Promise<false>((resolve) => setTimeout(resolve, withinMs, false).unref());
  return Promise.race([promise.then(() => true), late]);
}
