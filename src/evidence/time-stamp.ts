import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DrillError, messageOf } from '../core/errors.ts';
import { runProgram } from '../host/run-program.ts';
import { anchorText, type Anchor } from './anchor.ts';

const DEADLINE_MS = 30_000;

/**
 * Asks a time-stamp server (RFC 3161) to sign that an anchor is there now. Gives its answer, which `openssl ts -verify` checks
 * with the certificate of the server. Throws `not-signed`, `tool-missing` without OpenSSL.
 */
export async function timeStamp(anchor: Anchor, url: string, { PATH = '' }: NodeJS.ProcessEnv): Promise<Buffer> {
  const directory = mkdtempSync(join(tmpdir(), 'pgdrill-ts-'));
  try {
    const file = join(directory, 'anchor.txt');
    writeFileSync(file, `${anchorText(anchor)}\n`);
    const query = ['openssl', 'ts', '-query', '-data', file, '-sha256', '-cert', '-out', join(directory, 'query.tsq')];
    await openssl(query, { PATH });
    const answer = await ask(url, readFileSync(join(directory, 'query.tsq')));
    writeFileSync(join(directory, 'answer.tsr'), answer);
    const text = await openssl(['openssl', 'ts', '-reply', '-in', join(directory, 'answer.tsr'), '-text'], { PATH });
    if (/^Status: Granted/m.test(text)) return answer;
    throw new DrillError(
      'not-signed',
      `${url} has not granted the time-stamp: ${text.split('\n').slice(0, 4).join(' ')}`,
    );
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function openssl(argv: readonly string[], env: { readonly PATH: string }): Promise<string> {
  const { exitCode, stdout, stderr } = await runProgram(argv, { env, deadlineMs: DEADLINE_MS });
  if (exitCode === 0) return stdout;
  throw new DrillError(
    'not-signed',
    `${argv.slice(0, 3).join(' ')} ended with exit status ${exitCode ?? '?'}: ${stderr.trim()}`,
  );
}

async function ask(url: string, query: Uint8Array<ArrayBuffer>): Promise<Buffer> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/timestamp-query' },
      body: query,
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    if (!answer.ok) throw new Error(`HTTP status ${answer.status}`);
    return Buffer.from(await answer.arrayBuffer());
  } catch (error) {
    throw new DrillError('not-signed', `the time-stamp server ${url} gave no answer: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
