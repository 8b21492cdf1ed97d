import type { CleanupStack } from '../core/cleanup.ts';
import type { Endpoint } from '../core/endpoint.ts';
import type { DrillError } from '../core/errors.ts';
import type { Host } from '../host/host.ts';
import type { Outside, OutsideServer } from '../host/outside.ts';
import type { RunPaths } from '../host/run-paths.ts';

/** What the kernel keeps a copy from, whatever its configuration and its data say. */
export interface Confinement {
  /** Each program is fenced off by itself: the server sees neither the repository nor the secrets of pgBackRest. */
  readonly eachProgram: boolean;
  /** It writes to its own directory alone. */
  readonly fileSystem: boolean;
  /** Where it gets to by network: nowhere, to the repository alone, or wherever its host does. */
  readonly network: 'none' | 'repository' | 'open';
  /** It has no capability of root, and cannot get one. */
  readonly privileges: boolean;
  /** Directories and files that the plan shows to it, besides what every copy sees. */
  readonly shown: readonly string[];
}

/** What the report says of a container. */
export interface ContainerFacts {
  readonly engine: string;
  readonly image: string;
  readonly imageId: string;
  readonly user: string;
  /** Null: no limit of its own. */
  readonly memoryLimitBytes: number | null;
  readonly cpuLimit: number | null;
  readonly shmBytes: number;
  readonly network: string;
}

/** What the report says of a server that was reached by SSH. */
export interface ServerFacts {
  readonly host: string;
  readonly user: string | null;
  readonly port: number | null;
  /** Type and fingerprint of its host key. */
  readonly hostKey: string | null;
  /** What whoever made it calls it; null: it was there before. */
  readonly id: string | null;
  /** Parts of provision: making the server, waiting until it let us in, installing; null: not needed. */
  readonly createMs: number | null;
  readonly readyMs: number | null;
  readonly bootstrapMs: number | null;
  /** Packages that were installed, with their versions. */
  readonly installed: readonly string[];
  /** How often the connection broke and came back, and for how long altogether. */
  readonly outages: number;
  readonly outageMs: number;
}

/** What the report says of the place where the drill happened. */
export interface SandboxFacts {
  readonly kind: string;
  readonly hostname: string;
  readonly os: string;
  readonly kernel: string;
  readonly arch: string;
  readonly cpus: number;
  /** Memory that was free when the run began. */
  readonly memoryBytes: number;
  readonly user: string;
  /** What the kernel keeps the copy from. */
  readonly confinement: Confinement;
  /** Null: no container. */
  readonly container: ContainerFacts | null;
  /** Null: not by SSH. */
  readonly server: ServerFacts | null;
}

/** A service that a drill needs from outside. */
export interface RemoteService {
  readonly host: string;
  readonly port: number;
}

/** What a drill asks of its sandbox. */
export interface SandboxSpec {
  readonly runId: string;
  readonly drill: string;
  /** Directories of repositories on this machine. */
  readonly repositoryPaths: readonly string[];
  /** Those of them that the drill reads. */
  readonly readPaths: readonly string[];
  /** What the repository is reached at by network; empty for one on disk. */
  readonly reaches: readonly RemoteService[];
  /** Variables that pgBackRest alone gets, to reach and open the repository. */
  readonly credentials: Readonly<Record<string, string>>;
  /** What pgBackRest alone reads besides, for the same; `~/` is the home directory of the drill's user. */
  readonly credentialPaths: readonly string[];
  /** Data directories of production, as the configuration names them. */
  readonly productionPaths: readonly { readonly path: string; readonly local: boolean }[];
  /** Where production on the machine of the configuration accepts connections. */
  readonly productionServers: readonly OutsideServer[];
  /** Files of the user's configuration, which hold secrets. */
  readonly configFiles: readonly string[];
  /** The instance stays up when the run has ended. */
  readonly keepInstance: boolean;
  /** The run is over by then, one way or another. */
  readonly endsBefore: Date;
}

/** A place in a sandbox where programs run. */
export interface Station {
  readonly host: Host;
  readonly paths: RunPaths;
  readonly facts: SandboxFacts;
  /** Why the sandbox, and not the backup, is to blame for what broke there; null: nothing is known to its discredit. */
  blame(): Promise<DrillError | null>;
}

/** A sandbox that can read the repository; nothing that is timed has happened yet. */
interface Prepared extends Station {
  /** A data directory of an earlier run is there to be reused. */
  readonly hasKeptData: boolean;
  /** PostgreSQL that is not here yet comes with `provision`. */
  readonly bringsPostgres: boolean;
  /** The same sandbox with another version of pgBackRest in it, which has not been tried yet; null: there is none. */
  withOtherPgBackRest(signal: AbortSignal): Promise<PreparedSandbox | null>;
  /**
   * The same sandbox with PostgreSQL of a major version in it, or itself where it cannot choose. Throws a DrillError
   * that names what would do.
   */
  withPostgres(major: number, signal: AbortSignal): Promise<PreparedSandbox>;
  /** Makes everything ready for the restore, and tells how far it is where that takes long. Timed: the RTO begins here. */
  provision(signal: AbortSignal, onProgress?: (text: string) => void): Promise<ProvisionedSandbox>;
}

/** The place where the instance will be. */
export interface Site extends Prepared {
  readonly isLookout: false;
}

/**
 * A place that only the repository is looked into from, while the site is not there yet or has no pgBackRest: neither
 * PostgreSQL nor the room, the processors and the fence are those of the run.
 */
export interface Lookout extends Prepared {
  readonly isLookout: true;
  /** What the directories of the run will probably be at the site. */
  readonly sitePaths: RunPaths;
}

export type PreparedSandbox = Site | Lookout;

/** A sandbox that a backup can be restored in. What was written in the prepared one need not be here. */
export interface ProvisionedSandbox extends Station {
  /** What the copy must neither see nor reach of the machine that it is on, as it was before the copy was there. */
  readonly outside: Outside;
  /** Where the instance is to accept connections. */
  readonly endpoint: Endpoint;
  /** The repository is not needed any more: takes the network away where that can be done, and tells what is left of it. */
  seal(signal: AbortSignal): Promise<Confinement['network']>;
}

/** One thing that a sweep looked at. */
export interface SweptRun {
  readonly runId: string;
  readonly drill: string;
  /** Where it lies, or the names of what it is made of. */
  readonly path: string;
  readonly action: 'removed' | 'running' | 'kept' | 'failed' | 'forgotten';
  readonly message: string | null;
}

export interface SweepOptions {
  /** Only this run, even when its instance was kept. */
  readonly run: string | null;
  /** Kept instances and kept data as well. */
  readonly kept: boolean;
  readonly dryRun: boolean;
}

/**
 * A place where drills happen. `prepare` puts the undo of each thing on the cleanup stack before it makes it, and
 * throws a DrillError of outcome `usage` or `busy` while nothing has been started.
 */
export interface Sandbox {
  /** Where drills happen, behind the name of the kind, such as ` on db2.example.org`; empty where the kind says it. */
  readonly place: string;
  /** Words after `drill sweep` that name where to look; none where it looks by itself. */
  readonly sweepWords: readonly string[];
  /** What a run here does not show, whatever it comes to; sentences for the report. */
  readonly limits: readonly string[];
  prepare(spec: SandboxSpec, cleanup: CleanupStack, signal: AbortSignal): Promise<PreparedSandbox>;
}
