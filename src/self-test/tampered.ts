import type { Host } from '../host/host.ts';
import { LocalHost } from '../host/local-host.ts';
import { accountNamed, currentUser } from '../host/run-user.ts';
import { RUN_VARIABLE } from '../sandbox/processes.ts';
import type { PreparedSandbox, ProvisionedSandbox, Sandbox, Station } from '../sandbox/sandbox.ts';

/*
 * Faults in a sandbox. A run gets its sandbox from whoever starts it (DrillServices): the self-test hands it one that was
 * tampered with. Nothing of this is in the sandboxes themselves, so no plan, option or variable leads here.
 */

/** What becomes of the parts of a sandbox. */
interface Tampering {
  /** The host that the programs of the run are started on, each time it is one that was not there before. */
  readonly host?: (host: Host, station: Station) => Host;
  /** The sandbox that the backup is restored in. */
  readonly provisioned?: (station: ProvisionedSandbox) => ProvisionedSandbox;
}

function tampered(sandbox: Sandbox, how: Tampering): Sandbox {
  return { ...sandbox, prepare: async (...asked) => inPrepared(await sandbox.prepare(...asked), how) };
}

function inPrepared(sandbox: PreparedSandbox, how: Tampering): PreparedSandbox {
  const { host: changeHost = (same) => same, provisioned: change = (same) => same } = how;
  const changed: PreparedSandbox = {
    ...sandbox,
    host: changeHost(sandbox.host, sandbox),
    withOtherPgBackRest: async (signal) => {
      const other = await sandbox.withOtherPgBackRest(signal);
      return other === null ? null : inPrepared(other, how);
    },
    withPostgres: async (major, signal) => {
      const other = await sandbox.withPostgres(major, signal);
      return other === sandbox ? changed : inPrepared(other, how);
    },
    provision: async (signal, onProgress) => {
      const station = await sandbox.provision(signal, onProgress);
      const host = station.host === sandbox.host ? changed.host : changeHost(station.host, station);
      return change({ ...station, host });
    },
  };
  return changed;
}

/**
 * Does something to the recovered server, or with it, before anything is asserted or checked. A standby goes on needing the
 * repository, so there it is never done.
 */
export function whileUnchecked(work: (station: ProvisionedSandbox) => Promise<void>): (sandbox: Sandbox) => Sandbox {
  const provisioned = (station: ProvisionedSandbox): ProvisionedSandbox => ({
    ...station,
    seal: async (signal) => {
      await work(station);
      return station.seal(signal);
    },
  });
  return (sandbox) => tampered(sandbox, { provisioned });
}

/** Declares something hidden that the copy does see: the directory with the configuration of its own server. */
export function withBrokenPromise(sandbox: Sandbox): Sandbox {
  return tampered(sandbox, { provisioned: promisingMore });
}

function promisingMore(station: ProvisionedSandbox): ProvisionedSandbox {
  const { outside, paths } = station;
  return { ...station, outside: { ...outside, paths: [...outside.paths, paths.conf] } };
}

/** Starts the restored server, and it alone, without the fence. For data of our own on this machine. */
export function withUnfencedServer(sandbox: Sandbox): Sandbox {
  return tampered(sandbox, { host: serverOutside });
}

function serverOutside(host: Host, { paths, facts }: Station): Host {
  const user = accountNamed(facts.user) ?? currentUser();
  const bare = new LocalHost({ user, fence: null, env: { TMPDIR: paths.temp, [RUN_VARIABLE]: paths.root } });
  return {
    run: (argv, options) => host.run(argv, options),
    start: (argv, options) => (options.role === 'server' ? bare : host).start(argv, options),
    followLines: (path, onLine) => host.followLines(path, onLine),
    readFile: (path, options) => host.readFile(path, options),
    writeFile: (path, content, mode) => host.writeFile(path, content, mode),
    writeFiles: (files, mode) => host.writeFiles(files, mode),
    makeDirectory: (path) => host.makeDirectory(path),
    list: (path) => host.list(path),
    resolveLink: (path) => host.resolveLink(path),
    remove: (path, signal) => host.remove(path, signal),
    room: (path) => host.room(path),
  };
}
