import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { makeWithParents } from '../core/directories.ts';
import type { Ledger } from '../store/ledger/ledger.ts';
import { replaceFile } from '../store/replace-file.ts';
import { openEnvelope, type OpenedEnvelope } from './dsse.ts';
import { keyFileName, KEYS_DIRECTORY } from './keys-directory.ts';
import { publicKeyPem, type PublicKey } from './public-key.ts';
import type { Signer } from './signer.ts';
import { LEDGER_HEAD_FILE, ledgerHead, readHead, type SignedHead } from './statements/ledger-head.ts';
import { parseStatement, signStatement } from './statements/statement.ts';
import { isThere, textOf } from './verify/read-file.ts';

/**
 * Signs how far the ledger goes now, and keeps that beside it. What another process signed meanwhile about a longer ledger
 * stays. So does a head that the ledger does not go on from: it is what shows that the ledger was changed.
 */
export async function sealLedger(ledger: Ledger, signer: Signer): Promise<void> {
  const end = await ledger.end();
  if (end === null) return;
  const head = { ...end, at: new Date().toISOString() };
  const text = await signStatement(ledgerHead(head), [signer]);
  await ledger.whileLocked(() => {
    if (mayReplace(ledger, head.lines)) replaceFile(ledger.directory, LEDGER_HEAD_FILE, text);
  });
  // Where it lies, there has been a head.
  keepPublicKey(ledger.directory, signer.publicKey);
}

/** The public half lies beside what it signed. */
export function keepPublicKey(reports: string, key: PublicKey): void {
  const directory = join(reports, KEYS_DIRECTORY);
  makeWithParents(directory, 0o700);
  if (!existsSync(join(directory, keyFileName(key.id)))) replaceFile(directory, keyFileName(key.id), publicKeyPem(key));
}

function mayReplace(ledger: Ledger, lines: number): boolean {
  const before = sealOf(ledger);
  return before === null || (before !== 'unreadable' && goesOnFrom(ledger, before.head) && before.head.lines < lines);
}

/**
 * Why a ledger is not the one that was signed last: that is gone, was changed, or the ledger does not go on from there. What it
 * costs does not depend on how many lines there are.
 */
export function doubtAbout(ledger: Ledger, { publicKey }: Signer): string | null {
  const seal = sealOf(ledger);
  if (seal === null) {
    return existsSync(join(ledger.directory, KEYS_DIRECTORY, keyFileName(publicKey.id)))
      ? `${LEDGER_HEAD_FILE} is missing, and the key has signed runs here before`
      : null;
  }
  if (seal === 'unreadable') return `${LEDGER_HEAD_FILE} was changed`;
  const { head, envelope } = seal;
  if (envelope.keyIds.includes(publicKey.id) && !envelope.isSignedBy(publicKey))
    return `${LEDGER_HEAD_FILE} was changed`;
  return goesOnFrom(ledger, head)
    ? null
    : `the ledger does not go on from line ${head.lines}, which was signed at ${head.at}`;
}

/** The key that has signed how far the ledger goes; null: nobody has, or it cannot be read. */
export function headKey(ledger: Ledger): string | null {
  const seal = sealOf(ledger);
  return seal === null || seal === 'unreadable' ? null : (seal.envelope.keyIds[0] ?? null);
}

interface Seal {
  readonly head: SignedHead;
  readonly envelope: OpenedEnvelope;
}

/** How far the ledger was signed the last time; null: it was not. */
function sealOf(ledger: Ledger): Seal | 'unreadable' | null {
  const file = join(ledger.directory, LEDGER_HEAD_FILE);
  if (!isThere(file)) return null;
  try {
    // A pipe would be waited for.
    const envelope = openEnvelope(textOf(file));
    return { head: readHead(parseStatement(envelope.body)), envelope };
  } catch {
    return 'unreadable';
  }
}

function goesOnFrom(ledger: Ledger, head: SignedHead): boolean {
  try {
    return ledger.hasLine(head);
  } catch {
    return false; // There is no ledger, or nothing that can be read.
  }
}
