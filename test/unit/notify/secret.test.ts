import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Redactor } from '../../../src/core/redact.ts';
import { revealer, writtenSecret, type WrittenSecret } from '../../../src/notify/secret.ts';
import { readMachine } from '../../../src/machine/read-machine.ts';
import { directoryWith, temporaryDirectory } from '../../fixtures/plans.ts';

const SECRET = 'verysecret';

/** What is said of settings that have such a channel. */
function explainedIn(channel: object): string {
  const text = JSON.stringify({ notify: [channel] });
  const file = join(directoryWith({ 'pgdrill.yaml': text }), 'pgdrill.yaml');
  chmodSync(file, 0o600);
  try {
    readMachine({ PGDRILL_CONFIG: file });
  } catch (error) {
    return String(error);
  }
  return '';
}

function reveal(written: WrittenSecret, base = '/', env: NodeJS.ProcessEnv = {}, redactor = new Redactor()) {
  return revealer(base, { env, redactor, signal: new AbortController().signal })(written);
}

function fileOf(text: string, mode: number): { directory: string; file: string } {
  const directory = temporaryDirectory();
  const file = join(directory, 'secret');
  writeFileSync(file, text);
  chmodSync(file, mode);
  return { directory, file };
}

describe('a secret is', () => {
  test('in a variable', async () => {
    expect(await reveal('env:TOKEN', '/', { TOKEN: SECRET })).toBe(SECRET);
  });

  test.each([0o600, 0o400, 0o440, 0o640])('in a file of mode %o, without the end of its line', async (mode) => {
    const { directory, file } = fileOf(`${SECRET}\n`, mode);
    expect(await reveal(`file:${file}`)).toBe(SECRET);
    expect(await reveal('file:secret', directory)).toBe(SECRET);
  });

  test('what a program prints, which runs beside the plan', async () => {
    const { directory } = fileOf(`${SECRET}\n`, 0o600);
    const env = { PATH: process.env['PATH'] };
    expect(await reveal({ command: ['cat', 'secret'] }, directory, env)).toBe(SECRET);
  });

  test('known to the redactor as soon as it is known at all', async () => {
    const redactor = new Redactor();
    await reveal('env:TOKEN', '/', { TOKEN: SECRET }, redactor);
    expect(redactor.text(`it is ${SECRET}`)).toBe('it is [redacted]');
  });
});

describe('refused is', () => {
  test.each([0o644, 0o604, 0o620, 0o660])('a file of mode %o', async (mode) => {
    const { file } = fileOf(SECRET, mode);
    await expect(reveal(`file:${file}`)).rejects.toMatchObject({ code: 'secret-unusable' });
  });

  test('a file of somebody else', async () => {
    const { file } = fileOf(SECRET, 0o600);
    chownSync(file, 12_345, 0);
    await expect(reveal(`file:${file}`)).rejects.toThrow(/belongs to another user \(uid 12345\)/);
  });

  test('a directory, and what is not there', async () => {
    const directory = temporaryDirectory();
    mkdirSync(join(directory, 'd'), { mode: 0o700 });
    await expect(reveal('file:d', directory)).rejects.toThrow(/is no file/);
    await expect(reveal('file:e', directory)).rejects.toThrow(/does not exist/);
  });

  test('a variable that is not set, and an empty file', async () => {
    await expect(reveal('env:TOKEN')).rejects.toThrow('the variable TOKEN is not set');
    const { file } = fileOf('\n', 0o600);
    await expect(reveal(`file:${file}`)).rejects.toThrow(`the file ${file} is empty`);
  });

  test('a program that fails, whose output is not shown', async () => {
    const command = ['sh', '-c', `echo ${SECRET}; echo ${SECRET} >&2; exit 3`];
    const failed = reveal({ command }, '/', { PATH: process.env['PATH'] });
    await expect(failed).rejects.toThrow('sh, which is to print a secret, ended with exit status 3');
    await expect(failed).rejects.not.toThrow(SECRET);
  });

  test.each([
    SECRET,
    'https://hooks.slack.com/services/x',
    'env:',
    'env:a b',
    'file:',
    42,
    { command: [] },
    { file: 'x' },
  ])('%j in a plan', (written) => {
    const { success, error } = writtenSecret.safeParse(written);
    expect(success).toBe(false);
    expect(JSON.stringify(error?.issues)).not.toContain('hooks.slack.com');
  });
});

test.each([{ command: 'curl verysecret' }, { command: [['verysecret']] }, { command: [] }, { command: ['pass', ''] }])(
  'a command that is none is not shown (%j)',
  (url) => {
    const found = explainedIn({ slack: { url } });
    expect(found).toMatch(/has to be a list of a program and its words, such as \[pass, show, hook\]/);
    expect(found).not.toContain('verysecret');
  },
);
