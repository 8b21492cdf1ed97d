import { DrillError } from '../../core/errors.ts';
import type { Daemon } from '../../host/host.ts';
import type { Station } from '../../sandbox/sandbox.ts';

/** What fetches WAL for a server that sees no repository. */
export interface Fetcher {
  /** Settles when it ended, which it never does by itself. */
  readonly ended: Promise<'fetcher-ended'>;
  hasEnded(): boolean;
  stop(): void;
}

interface FetcherOptions {
  readonly station: Pick<Station, 'host' | 'paths'>;
  /** The instance is to stay up when pgdrill has ended, and what it needs as well. */
  readonly outlive: boolean;
  /** Called with the process, so that it is ended however the run ends. */
  readonly onStart: (daemon: Daemon) => void;
}

/** Starts it; `argv` null: the server fetches its own. */
export async function startFetcher(
  argv: readonly string[] | null,
  { station, outlive, onStart }: FetcherOptions,
): Promise<Fetcher> {
  if (argv === null) {
    return { ended: new Promise(() => undefined), hasEnded: () => false, stop: () => undefined };
  }
  const logPath = `${station.paths.log}/wal-serve.log`;
  const daemon = await station.host.start(argv, { logPath, role: 'pgbackrest', outlive });
  onStart(daemon);
  let isOver = false;
  const ended = daemon.exited.then(() => {
    isOver = true;
    return 'fetcher-ended' as const;
  });
  return { ended, hasEnded: () => isOver, stop: () => daemon.kill('SIGTERM') };
}

/** Why a recovery failed whose WAL could not be fetched any more. */
export function fetcherKilled(): DrillError {
  return new DrillError('process-killed', 'what fetches WAL for the server was ended from outside', {
    hint: 'was the memory of the machine too small, or did somebody end it?',
  });
}
