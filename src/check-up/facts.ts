import type { BackupLock } from '../pgbackrest/backup-lock.ts';
import type { BackupSet } from '../pgbackrest/info.ts';
import type { VerifyResult } from '../pgbackrest/verify.ts';
import type { BucketProtection } from './s3-bucket.ts';
import type { Reachable } from './windows.ts';

/** Something that is wrong, or that could not be looked at, in the words of whoever met it. */
export interface Fault {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
}

/** What can be recovered to along one way through the timelines. */
export interface BranchFacts extends Reachable {
  /** The timeline that it ends on. */
  readonly timeline: number;
  /** A recovery follows it unless another timeline is asked for. */
  readonly isWanted: boolean;
}

/** One PostgreSQL cluster of a stanza in one repository. */
export interface ClusterFacts {
  /** Such as `15-1`. */
  readonly archiveId: string;
  readonly version: string;
  readonly systemId: string;
  readonly sets: readonly BackupSet[];
  /** Sets that backup.info lists although files of them are gone, and which. */
  readonly notThere: readonly { readonly label: string; readonly missing: string }[];
  readonly archive: {
    readonly segments: number;
    readonly newest: { readonly name: string; readonly archivedAt: Date } | null;
  };
  readonly branches: readonly BranchFacts[];
  /** Why a recovery from the newest usable set would not reach what production wrote last; null: nothing is seen. */
  readonly archiveFault: (Fault & { readonly missing: string | null }) | null;
  readonly warnings: readonly Fault[];
  /** A segment that is not there although a later one is, which was archived a moment ago: pushes may overtake one another. */
  readonly overtaken: { readonly missing: string; readonly next: string; readonly nextAt: Date } | null;
}

/** How far the archive of a repository is behind that of another one. */
export interface Lag {
  readonly leader: number;
  readonly segments: number;
  /** When the leader archived the first segment that is not here. */
  readonly since: Date;
}

/** What was found in one repository. */
export interface RepositoryFacts {
  readonly key: number;
  readonly type: string;
  readonly host: string | null;
  readonly location: string | null;
  /** `none`, `aes-256-cbc`; null: nobody here knows. */
  readonly cipher: string | null;
  /** Why nothing of the stanza is known here; null: it was looked at. */
  readonly fault: Fault | null;
  /** The stanza is at a cluster that has no backup. */
  readonly leftBehind: Fault | null;
  /** The cluster of the newest backup first. */
  readonly clusters: readonly ClusterFacts[];
  readonly lag: Lag | null;
  /** What keeps the bucket from losing files; null: that was not asked, or it is in no bucket of S3 that a key is known of. */
  readonly protection: BucketProtection | Fault | null;
  /** Null: it was not asked for. */
  readonly verified: VerifyResult | Fault | null;
}

/** What was found of a stanza. */
export interface StanzaFacts {
  readonly stanza: string;
  readonly now: Date;
  readonly version: string | null;
  readonly remarks: readonly Fault[];
  /** Locks that backups hold on this machine; null: they are taken elsewhere. */
  readonly locks: readonly BackupLock[] | null;
  readonly repositories: readonly RepositoryFacts[];
}

/** What was promised. */
export interface Promises {
  readonly backupAgeMs: number | null;
  readonly rpoMs: number | null;
  readonly recoverableMs: number | null;
  readonly retention: { readonly full: number | null; readonly diff: number | null } | null;
}
