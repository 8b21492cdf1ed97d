import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { anchorText } from '../../../src/evidence/anchor.ts';
import { timeStamp } from '../../../src/evidence/time-stamp.ts';

const CONFIG = `
[tsa]
default_tsa = drills
[drills]
serial = serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
tsa_name = no
ordering = no
[extensions]
extendedKeyUsage = critical,timeStamping
[req]
distinguished_name = name
[name]
`;

const anchor = { ledger: '9e1f0c2a-0000-4000-8000-000000000000', lines: 41, sha256: 'ab'.repeat(32) };
let directory = '';
let server: Server;
let url = '';

const openssl = (...words: string[]): string =>
  execFileSync('openssl', words, { cwd: directory, stdio: 'pipe' }).toString();

/** A time-stamp server of OpenSSL's own, with a certificate of its own. */
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'pgdrill-tsa-'));
  writeFileSync(join(directory, 'tsa.cnf'), CONFIG);
  writeFileSync(join(directory, 'serial'), '01\n');
  const files = ['-keyout', 'tsa.key', '-out', 'tsa.pem', '-config', 'tsa.cnf', '-extensions', 'extensions'];
  openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=stamps', ...files);
  server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      if (request.url === '/refuses') return void response.writeHead(503).end();
      if (request.url === '/rubbish') return void response.end('rubbish');
      writeFileSync(join(directory, 'asked.tsq'), Buffer.concat(pieces));
      const [query, signer] = [
        ['-queryfile', 'asked.tsq'],
        ['-signer', 'tsa.pem', '-inkey', 'tsa.key'],
      ];
      openssl('ts', '-reply', '-config', 'tsa.cnf', ...query, ...signer, '-out', 'reply.tsr');
      return void response.end(readFileSync(join(directory, 'reply.tsr')));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.close();
  rmSync(directory, { recursive: true, force: true });
});

test('what a time-stamp server answers is verified by OpenSSL alone, for this anchor and no other', async () => {
  writeFileSync(join(directory, 'answer.tsr'), await timeStamp(anchor, url, process.env));
  const verified = (text: string): string => {
    writeFileSync(join(directory, 'anchor.txt'), `${text}\n`);
    return openssl('ts', '-verify', '-data', 'anchor.txt', '-in', 'answer.tsr', '-CAfile', 'tsa.pem');
  };
  expect(verified(anchorText(anchor))).toContain('Verification: OK');
  expect(() => verified(anchorText({ ...anchor, lines: 40 }))).toThrow(/Command failed/);
});

test.each([
  ['refuses', '/refuses', /gave no answer: HTTP status 503/],
  ['answers something else', '/rubbish', /openssl ts -reply ended with exit status 1/],
])('a server that %s has stamped nothing', async (_, path, message) => {
  await expect(timeStamp(anchor, `${url}${path}`, process.env)).rejects.toThrow(message);
});

test('nor has one that is not there', async () => {
  await expect(timeStamp(anchor, 'http://127.0.0.1:9', process.env)).rejects.toThrow(/gave no answer/);
});
