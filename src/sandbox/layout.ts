import type { RunPaths } from '../host/run-paths.ts';

/** Where the directories of a run are to lie. */
interface Ground {
  /** On a disk: what is large, and what tells afterwards how it went. */
  readonly disk: string;
  /** In memory where there is such a place: sockets, and all that holds secrets. */
  readonly memory: string;
}

/** The directories of a run, by the same names wherever it happens. */
export function layOut({ disk, memory }: Ground): RunPaths {
  return {
    root: disk,
    data: `${disk}/data`,
    tablespaces: `${disk}/ts`,
    spool: `${disk}/spool`,
    log: `${disk}/log`,
    temp: `${disk}/tmp`,
    sockets: `${memory}/s`,
    conf: `${memory}/conf`,
    secrets: `${memory}/secrets`,
    lock: `${memory}/lock`,
    feed: `${memory}/feed`,
  };
}

/** All that a run needs only while it lasts. */
export function transientPaths({ sockets, conf, secrets, spool, lock, log, feed, temp }: RunPaths): string[] {
  return [sockets, conf, secrets, spool, lock, log, feed, temp];
}
