import { join } from 'node:path';
import { openEnvelope } from '../../evidence/dsse.ts';
import { keyFileName, KEYS_DIRECTORY } from '../../evidence/keys-directory.ts';
import { publicKeyPem } from '../../evidence/public-key.ts';
import type { Signer } from '../../evidence/signer.ts';
import { ledgerHead, readHead, type SignedHead } from '../../evidence/statements/ledger-head.ts';
import { parseStatement, signStatement } from '../../evidence/statements/statement.ts';
import { isThere, namesIn, textOf } from '../../evidence/verify/read-file.ts';
import { parseLine } from '../../store/ledger/line.ts';
import { replaceFile } from '../../store/replace-file.ts';
import type { Rows } from '../database/database.ts';
import { centralEnd, centralLineHash } from './central-ledger.ts';

/**
 * Signs how far the central ledger goes now. A worker keeps what it has signed the last time in its own directory of reports, where
 * whoever owns the database cannot get at it. Gives why it did not sign: the ledger does not go on from there, so that it was
 * changed, or an older state of the database was restored. Null: it did, or there was nothing to sign.
 */
export async function signHead(database: Rows, reports: string, signer: Signer): Promise<string | null> {
  const end = await centralEnd(database);
  const own = ownHead(reports, signer);
  const doubt = own === null ? null : await doubtAbout(database, own);
  if (doubt !== null) return doubt;
  if (end === null || own?.sha256 === end.sha256) return null;
  const ledger = await ledgerId(database);
  const at = new Date().toISOString();
  const { lines, sha256, startsAt: start, endsAt } = end;
  const text = await signStatement(ledgerHead({ ledger, lines, start, end: endsAt, at, sha256 }), [signer]);
  await keepKeys(database, reports, signer);
  await database.rows(
    'insert into pgdrill.signed_head (key_id, lines, text) values ($1, $2, $3) on conflict do nothing',
    [signer.keyId, lines, text],
  );
  replaceFile(reports, memoryOf(signer), text);
  return null;
}

async function doubtAbout(database: Rows, { lines, sha256, at }: SignedHead): Promise<string | null> {
  if ((await centralLineHash(database, lines)) === sha256) return null;
  return `the central record does not go on from line ${lines}, which this worker signed at ${at}: it was changed, or an older state of the database was restored`;
}

function memoryOf({ keyId }: Signer): string {
  return `.fleet.head.${keyId}.dsse.json`;
}

function ownHead(reports: string, signer: Signer): SignedHead | null {
  const path = join(reports, memoryOf(signer));
  if (!isThere(path)) return null;
  const envelope = openEnvelope(textOf(path));
  if (!envelope.isSignedBy(signer.publicKey)) throw new Error(`${path} is not signed by the key of this worker`);
  return readHead(parseStatement(envelope.body));
}

async function ledgerId(database: Rows): Promise<string> {
  const [first] = await database.rows<{ text: Uint8Array }>('select text from pgdrill.ledger_line where line = 1');
  const line = parseLine(Buffer.from(first?.text ?? []).toString('utf8'));
  if (line.kind !== 'opened') throw new Error('the central ledger does not begin with the line that opens it');
  return line.ledger;
}

/** The public half of the key belongs to what it signed, and so do the statements by which it took the place of another. */
async function keepKeys(database: Rows, reports: string, { publicKey }: Signer): Promise<void> {
  const directory = join(reports, KEYS_DIRECTORY);
  const lying = namesIn(directory).filter((name) => KEY_FILE.test(name));
  const files = new Map(lying.map((name) => [name, textOf(join(directory, name))]));
  files.set(keyFileName(publicKey.id), publicKeyPem(publicKey));
  for (const [name, text] of files)
    await database.rows('insert into pgdrill.key_file (name, text) values ($1, $2) on conflict do nothing', [
      name,
      text,
    ]);
}

/** What may lie among the keys. */
export const KEY_FILE = /^[0-9a-f]{64}\.(pub|rotation\.dsse\.json)$/;
