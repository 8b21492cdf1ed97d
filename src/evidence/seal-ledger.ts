import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { makeWithParents } from '../core/directories.ts';
import type { Ledger } from '../store/ledger/ledger.ts';
import { replaceFile } from '../store/replace-file.ts';
import { openEnvelope, type OpenedEnvelope } from './dsse.ts';
import { keyFileName, KEYS_DIRECTORY } from './keys-directory.ts';
import { publicKeyPem, type PublicKey } from './public-key.ts';
import type { Signer } from './signer.ts';
import { LEDGER_HEAD_FILE, ledgerHead, ownHeadFile, readHead, type SignedHead } from './statements/ledger-head.ts';
import { parseStatement, signStatement } from './statements/statement.ts';
import { isThere, textOf } from './verify/read-file.ts';
import { trustIn } from './verify/trust.ts';

/**
 * Signs how far the ledger goes now, and keeps that beside it: once for all readers, once for this key alone. What another process
 * signed meanwhile about a longer ledger stays. So does a head that the ledger does not go on from: it is what shows that the
 * ledger was changed.
 */
export async function sealLedger(ledger: Ledger, signer: Signer): Promise<void> {
  const end = await ledger.end();
  if (end === null) return;
  const head = { ...end, at: new Date().toISOString() };
  const text = await signStatement(ledgerHead(head), [signer]);
  await ledger.whileLocked(() => {
    const before = [ownSeal(ledger, signer), sealIn(ledger, LEDGER_HEAD_FILE)];
    if (isLostTo(ledger, signer) || !before.every((seal) => mayReplace(ledger, seal, head.lines))) return;
    replaceFile(ledger.directory, ownHeadFile(signer.keyId), text);
    replaceFile(ledger.directory, LEDGER_HEAD_FILE, text);
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

function mayReplace(ledger: Ledger, before: Seal | 'unreadable' | null, lines: number): boolean {
  return before === null || (before !== 'unreadable' && goesOnFrom(ledger, before.head) && before.head.lines < lines);
}

/** The key has signed here before, its own head is gone, and the one that is there is of a key that has nothing to do with it. */
function isLostTo(ledger: Ledger, signer: Signer): boolean {
  const isKnown = isThere(join(ledger.directory, KEYS_DIRECTORY, keyFileName(signer.keyId)));
  return isKnown && ownSeal(ledger, signer) === null && foreignKey(ledger, signer) !== null;
}

/**
 * Why a ledger is not the one that was signed last: that is gone, was changed, is by another key, or the ledger does not go on
 * from there. What it costs does not depend on how many lines there are.
 */
export function doubtAbout(ledger: Ledger, signer: Signer): string | null {
  const own = ownSeal(ledger, signer);
  if (own !== null) {
    const doubt = doubtOf(ledger, own, ownHeadFile(signer.keyId), signer);
    if (doubt !== null) return doubt;
  }
  const seal = sealIn(ledger, LEDGER_HEAD_FILE);
  if (seal === null) {
    return own !== null || existsSync(join(ledger.directory, KEYS_DIRECTORY, keyFileName(signer.keyId)))
      ? `${LEDGER_HEAD_FILE} is missing, and the key has signed runs here before`
      : null;
  }
  const other = own === null ? foreignKey(ledger, signer) : null;
  return other === null
    ? doubtOf(ledger, seal, LEDGER_HEAD_FILE, signer)
    : `${LEDGER_HEAD_FILE} is signed with the key ${other}, and no statement puts this one in its place`;
}

function doubtOf(ledger: Ledger, seal: Seal | 'unreadable', file: string, { publicKey }: Signer): string | null {
  if (seal === 'unreadable') return `${file} was changed`;
  const { head, envelope } = seal;
  if (envelope.keyIds.includes(publicKey.id) && !envelope.isSignedBy(publicKey)) return `${file} was changed`;
  return goesOnFrom(ledger, head)
    ? null
    : `the ledger does not go on from line ${head.lines}, which was signed at ${head.at}`;
}

/** What this key has signed the last time, as far as that is there. What another key put in its place was changed. */
function ownSeal(ledger: Ledger, { keyId, publicKey }: Signer): Seal | 'unreadable' | null {
  const own = sealIn(ledger, ownHeadFile(keyId));
  if (own !== null) return own !== 'unreadable' && own.envelope.isSignedBy(publicKey) ? own : 'unreadable';
  const shared = sealIn(ledger, LEDGER_HEAD_FILE);
  return shared !== null && shared !== 'unreadable' && shared.envelope.keyIds.includes(keyId) ? shared : null;
}

/** The key of the head that is there, unless a statement of both keys puts one in the place of the other; null: there is none. */
function foreignKey(ledger: Ledger, { publicKey }: Signer): string | null {
  const id = headKey(ledger);
  return id === null || trustIn(ledger.directory, [publicKey]).keys.has(id) ? null : id;
}

/** The key that has signed how far the ledger goes; null: nobody has, or it cannot be read. */
export function headKey(ledger: Ledger): string | null {
  const seal = sealIn(ledger, LEDGER_HEAD_FILE);
  return seal === null || seal === 'unreadable' ? null : (seal.envelope.keyIds[0] ?? null);
}

interface Seal {
  readonly head: SignedHead;
  readonly envelope: OpenedEnvelope;
}

/** How far the ledger was signed, by a file; null: there is none. */
function sealIn(ledger: Ledger, file: string): Seal | 'unreadable' | null {
  const path = join(ledger.directory, file);
  if (!isThere(path)) return null;
  try {
    // A pipe would be waited for.
    const envelope = openEnvelope(textOf(path));
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
