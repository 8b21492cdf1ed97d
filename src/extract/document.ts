import { shownTable } from '../postgres/identifier.ts';
import type { Differences } from './differences.ts';
import { standingOf, type Extract, type Standing } from './extract.ts';
import { neededText } from './needs.ts';
import type { TakenFile } from './output-file.ts';
import type { RowDigest } from './row-digest.ts';
import type { Wanted } from './wanted.ts';

/** Where rows were put, and what is not there with them. */
export interface PutInto {
  readonly schema: string;
  readonly tables: readonly (RowDigest & { readonly table: string })[];
  /** What of the tables is not there, since it is code or acts on others. */
  readonly leftOut: readonly string[];
  /** A script of it, for a person to read and run; null: nothing was left out. */
  readonly leftOutFile: string | null;
}

/** What `drill table` came to, as it lies beside the report of its run and as `--json` prints it; no row is in the first one. */
export interface TableDocument {
  readonly schemaVersion: 1;
  readonly runId: string;
  readonly database: string;
  readonly where: string | null;
  /** What proves that the copy was at the target. */
  readonly recovery: {
    readonly proof: string | null;
    readonly lastReplayedLsn: string | null;
    readonly timeline: number | null;
    readonly lastCommitAt: string | null;
  };
  readonly standing: Standing;
  /** Why the dump could not be restored on trial; null: it was. */
  readonly trialFailed: string | null;
  readonly tables: readonly {
    readonly table: string;
    readonly partitions: number;
    readonly copy: RowDigest;
    readonly trial: RowDigest | null;
  }[];
  /** What is not in the dump, and has to be there before it is restored. */
  readonly needs: {
    readonly objects: readonly string[];
    readonly foreignKeys: readonly { readonly name: string; readonly of: string; readonly to: string }[];
    /** Partitions that are tables of their own in the dump, and their parents. */
    readonly partitions: readonly { readonly of: string; readonly to: string }[];
    readonly roles: readonly string[];
    readonly tablespaces: readonly string[];
  };
  readonly notCarried: readonly string[];
  readonly file: (TakenFile & { readonly format: 'custom' | 'sql' }) | null;
  /** A script that makes what the dump needs; null: it needs nothing. */
  readonly needsFile: TakenFile | null;
  /** For `pg_restore --use-list`: the dump without what leads out of it, foreign keys and parents of partitions; null: nothing does. */
  readonly listFile: string | null;
  readonly into: PutInto | null;
  readonly differences: readonly Differences[];
}

/** What besides the dump itself a document tells. */
interface Told extends Pick<
  TableDocument,
  'runId' | 'recovery' | 'file' | 'needsFile' | 'listFile' | 'into' | 'differences'
> {
  readonly wanted: Wanted;
}

/** The document as it may be kept: which rows differ from production, and not what is in them. */
export function withoutRows(document: TableDocument): TableDocument {
  return { ...document, differences: document.differences.map((one) => ({ ...one, shown: [] })) };
}

export function tableDocument(extract: Extract, told: Told): TableDocument {
  const { runId, recovery, file, needsFile, listFile, into, differences, wanted } = told;
  const { needs, tables, trialFailed } = extract;
  const { proof, lastReplayedLsn, timeline, lastCommitAt } = recovery;
  const keysLeft = 'foreign keys are not carried with --where, since the rows that they lead to may be missing';
  return {
    schemaVersion: 1,
    runId,
    database: wanted.database,
    where: wanted.where,
    recovery: { proof, lastReplayedLsn, timeline, lastCommitAt },
    standing: standingOf(extract),
    trialFailed,
    tables: tables.map(({ table, copy, trial }) => ({
      table: shownTable(table),
      partitions: table.tree.length - 1,
      copy,
      trial,
    })),
    needs: {
      objects: needs.entries.map(neededText),
      foreignKeys: needs.foreignKeys.map(({ name, of, to }) => ({ name, of, to })),
      partitions: needs.attached.filter(({ isIndex }) => !isIndex).map((one) => ({ of: shownTable(one), to: one.to })),
      roles: needs.roles,
      tablespaces: needs.tablespaces,
    },
    notCarried: [
      ...tables.flatMap(({ table }) => table.notCarried),
      ...needs.statistics.map((entry) => `${neededText(entry)}: no dump of a table carries extended statistics`),
      ...(wanted.where === null ? [] : [keysLeft]),
    ],
    file,
    needsFile,
    listFile,
    into,
    differences,
  };
}
