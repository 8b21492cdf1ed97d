import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import type { RecoveredCopy } from '../../drill/services.ts';
import { compareWithProduction } from '../../extract/compare-production.ts';
import type { CopyPlace } from '../../extract/copy-programs.ts';
import type { Differences } from '../../extract/differences.ts';
import { tableDocument, withoutRows, type PutInto, type TableDocument } from '../../extract/document.ts';
import {
  extractTables,
  listOfTried,
  scriptOfDump,
  scriptOfNeeds,
  standingOf,
  type Extract,
} from '../../extract/extract.ts';
import { loadInto } from '../../extract/into/load-into.ts';
import { findTables } from '../../extract/named-tables.ts';
import { takeFile, writeText, type TakenFile } from '../../extract/output-file.ts';
import type { Wanted } from '../../extract/wanted.ts';
import { asDrillError, type DrillError } from '../../core/errors.ts';
import { UnknownCommit } from '../../postgres/load-target.ts';
import type { CliContext } from '../context.ts';
import { requirePromoted } from '../plans/copy-options.ts';
import { leftOutPath, listPath, needsPath, type TableRequest } from './table-options.ts';

/** What came of a request, and what went wrong once the dump was there. */
export interface Taken {
  readonly document: TableDocument;
  readonly faults: readonly DrillError[];
}

/**
 * Does with a recovered copy what was asked for: dumps, tries the dump, brings it out, puts it into a server, compares with production.
 * Throws a DrillError where there is no dump; what fails after that is told beside what came of the rest.
 */
export async function takeTables(inside: RecoveredCopy, request: TableRequest, context: CliContext): Promise<Taken> {
  const { sessions, host, temp, binaries, runId, recovery, systemId, signal } = inside;
  const { stderr, redactor } = context;
  requirePromoted(inside);
  const place: CopyPlace = { sessions, host, temp, binaries, signal };
  const tell = (text: string): void => stderr(`  ${text}\n`);
  const named = await findTables(sessions, request.names, {
    database: request.database,
    when: 'at the recovery target',
  });
  const wanted: Wanted = { ...named, where: request.where, tell };
  const extract = await extractTables(place, wanted);
  const faults: DrillError[] = [];
  const orNot = async <T>(work: Promise<T>, instead: T): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      const known = asDrillError(error);
      if (known === null) throw error;
      faults.push(known);
      return instead;
    }
  };
  const files = await orNot(bringOut(place, extract, request), NO_FILES);
  const differences = await orNot(compare(place, wanted, request, systemId, tell), []);
  const into = await orNot(putInto(place, extract, request, inside, tell), null);
  const told = { runId, recovery, ...files, into, differences, wanted };
  const document = redactor.data(tableDocument(extract, told));
  inside.keep('table.json', `${JSON.stringify(withoutRows(document), null, 2)}\n`);
  return { document, faults };
}

const NO_FILES = { file: null, needsFile: null, listFile: null } as const;

/** Of rows that are not those of the copy there is no file that somebody might rely on. */
async function bringOut(
  place: CopyPlace,
  extract: Extract,
  { output }: TableRequest,
): Promise<Pick<TableDocument, 'file' | 'needsFile' | 'listFile'>> {
  if (output === null || standingOf(extract) === 'differs') return NO_FILES;
  const { format, path, force } = output;
  const dump = format === 'sql' ? await scriptOfDump(extract) : extract.programs.path(extract.file);
  const needs = await scriptOfNeeds(extract);
  const list = format === 'sql' ? null : await listOfTried(extract);
  const placed: string[] = [];
  const takeOut = async (from: string, to: string): Promise<TakenFile> => {
    const file = await takeFile(place, from, { path: to, force });
    placed.push(to);
    return file;
  };
  try {
    const file = { ...(await takeOut(dump, path)), format };
    const needsFile = needs === null ? null : await takeOut(needs, needsPath(path));
    if (list !== null) writeText(list, { path: listPath(path), force });
    return { file, needsFile, listFile: list === null ? null : listPath(path) };
  } catch (error) {
    // A dump without what belongs to it would look like the whole.
    for (const one of placed) rmSync(one, { force: true });
    throw error;
  }
}

async function compare(
  place: CopyPlace,
  wanted: Wanted,
  { diff }: TableRequest,
  systemId: string,
  tell: (text: string) => void,
): Promise<Differences[]> {
  if (diff === null) return [];
  tell('comparing with production');
  return compareWithProduction(place, wanted, { ...diff, systemId });
}

/** Nothing is put anywhere that a trial has not shown to be the rows of the copy. */
async function putInto(
  place: CopyPlace,
  extract: Extract,
  { into, output }: TableRequest,
  { runId, systemId }: Pick<RecoveredCopy, 'runId' | 'systemId'>,
  tell: (text: string) => void,
): Promise<PutInto | null> {
  if (into === null || standingOf(extract) !== 'whole') return null;
  tell('putting the rows into --into-dsn');
  const own = `restored_${runId.toLowerCase().replaceAll('-', '_')}`;
  const schema = into.schema ?? own;
  const path = leftOutPath(output?.path ?? resolve(schema.replaceAll(/[^A-Za-z0-9_-]/g, '_')));
  let leftOutFile: string | null = null;
  const keep = (script: string): void => {
    writeText(script, { path, force: output?.force === true });
    leftOutFile = path;
  };
  try {
    const put = await loadInto(
      place,
      extract,
      { dsn: into.dsn, schema, mayExist: into.schema !== null, systemId },
      keep,
    );
    return { ...put, leftOutFile };
  } catch (error) {
    if (leftOutFile !== null && !(error instanceof UnknownCommit)) rmSync(leftOutFile, { force: true });
    throw error;
  }
}
