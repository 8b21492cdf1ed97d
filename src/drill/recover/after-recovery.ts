import type { Daemon } from '../../host/host.ts';
import type { Server } from '../../postgres/server.ts';
import type { ProvisionedSandbox } from '../../sandbox/sandbox.ts';
import type { Run } from '../run.ts';
import { ended, unlessGone } from '../undoing.ts';
import { saveServerLog } from './server-log.ts';

interface Undoing {
  readonly onFetcher: (fetcher: Daemon) => void;
  readonly onServer: (server: Server) => void;
}

/** Has the cleanup of a run end what a recovery starts. The server's log is saved though the instance may be kept. */
export function undoingOf(run: Run, station: ProvisionedSandbox): Undoing {
  const { record, cleanup } = run;
  return {
    onFetcher: (fetcher) => cleanup.push('stop fetching WAL', () => unlessGone(station, () => ended(fetcher))),
    onServer: (server) => {
      const saveLog = (): Promise<void> => saveServerLog(record, station, server, run);
      cleanup.push('save the server log', saveLog, { evenWhenKept: true });
      const stop = (): Promise<void> => unlessGone(station, () => server.stop());
      cleanup.push('stop PostgreSQL', stop, { deadlineMs: 180_000 });
    },
  };
}
