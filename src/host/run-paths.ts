/** The directories of a run, as its host sees them. Each is the run user's alone. */
export interface RunPaths {
  readonly root: string;
  readonly data: string;
  readonly tablespaces: string;
  readonly sockets: string;
  readonly conf: string;
  readonly spool: string;
  readonly lock: string;
  readonly log: string;
  readonly feed: string;
  readonly temp: string;
}
