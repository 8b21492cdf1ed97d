import type { Host } from '../../host/host.ts';
import type { RunPaths } from '../../host/run-paths.ts';
import type { PostgresBinaries } from '../../postgres/binaries.ts';
import type { Sessions } from '../../postgres/sessions.ts';
import type { Inspected } from '../wholeness.ts';
import type { FindingList } from './findings.ts';
import type { Level } from './levels.ts';

/** What a plan says of parts that have something to say. */
export interface PartOptions {
  readonly amcheck: { readonly heapAllIndexed: boolean; readonly parentCheck: boolean };
  readonly promised: { readonly databases: readonly string[]; readonly roles: readonly string[] };
}

/** The copy that is examined, and how. */
export interface PartContext {
  readonly host: Host;
  readonly paths: RunPaths;
  readonly sessions: Sessions;
  readonly binaries: PostgresBinaries;
  /** What every run finds out of each database. */
  readonly inspected: Inspected;
  /** Databases that let us in. */
  readonly databases: readonly string[];
  /** So many processes at once. */
  readonly jobs: number;
  /** The copy stays in recovery: nothing can be written to it. */
  readonly standby: boolean;
  /** The instance is to stay up when the run has ended. */
  readonly keepInstance: boolean;
  /** What the configuration leaves out of backups. */
  readonly excluded: readonly string[];
  /** Resolves when the server has ended. */
  readonly serverEnded: () => Promise<unknown>;
  readonly options: PartOptions;
  /** The part was named in the plan, and not only its level. */
  readonly demanded: boolean;
  /** What is left of its time: it may have many programs and questions, one after the other. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly onProgress: (fraction: number | null) => void;
}

/** How long a lock is waited for, as PostgreSQL reads it. */
export const LOCK_WAIT = '5s';

/** What a part looked at, in words; `skipped`: why it proves nothing here, and nobody asked for it by name. */
export interface Looked {
  readonly at: string;
  readonly skipped?: string;
}

/** A part of the integrity checks. What it throws is a doubt, and never a pass. */
export interface IntegrityPart {
  readonly title: string;
  /** What it asks, for the schema and the documents. */
  readonly asks: string;
  /** The level that it begins at. */
  readonly from: Level;
  /** What the copy has to be for it: as it was recovered, with extensions that are made for it, or stopped. */
  readonly needs: 'recovered' | 'extended' | 'stopped';
  /** Extensions of PostgreSQL's own that it makes in the copy. */
  readonly extensions?: readonly string[];
  /** It reads the data themselves. Then it does not wait for the others that need the same, nor they for it. */
  readonly isLong?: true;
  /** A warning of its own in every run tells what it notes. */
  readonly toldByEveryRun?: true;
  readonly examine: (context: PartContext, findings: FindingList) => Promise<Looked>;
}
