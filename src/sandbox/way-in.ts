import { randomInt } from 'node:crypto';
import type { CleanupStack } from '../core/cleanup.ts';
import type { Endpoint } from '../core/endpoint.ts';
import type { StartExec } from '../host/exec.ts';
import { openRelay } from '../host/relay.ts';

/** An instance on a socket that this machine does not see. */
interface Behind {
  /** Starts programs beside it, as a user who may enter its socket's directory. */
  readonly start: StartExec;
  readonly sockets: string;
  readonly superuser: string;
  /** The words before a command that is to be run beside it. */
  readonly enter: readonly string[];
}

/** A port that only names a socket, which lies in a directory of the run's own; nothing listens on TCP. */
export function anyPort(): number {
  return randomInt(20_000, 60_000);
}

/** Opens a way from this machine to an instance. It ends with the run, even when the instance stays. */
export async function openWayIn(behind: Behind, cleanup: CleanupStack): Promise<Endpoint> {
  const { start, sockets, superuser, enter } = behind;
  const port = anyPort();
  const relay = await openRelay(start, sockets, port);
  cleanup.push('close the way to the instance', () => relay.close(), { evenWhenKept: true });
  return { host: relay.directory, port, user: superuser, socketDirectory: sockets, enter };
}
