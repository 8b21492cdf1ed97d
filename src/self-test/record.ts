import { join } from 'node:path';
import { makeWithParents } from '../core/directories.ts';
import type { Attestor } from '../store/attestor.ts';
import { digestOfText } from '../store/digest.ts';
import { Ledger } from '../store/ledger/ledger.ts';
import type { SelfTestedEntry } from '../store/ledger/self-tested.ts';
import { SELF_TESTS } from '../store/past-self-tests.ts';
import { replaceFile } from '../store/replace-file.ts';
import { selfTestMarkdown } from './describe.ts';
import { selfTestSchema, type SelfTestDocument } from './document.ts';

/**
 * Writes what a self-test found out below a directory of reports, and puts it on record in one line of the ledger, which is
 * signed as far as it goes where there is a key. Gives the file for people.
 */
export async function recordSelfTest(
  reports: string,
  document: SelfTestDocument,
  attestor: Attestor | null,
): Promise<string> {
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
