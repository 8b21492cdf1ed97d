import { z } from 'zod';
import { DrillError } from '../core/errors.ts';
import { parseLsn, type Lsn } from '../postgres/lsn.ts';
import type { PgBackRest } from './pgbackrest.ts';
import { understood } from './understood.ts';

/** A backup set. Moments are whole seconds, as pgBackRest keeps them. */
export interface BackupSet {
  readonly label: string;
  readonly type: 'full' | 'diff' | 'incr';
  readonly repo: number;
  readonly startedAt: Date;
  readonly stoppedAt: Date;
  /** Null for backups that were taken offline. */
  readonly lsnStart: Lsn | null;
  readonly lsnStop: Lsn | null;
  readonly walStart: string | null;
  readonly walStop: string | null;
  /** The size of the cluster when restored. */
  readonly sizeBytes: number;
  readonly reference: readonly string[];
  readonly databaseId: number;
  /** Damaged pages were found while it was taken; null when that was not looked for. */
  readonly pageErrors: boolean | null;
}

/** What a repository says of a stanza. */
export interface StanzaInfo {
  readonly backups: readonly BackupSet[];
  readonly databases: readonly { id: number; repo: number; systemId: string; version: string }[];
  readonly archives: readonly {
    id: string;
    repo: number;
    databaseId: number;
    min: string | null;
    max: string | null;
  }[];
  readonly repos: readonly { key: number; cipher: string; code: number; message: string }[];
}

const lsnText = z
  .string()
  .nullish()
  .transform((text) => (text ? parseLsn(text) : null));
/** Seconds since 1970, within what a calendar has. */
const moment = z.int().min(0).max(253_402_300_799);
const repoKey = z.looseObject({ id: z.int(), 'repo-key': z.int() });
const linked = z.looseObject({ name: z.string(), destination: z.string() });
const backupSchema = z.looseObject({
  label: z.string(),
  type: z.enum(['full', 'diff', 'incr']),
  archive: z.looseObject({ start: z.string().nullish(), stop: z.string().nullish() }).nullish(),
  lsn: z.looseObject({ start: lsnText, stop: lsnText }).nullish(),
  timestamp: z.looseObject({ start: moment, stop: moment }),
  database: repoKey,
  error: z.boolean().nullish(),
  info: z.looseObject({ size: z.int() }),
  reference: z.array(z.string()).nullish(),
  backrest: z.looseObject({ version: z.string() }).nullish(),
  'database-ref': z.array(z.looseObject({ name: z.string() })).nullish(),
  tablespace: z.array(linked).nullish(),
  link: z.array(linked).nullish(),
});
const infoSchema = z.array(
  z.looseObject({
    name: z.string(),
    status: z.looseObject({ code: z.int(), message: z.string() }),
    backup: z.array(backupSchema).default([]),
    db: z
      .array(z.looseObject({ id: z.int(), 'repo-key': z.int(), 'system-id': z.string(), version: z.string() }))
      .default([]),
    archive: z
      .array(z.looseObject({ id: z.string(), min: z.string().nullish(), max: z.string().nullish(), database: repoKey }))
      .default([]),
    repo: z
      .array(
        z.looseObject({
          key: z.int(),
          cipher: z.string(),
          status: z.looseObject({ code: z.int(), message: z.string() }),
        }),
      )
      .default([]),
  }),
);

/** Status code of `info` (src/command/info/info.c) for what it could not look into; the message holds the error. */
const STATUS_OTHER = 99;

/**
 * Asks for the backups of the stanza. `info` exits with 0 even when it found nothing (2.45 to 2.60), so the status of each
 * repository tells: 1 its path of the stanza is missing, 2 no backup, 3 the stanza's data is missing.
 */
export async function readInfo(pgbackrest: PgBackRest, signal: AbortSignal): Promise<StanzaInfo> {
  return stanzaInfo(await pgbackrest.readJson('info', [], [], { signal }), pgbackrest.stanza);
}

/** What `info` says of a stanza. Throws `stanza-not-found`, and `repo-unreadable` for what is not understood. */
export function stanzaInfo(said: unknown, name: string): StanzaInfo {
  const [stanza] = understood('info', infoSchema, said);
  if (!stanza) {
    throw new DrillError('stanza-not-found', `the repository holds no stanza "${name}"`, {
      hint: 'pgbackrest info without --stanza lists those that it holds',
    });
  }
  return {
    backups: stanza.backup.map(backupSet),
    databases: stanza.db.map((db) => ({
      id: db.id,
      repo: db['repo-key'],
      systemId: db['system-id'],
      version: db.version,
    })),
    archives: stanza.archive.map(({ id, min, max, database }) => ({
      id,
      repo: database['repo-key'],
      databaseId: database.id,
      min: min ?? null,
      max: max ?? null,
    })),
    repos: stanza.repo.map(({ key, cipher, status }) => ({ key, cipher, code: status.code, message: status.message })),
  };
}

/** Whether `info` could not look into this repository at all. */
export function isUnreadable(repo: { code: number }): boolean {
  return repo.code === STATUS_OTHER;
}

/** A tablespace or a link of a backup set, and where it led to in production. */
export interface Linked {
  readonly name: string;
  readonly destination: string;
}

/** What `info` tells for a single set alone. */
export interface SetContents {
  /** The version of pgBackRest that wrote it; null: it is not told. */
  readonly writtenBy: string | null;
  /** Databases that users made. */
  readonly databases: readonly { readonly name: string }[];
  readonly tablespaces: readonly Linked[];
  /** Links in the data directory, such as that of pg_wal. */
  readonly links: readonly Linked[];
}

/** Asks what is in a backup set. */
export async function readContents(
  pgbackrest: PgBackRest,
  backup: BackupSet,
  signal: AbortSignal,
): Promise<SetContents> {
  const options = [`--repo=${backup.repo}`, `--set=${backup.label}`];
  const [stanza] = understood('info', infoSchema, await pgbackrest.readJson('info', options, [], { signal }));
  const set = stanza?.backup[0];
  return {
    writtenBy: set?.backrest?.version ?? null,
    databases: set?.['database-ref'] ?? [],
    tablespaces: set?.tablespace ?? [],
    links: set?.link ?? [],
  };
}

function backupSet(backup: z.output<typeof backupSchema>): BackupSet {
  return {
    label: backup.label,
    type: backup.type,
    repo: backup.database['repo-key'],
    startedAt: new Date(backup.timestamp.start * 1000),
    stoppedAt: new Date(backup.timestamp.stop * 1000),
    lsnStart: backup.lsn?.start ?? null,
    lsnStop: backup.lsn?.stop ?? null,
    walStart: backup.archive?.start ?? null,
    walStop: backup.archive?.stop ?? null,
    sizeBytes: backup.info.size,
    reference: backup.reference ?? [],
    databaseId: backup.database.id,
    pageErrors: backup.error ?? null,
  };
}
