import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeWithParents } from '../core/directories.ts';
import type { Ledger } from '../store/ledger/ledger.ts';
import { replaceFile } from '../store/replace-file.ts';
import { openEnvelope } from './dsse.ts';
import { keyFileName, KEYS_DIRECTORY } from './keys-directory.ts';
import { publicKeyPem, type PublicKey } from './public-key.ts';
import type { Signer } from './signer.ts';
import { LEDGER_HEAD_FILE, ledgerHead, readHead } from './statements/ledger-head.ts';
import { parseStatement, signStatement } from './statements/statement.ts';

/**
 * Signs how far the ledger goes now, and keeps that beside it. What another process signed meanwhile about a longer ledger
 * stays. So does a head that the ledger does not go on from: it is what shows that the ledger was changed.
 */
export async function sealLedger(ledger: Ledger, signer: Signer): Promise<void> {
  keepPublicKey(ledger.directory, signer.publicKey);
  const end = await ledger.end();
  if (end === null) return;
  const head = { ...end, at: new Date().toISOString() };
  const text = await signStatement(ledgerHead(head), [signer]);
  await ledger.whileLocked(() => {
    if (mayReplace(ledger, head.lines)) replaceFile(ledger.directory, LEDGER_HEAD_FILE, text);
  });
}

/** The public half lies beside what it signed. */
function keepPublicKey(reports: string, key: PublicKey): void {
  const directory = join(reports, KEYS_DIRECTORY);
  makeWithParents(directory, 0o700);
  if (!existsSync(join(directory, keyFileName(key.id)))) replaceFile(directory, keyFileName(key.id), publicKeyPem(key));
}

function mayReplace(ledger: Ledger, lines: number): boolean {
  const file = join(ledger.directory, LEDGER_HEAD_FILE);
  if (!existsSync(file)) return true;
  try {
    const before = readHead(parseStatement(openEnvelope(readFileSync(file, 'utf8')).body));
    return before.lines < lines && ledger.hasLine(before);
  } catch {
    return false;
  }
}
