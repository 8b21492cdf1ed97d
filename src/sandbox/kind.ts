import type { z } from 'zod';
import type { Finding, ThisMachine } from './findings.ts';
import type { Sandbox, SweepOptions, SweptRun } from './sandbox.ts';

/** Where a sweep is to look. */
export interface SweepPlace {
  /** The directory of this machine where backups are restored, as the command line names it; undefined: the usual one. */
  readonly scratch: string | undefined;
  /** This kind was named: that it cannot be looked at is a fault then. */
  readonly asked: boolean;
  readonly signal: AbortSignal;
}

/** What a sweep looked at, and what it found there. */
export interface Looked {
  readonly where: string;
  readonly swept: readonly SweptRun[];
}

/** What a kind has noted on this machine of places that may be gone for good. */
interface Notes {
  /** Where they are kept. */
  directory(): string;
  /**
   * Takes a run off the notes without asking the place where it was; null: no such run is noted. Throws `busy` while the
   * run goes on.
   */
  forget(runId: string): Promise<SweptRun | null>;
}

/** What an image is to have in it. */
export interface ImageWish {
  readonly major: number;
  /** The suite of Debian; undefined: the usual one. */
  readonly suite?: string | undefined;
  /** Whose packages: the suite's own, or those of postgresql.org, which has every major version. */
  readonly packages?: 'debian' | 'pgdg' | undefined;
}

/** How an image is to be made. */
export interface ImageOrder {
  readonly env: NodeJS.ProcessEnv;
  /** The network of the build's steps, such as `host`; null: the usual one. */
  readonly network: string | null;
  readonly signal: AbortSignal;
  /** Called with what is going to be made, and for each step of it. */
  readonly onProgress: (text: string) => void;
}

/** Images that a kind runs in, and that can be made here. */
interface Images {
  /** Makes one, and tells its name. */
  build(wish: ImageWish, order: ImageOrder): Promise<string>;
}

/**
 * All that pgdrill knows of a kind of sandbox. Its name is the `kind` of its schema. What takes long to load is loaded by
 * `prepare` of the sandbox, `sweep` and `findings`: whoever reads a plan needs none of it.
 */
export interface SandboxKind<Schema extends z.ZodType> {
  /** Its options in a plan. */
  readonly schema: Schema;
  /** Its runs lie on this machine: in a directory that can be named, where checks may read what lies beside the plan. */
  readonly onThisMachine: boolean;
  /** Null: it notes nothing. */
  readonly notes: Notes | null;
  /** Null: it needs none. */
  readonly images: Images | null;
  /** Directories of this machine that its runs write to, when the user with that home directory runs them; null: root does. */
  writesTo(plan: z.output<Schema>, home: string | null): readonly string[];
  /** The sandbox that a plan describes. Nothing is looked at yet. */
  create(plan: z.output<Schema>): Sandbox;
  /**
   * Removes what killed runs left behind: only what carries our marker, and whose run is no longer alive. Null: there is
   * nothing to look at, and nobody has asked for this kind.
   */
  sweep(options: SweepOptions, place: SweepPlace): Promise<Looked | null>;
  /** What this machine has and lacks for it, in the order in which a reader would look. */
  findings(machine: ThisMachine): Promise<Finding[]>;
}
