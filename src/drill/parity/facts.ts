import type { Linked } from '../../pgbackrest/info.ts';
import type { ExtensionUse } from '../../postgres/catalog-extensions.ts';
import type { DatabaseCollation } from '../../postgres/database-collation.ts';
import type { Unanswered } from './item.ts';

/** Something that was asked, or why there is no answer. */
export type Answer<T> = { readonly is: T } | Unanswered;

/** The machine, or the container, that does the drill. */
export interface MachineFacts {
  /** The version of PostgreSQL there; null: it is installed when the sandbox is provisioned. */
  readonly postgres: string | null;
  /** Names of libraries and extensions of that PostgreSQL; null: where they lie is not known. */
  readonly libraries: ReadonlySet<string> | null;
  readonly extensions: ReadonlySet<string> | null;
  /** Null: it does not tell. */
  readonly hasIcu: boolean | null;
  /** The version of the GNU C library; null: it has another. */
  readonly libc: string | null;
  /** Locales of the databases that it does not have; null: it cannot be asked. */
  readonly lackingLocales: readonly string[] | null;
}

/** What the catalogs and the configuration of a backup set say. */
export interface SetFacts {
  /** Settings that a copy must not have lower, by pg_control of the set. */
  readonly minimums: Answer<ReadonlyMap<string, number>>;
  /** LC_COLLATE and LC_CTYPE of the databases that take connections. */
  readonly locales: readonly string[];
  readonly collations: readonly DatabaseCollation[];
}

/** A production on the machine of the drill. */
export interface ProductionHere {
  /** The version of its program; null: it does not tell. */
  readonly version: string | null;
}

/** All that is known of the environment of a drill before anything is restored. */
export interface ParityFacts {
  readonly major: number;
  /** Programs come with an image, and not by a package manager. */
  readonly inImage: boolean;
  readonly pgbackrest: { readonly reads: string; readonly wrote: string | null };
  readonly machine: Answer<MachineFacts>;
  readonly set: Answer<SetFacts>;
  /** The libraries that production preloads. */
  readonly preload: Answer<readonly string[]>;
  readonly extensions: Answer<readonly ExtensionUse[]>;
  readonly tablespaces: Answer<readonly Linked[]>;
  readonly links: Answer<readonly Linked[]>;
  /** Null: it is not on this machine. */
  readonly production: ProductionHere | null;
  readonly plan: {
    readonly preload: readonly string[];
    readonly settings: Readonly<Record<string, string | number | boolean | null>>;
    /** The copy stays a standby: PostgreSQL insists on the settings of the primary. */
    readonly standby: boolean;
    /** Extensions that its integrity checks make in the copy. */
    readonly examinesWith: readonly string[];
  };
  readonly room: {
    readonly path: string;
    readonly neededBytes: number;
    readonly reserveBytes: number;
    /** Null: the place is not there yet. */
    readonly freeBytes: number | null;
  };
}
