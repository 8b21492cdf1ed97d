import type { CleanupStack } from '../core/cleanup.ts';
import type { Endpoint } from '../core/endpoint.ts';
import type { Host } from '../host/host.ts';
import type { RunPaths } from '../host/run-paths.ts';

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
  /** Whether the kernel keeps the copy from writing outside its directory, and from the network. */
  readonly confinement: { readonly fileSystem: boolean; readonly network: boolean };
}

/** What a drill asks of its sandbox. */
export interface SandboxSpec {
  readonly runId: string;
  readonly drill: string;
  /** Directories of repositories on this machine. */
  readonly repositoryPaths: readonly string[];
  /** Whether the repository is reached by network. */
  readonly networkNeeded: boolean;
  /** Data directories of production, as the configuration names them. */
  readonly productionPaths: readonly { readonly path: string; readonly local: boolean }[];
  /** The instance stays up when the run has ended. */
  readonly keepInstance: boolean;
}

/** A sandbox that can read the repository; nothing that is timed has happened yet. */
export interface PreparedSandbox {
  readonly host: Host;
  readonly paths: RunPaths;
  readonly facts: SandboxFacts;
  /** A data directory of an earlier run is there to be reused. */
  readonly hasKeptData: boolean;
  /** Makes everything ready for the restore and tells where the instance is to accept connections. Timed: the RTO begins here. */
  provision(signal: AbortSignal): Promise<Endpoint>;
}

/** One thing that a sweep looked at. */
export interface SweptRun {
  readonly runId: string;
  readonly drill: string;
  readonly path: string;
  readonly action: 'removed' | 'running' | 'kept' | 'failed';
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
  prepare(spec: SandboxSpec, cleanup: CleanupStack, signal: AbortSignal): Promise<PreparedSandbox>;
  /** Removes what killed runs left behind: only what carries our marker, and whose run is no longer alive. */
  sweep(options: SweepOptions): Promise<SweptRun[]>;
}
