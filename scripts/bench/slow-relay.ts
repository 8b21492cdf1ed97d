import { connect, createServer, type Socket } from 'node:net';

/** A way to a server of this machine that takes as long as one far away. */
export interface SlowRelay {
  readonly port: number;
  /** From now on a question and its answer take this much longer; 0: nothing. */
  setRoundTrip(ms: number): void;
  end(): Promise<void>;
}

/** Opens such a way at an address. The bytes arrive in their order, each half a round trip later; a connection begins with a whole one. */
export async function openSlowRelay(address: string, target: { host: string; port: number }): Promise<SlowRelay> {
  const sockets = new Set<Socket>();
  let halfMs = 0;
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect({ ...target, allowHalfOpen: true });
    const openedAt = performance.now() + 2 * halfMs;
    const later = (work: () => void): void => {
      // What was sent before the connection would have been there has waited for it.
      const waitMs = halfMs + Math.max(0, openedAt - performance.now());
      if (waitMs === 0) work();
      else setTimeout(work, waitMs);
    };
    const pass = (from: Socket, to: Socket): void => {
      sockets.add(from);
      from.on('data', (piece: Buffer) => later(() => to.writable && to.write(piece)));
      from.on('end', () => later(() => to.end()));
      from.on('error', () => from.destroy());
      from.once('close', () => {
        sockets.delete(from);
        later(() => to.destroy());
      });
    };
    pass(client, upstream);
    pass(upstream, client);
  });
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  const bound = server.address();
  return {
    port: typeof bound === 'object' && bound !== null ? bound.port : 0,
    setRoundTrip: (ms) => {
      halfMs = ms / 2;
    },
    end: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
