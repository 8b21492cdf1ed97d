/** Where a ledger ends. */
export interface LedgerHead {
  readonly lines: number;
  /** How many of the lines cannot be read. */
  readonly unreadable: number;
  /** Where the last line begins. */
  readonly lastStart: number;
  readonly size: number;
  /** Of the last line; null: there is none. */
  readonly hash: string | null;
}

/** A run that has begun and not ended, as far as the ledger tells. */
export interface OpenRun {
  readonly run: string;
  readonly drill: string;
  readonly number: number;
  readonly startedAt: string;
}

/** What is on record of a drill, all ISO 8601, UTC; null: nothing. */
export interface DrillOnRecord {
  /** When the last run of it began that was not refused. */
  readonly lastBegun: string | null;
  /** Of a drill that goes to several repositories: since when each of them has passed. */
  readonly lastPassed: string | null;
  /** The last time at which it was due and is on record as missed. */
  readonly lastMissed: string | null;
  /** When the run began that has not ended, as far as is known. */
  readonly openSince: string | null;
}

/** Which drill is asked for, and which of its last runs: of which stanza, and of each of some repositories; null: of whichever. */
export interface TallyQuestion {
  readonly drill: string;
  readonly stanza: string;
  /** Null among them: of whichever. */
  readonly repositories: readonly (number | null)[];
  readonly now: Date;
}

/** What a drill has come to, in numbers. */
export interface DrillNumbers {
  /** How many runs came to each verdict, and how many were `lost`. */
  readonly runs: Readonly<Record<string, number>>;
  /** How many times it was due and is on record as missed. */
  readonly missed: number;
  /** When the last run began that was lost (ISO 8601, UTC); null: none was. */
  readonly lastLost: string | null;
  /** The ids of all its runs. */
  readonly ids: readonly string[];
  /** For each repository that was asked for, of the stanza. */
  readonly last: readonly {
    /** The last run that has ended; one that came to no repository counts for each. Null: there is none. */
    readonly run: EndedRun | null;
    /** When the last one began that passed (ISO 8601, UTC); null: none did. */
    readonly passedAt: string | null;
  }[];
}

/** A time at which a drill was due and did not run (ISO 8601, UTC). */
export interface MissedDue {
  readonly drill: string;
  readonly dueAt: string;
}

/** Where a line stands in the ledger. */
export interface LinePosition {
  /** Its first byte, and how many there are. */
  readonly start: number;
  readonly length: number;
}

/** A run that has ended, and where the ledger tells of it. */
export interface EndedRun extends LinePosition {
  readonly run: string;
  readonly drill: string;
  readonly repo: number | null;
  /** Null: not measured. */
  readonly rtoMs: number | null;
}

/** A run, and when it began (ISO 8601, UTC). Runs are in the order of their beginnings: an id alone sorts to the second. */
export interface RunBegin {
  readonly runId: string;
  readonly startedAt: string;
}

/** Which runs are asked for: of which series, before which run, and how many. */
export interface SeriesQuestion {
  readonly series: string;
  readonly before: RunBegin;
  readonly most: number;
}

/** When drills of one age of backup and one kind of target of a copy began (ISO 8601, UTC). */
export interface ProvenTurn {
  /** Null: not known. */
  readonly age: string | null;
  readonly target: string;
  readonly lastTriedAt: string;
  /** Null: none has passed. */
  readonly lastPassedAt: string | null;
}

/** What is asked about a copy: of which cluster, before which run, and which runs count. */
export interface CopyQuestion {
  readonly stanza: string;
  /** Null: not known, which agrees with every one. */
  readonly systemId: string | null;
  readonly before: RunBegin;
  /** Null: all of them. */
  readonly verdict: 'passed' | 'failed' | null;
}

/** What came last of a drill before one of its runs. */
export interface EndBefore {
  /** A verdict; `lost`: the run was killed; `missed`: it was due, and did not run. */
  readonly state: 'passed' | 'failed' | 'inconclusive' | 'cancelled' | 'lost' | 'missed';
  /** Null: there was no run. */
  readonly run: string | null;
  /** When the run began, or was due: ISO 8601, UTC. */
  readonly at: string;
}

/** Which run asks, and the repository that it reads; null: whichever serves. */
export interface EndQuestion {
  readonly drill: string;
  readonly before: RunBegin;
  readonly repo: number | null;
}
