import type { FileNode } from '../postgres/wal-line.ts';

/** What the predicate reads, as the WAL knows it. */
export interface Watched {
  /** OID of the database. */
  readonly database: string;
  /** OIDs of the relations, of their partitions and of what they are partitions of. */
  readonly relations: ReadonlySet<string>;
  /** Their files, and those of their TOAST tables; null: it is not known what the predicate reads. */
  readonly files: ReadonlySet<FileNode> | null;
  /** The server cannot plan the predicate, for which a relation is missing: any change of a catalog may bring it. */
  readonly anyDefinition: boolean;
}
