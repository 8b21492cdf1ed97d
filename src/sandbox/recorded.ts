import type { Host } from '../host/host.ts';
import type { PreparedSandbox } from './sandbox.ts';

/** A sandbox all of whose hosts are wrapped, so that each command that is run there is recorded. */
export function recorded(sandbox: PreparedSandbox, wrap: (host: Host) => Host): PreparedSandbox {
  const wrapped: PreparedSandbox = {
    ...sandbox,
    host: wrap(sandbox.host),
    withOtherPgBackRest: async (signal) => {
      const other = await sandbox.withOtherPgBackRest(signal);
      return other === null ? null : recorded(other, wrap);
    },
    withPostgres: async (major, signal) => {
      const other = await sandbox.withPostgres(major, signal);
      return other === sandbox ? wrapped : recorded(other, wrap);
    },
    provision: async (signal, onProgress) => {
      const provisioned = await sandbox.provision(signal, onProgress);
      const host = provisioned.host === sandbox.host ? wrapped.host : wrap(provisioned.host);
      return { ...provisioned, host };
    },
  };
  return wrapped;
}
