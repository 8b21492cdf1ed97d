import { rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { makeWithParents } from '../core/directories.ts';
import { DrillError, messageOf } from '../core/errors.ts';
import type { Attestor } from '../store/attestor.ts';
import { digestOfText } from '../store/digest.ts';
import { Ledger } from '../store/ledger/ledger.ts';
import type { SelfTestedEntry } from '../store/ledger/self-tested.ts';
import { SELF_TESTS } from '../store/past-self-tests.ts';
import { replaceFile } from '../store/replace-file.ts';
import { RunStore } from '../store/run-store.ts';
import { isOfTheSystem } from '../store/system-fault.ts';
import { selfTestMarkdown } from './describe.ts';
import { selfTestSchema, type SelfTestDocument } from './document.ts';

/** Where a self-test was put on record; `page` is the file for people. */
export type Recorded =
  | { readonly page: string; readonly problem: null }
  | { readonly page: null; readonly problem: string };

/**
 * Makes the folder that a self-test is to be written to, while nothing has been started. Gives what removes it again, if nothing
 * came to lie there. Throws `reports-not-writable`.
 */
export function openRecord(reports: string): () => void {
  new RunStore(reports).requireWritable();
  const folder = join(reports, SELF_TESTS);
  try {
    const made = makeWithParents(folder, 0o700);
    return () => removeEmpty(made);
  } catch (error) {
    throw new DrillError('reports-not-writable', `${folder} cannot be made: ${messageOf(error)}`, {
      hint: 'name a directory that you may write to with --reports',
      cause: error,
    });
  }
}

/** Directories, the innermost first. */
function removeEmpty(directories: readonly string[]): void {
  try {
    for (const directory of directories) rmdirSync(directory);
  } catch {
    // Something of another run is in it by now.
  }
}

/**
 * Writes what a self-test found out below a directory of reports, and puts it on record in one line of the ledger, which is
 * signed as far as it goes where there is a key. What the system refuses, such as room, is told and not thrown: what was found out is
 * not to be lost.
 */
export async function recordSelfTest(
  reports: string,
  document: SelfTestDocument,
  attestor: Attestor | null,
): Promise<Recorded> {
  try {
    return { page: await write(reports, document, attestor), problem: null };
  } catch (error) {
    if (!isOfTheSystem(error)) throw error;
    return { page: null, problem: messageOf(error) };
  }
}

async function write(reports: string, document: SelfTestDocument, attestor: Attestor | null): Promise<string> {
  const ledger = new Ledger(reports);
  const folder = join(reports, SELF_TESTS);
  makeWithParents(folder, 0o700);
  ledger.requireOwn();
  const text = `${JSON.stringify(selfTestSchema.parse(document), null, 2)}\n`;
  replaceFile(folder, `${document.id}.json`, text);
  replaceFile(folder, `${document.id}.md`, selfTestMarkdown(document));
  await ledger.append(() => [entryOf(document, digestOfText(text))]);
  await attestor?.sealLedger(ledger);
  return join(folder, `${document.id}.md`);
}

function entryOf(document: SelfTestDocument, digest: string): SelfTestedEntry {
  const { id, outcome, isWhole, plan, startedAt, pgdrill, postgres, pgbackrest, sandbox, host, user } = document;
  const faults = document.faults.map(({ fault, repository, result, blames }) => ({
    fault,
    repository,
    result,
    blames,
  }));
  const about = { id, outcome, isWhole, plan, startedAt, pgdrill, postgres, pgbackrest, sandbox, host, user };
  return { kind: 'self-tested', ...about, faults, document: digest };
}
