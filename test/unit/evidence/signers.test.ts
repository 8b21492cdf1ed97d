import { execFileSync } from 'node:child_process';
import { verify } from 'node:crypto';
import { chmodSync, chownSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Redactor } from '../../../src/core/redact.ts';
import { parsePublicKey } from '../../../src/evidence/public-key.ts';
import { openSigner, type KeyPlace } from '../../../src/evidence/signers/index.ts';
import { signatureIn } from '../../../src/evidence/signers/program.ts';
import { newPem, publicPemOf } from '../../fixtures/keys.ts';
import { directoryWith } from '../../fixtures/plans.ts';

const BYTES = Buffer.from('DSSEv1 1 a 2 ö');
const pem = newPem();

function services(env: NodeJS.ProcessEnv = {}) {
  return { env: { PATH: process.env['PATH'], ...env }, redactor: new Redactor() };
}

/** A directory with a key that is kept well, and its public half. */
function keyDirectory(text = pem): string {
  const directory = directoryWith({ 'drill.key': text, 'drill.pub': publicPemOf(pem), 'other.key': newPem() });
  for (const name of ['drill.key', 'other.key']) chmodSync(join(directory, name), 0o600);
  return directory;
}

const SIGN = 'cat > signed; openssl pkeyutl -sign -rawin -inkey';

function program(script: string): KeyPlace {
  const directory = keyDirectory();
  return { by: 'program', argv: ['sh', '-c', script], publicKey: join(directory, 'drill.pub'), directory };
}

describe('a key is kept in different ways, and signs the same', () => {
  test.each<[string, () => KeyPlace, NodeJS.ProcessEnv]>([
    ['in a file', () => ({ by: 'file', path: join(keyDirectory(), 'drill.key') }), {}],
    ['in a variable', () => ({ by: 'variable', name: 'DRILLS' }), { DRILLS: pem }],
    ['in a variable of one line', () => ({ by: 'variable', name: 'DRILLS' }), { DRILLS: pem.replaceAll('\n', '\\n') }],
    ['behind a command that prints bytes', () => program(`${SIGN} drill.key -in signed`), {}],
    ['behind a command that prints base64', () => program(`${SIGN} drill.key -in signed | base64`), {}],
  ])('%s', async (_, place, env) => {
    const signer = openSigner(place(), services(env));
    const signature = await signer.sign(BYTES);
    expect(signature).toHaveLength(64);
    expect(verify(null, BYTES, publicPemOf(pem), signature)).toBe(true);
    expect(signer.keyId).toBe(parsePublicKey(publicPemOf(pem), '').id);
  });
});

test('the id of a key is the SHA-256 of its SPKI, as OpenSSL has it', () => {
  const directory = keyDirectory();
  const der = execFileSync('openssl', ['pkey', '-in', 'drill.key', '-pubout', '-outform', 'DER'], { cwd: directory });
  const digest = execFileSync('sha256sum', { input: der }).toString().slice(0, 64);
  expect(parsePublicKey(publicPemOf(pem), '').id).toBe(digest);
});

/** A key file after a change. */
const file = (change: (path: string) => void, text = pem) => {
  const path = join(keyDirectory(text), 'drill.key');
  change(path);
  return { by: 'file', path } as const;
};

describe('a key is refused', () => {
  test.each<[string, () => KeyPlace, RegExp]>([
    ['that its group can read', () => file((path) => chmodSync(path, 0o640)), /others .* can read .*mode 0640/],
    ['that others can write to', () => file((path) => chmodSync(path, 0o602)), /others .*mode 0602/],
    ['of somebody else', () => file((path) => chownSync(path, 12345, 0)), /belongs to another user \(uid 12345\)/],
    ['that is not there', () => ({ by: 'file', path: '/nowhere/key' }), /\/nowhere\/key does not exist/],
    ['that is a directory', () => ({ by: 'file', path: '/tmp' }), /\/tmp is no file/],
    ['that is no PEM', () => file(() => undefined, 'rubbish'), /no private key in PEM/],
    ['of another kind', () => file(() => undefined, newPem('ed448')), /of the kind ed448, not Ed25519/],
    ['that is the public half', () => file(() => undefined, publicPemOf(pem)), /no private key in PEM/],
    ['in a variable that is not set', () => ({ by: 'variable', name: 'NONE' }), /variable NONE.* is not set/],
    [
      'whose public half is the private one',
      () => ({ by: 'program', argv: ['true'], publicKey: file(() => undefined).path, directory: '/' }),
      /is no public key in PEM/,
    ],
  ])('%s', (_, place, message) => {
    expect(() => openSigner(place(), services())).toThrow(message);
  });

  test('where a link leads to one that others can read', () => {
    const directory = keyDirectory();
    chmodSync(join(directory, 'drill.key'), 0o644);
    symlinkSync('drill.key', join(directory, 'link'));
    expect(() => openSigner({ by: 'file', path: join(directory, 'link') }, services())).toThrow(/mode 0644/);
  });
});

test.each([
  [
    'that signs with another key',
    `${SIGN} other.key -in signed`,
    /signed with another key than the one of .*drill.pub/,
  ],
  ['that prints something else', 'cat > /dev/null; echo signed', /printed no signature/],
  ['that fails', 'cat > /dev/null; echo no token >&2; exit 3', /ended with exit status 3: no token/],
])('a command %s gives no signature', async (_, script, message) => {
  await expect(openSigner(program(script), services()).sign(BYTES)).rejects.toThrow(message);
});

test('a secret that the command prints is in no message', async () => {
  const known = services();
  known.redactor.add('pin-of-the-token');
  const signer = openSigner(program('cat > /dev/null; echo "bad pin-of-the-token" >&2; exit 1'), known);
  await expect(signer.sign(BYTES)).rejects.toThrow(/exit status 1: bad \[redacted\]/);
});

test('a pipe in the place of a key is not waited for', () => {
  const path = join(keyDirectory(), 'pipe');
  execFileSync('mkfifo', ['-m', '600', path]);
  expect(() => openSigner({ by: 'file', path }, services())).toThrow(/the key .*pipe is no file/);
});

test.each([
  ['64 bytes', 'ÿ'.repeat(64), true],
  ['63 bytes', 'a'.repeat(63), false],
  ['base64 with a line end', `${Buffer.alloc(64, 7).toString('base64')}\n`, true],
  ['base64 without its end', Buffer.alloc(64, 7).toString('base64').slice(0, 86), true],
  ['base64 of fewer bytes', Buffer.alloc(63, 7).toString('base64'), false],
  ['nothing', '', false],
])('%s: a signature is %j', (_, output, isOne) => {
  expect(signatureIn(output)?.length).toBe(isOne ? 64 : undefined);
});

test('no line of a private key is printed by anybody who knows the redactor', () => {
  const { env, redactor } = services({ DRILLS: pem });
  openSigner({ by: 'variable', name: 'DRILLS' }, { env, redactor });
  const secret = pem.split('\n')[1] ?? '';
  expect(redactor.text(`it is ${secret}, or ${pem}`)).not.toContain(secret);
});

test('a key that cannot be read is in no message', () => {
  writeFileSync(join(keyDirectory(), 'x'), '');
  const bad = `-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIsecret\n-----END PRIVATE KEY-----\n`;
  let message = '';
  try {
    openSigner({ by: 'variable', name: 'DRILLS' }, services({ DRILLS: bad }));
  } catch (error) {
    message = String(error);
  }
  expect(message).toContain('the variable DRILLS is no private key');
  expect(message).not.toContain('secret');
});
