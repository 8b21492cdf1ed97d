/** Where a server accepts connections. */
export interface Endpoint {
  /** A socket directory of this machine, or a host name. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** The socket directory as programs see it that run beside the server. */
  readonly socketDirectory: string;
  /** The words before a command that is to be run beside the server; none when that is this machine. */
  readonly enter: readonly string[];
}

/** A server of this machine on a socket in a directory; nothing listens on TCP. */
export function onSocket(directory: string, port: number, user: string): Endpoint {
  return { host: directory, port, user, socketDirectory: directory, enter: [] };
}
