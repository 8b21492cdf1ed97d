import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { DrillError } from '../../../src/core/errors.ts';
import { placeFault, writing } from '../../../src/host/place-fault.ts';

/** /dev/full answers every write as a full file system does. */
test('a full file system, told by Node: disk-full', async () => {
  const thrown = writing('/scratch/file', () => writeFile('/dev/full', 'text'));
  await expect(thrown).rejects.toMatchObject({
    name: 'DrillError',
    code: 'disk-full',
    message: expect.stringContaining('/scratch/file cannot be written: ENOSPC') as string,
  });
});

test('a full file system, told by a program: disk-full', () => {
  let said = '';
  try {
    execFileSync('sh', ['-c', 'head -c 4 /dev/zero >/dev/full'], { stdio: 'pipe' });
  } catch (error) {
    said = String((error as { stderr: Buffer }).stderr);
  }
  expect(said).not.toBe('');
  expect(placeFault('/scratch/file cannot be written', said).code).toBe('disk-full');
});

test('whatever else the system refuses is a fault of the place, and no bug', async () => {
  await expect(writing('/x', () => writeFile('/dev/null/below', ''))).rejects.toMatchObject({ code: 'sandbox-failed' });
});

test('what is expected already, and what is a bug, go through as they are', async () => {
  const expected = new DrillError('cancelled', 'by a signal');
  await expect(writing('/x', () => Promise.reject(expected))).rejects.toBe(expected);
  const bug = new TypeError('undefined is not a function');
  await expect(writing('/x', () => Promise.reject(bug))).rejects.toBe(bug);
  const ofNode = writing('/x', () => writeFile('/dev/null', 7 as unknown as string));
  await expect(ofNode).rejects.toMatchObject({ name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' });
});
