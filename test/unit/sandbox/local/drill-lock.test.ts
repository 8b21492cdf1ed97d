import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { lockDrill } from '../../../../src/sandbox/local/drill-lock.ts';
import { drillErrorOf } from '../../../fixtures/errors.ts';
import { temporaryDirectory } from '../../../fixtures/plans.ts';

const PROGRAM = fileURLToPath(new URL('../../../fixtures/hold-drill-lock.ts', import.meta.url));

/** Another process that holds the lock of a drill. */
async function holder(directory: string, drill: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--no-warnings', PROGRAM, directory, drill], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

test('a drill that runs in another process is busy', async () => {
  const directory = temporaryDirectory();
  await holder(directory, 'orders');
  const error = drillErrorOf(() => lockDrill(directory, 'orders'));
  expect(error.code).toBe('busy');
  expect(error.outcome).toBe('busy');
  expect(error.message).toContain('"orders"');
});

test('another drill is not', async () => {
  const directory = temporaryDirectory();
  await holder(directory, 'orders');
  expect(() => lockDrill(directory, 'invoices').release()).not.toThrow();
});

test('kill -9 of the holder frees the lock, and nothing has to be cleaned up', async () => {
  const directory = temporaryDirectory();
  const child = await holder(directory, 'orders');
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(() => lockDrill(directory, 'orders').release()).not.toThrow();
});

test('within one process a drill runs once at a time, too', () => {
  const directory = temporaryDirectory();
  const lock = lockDrill(directory, 'orders');
  expect(drillErrorOf(() => lockDrill(directory, 'orders')).code).toBe('busy');
  lock.release();
  lockDrill(directory, 'orders').release();
});

test('a lock that cannot be made for another reason is not taken for a busy drill', () => {
  expect(() => lockDrill('/no/such/directory', 'orders')).toThrow(/unable to open database file/);
});
