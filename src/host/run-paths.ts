/** The directories of a run, as its host sees them. Each is the run user's alone. */
export interface RunPaths {
  readonly root: string;
  readonly data: string;
  readonly tablespaces: string;
  readonly sockets: string;
  /** The configuration of the server. */
  readonly conf: string;
  /** The configuration of pgBackRest, with its secrets: nobody else sees it. */
  readonly secrets: string;
  readonly spool: string;
  readonly lock: string;
  readonly log: string;
  readonly feed: string;
  readonly temp: string;
}
