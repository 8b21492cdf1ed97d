import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { isAlive, thisProcess } from '../../../src/sandbox/owner.ts';

test('a process is known by its number, when it began and since which boot', () => {
  const owner = thisProcess();
  expect(owner.startTicks).toMatch(/^\d+$/);
  expect(isAlive(owner)).toBe(true);
  expect(isAlive({ ...owner, startTicks: `${owner.startTicks ?? ''}0` })).toBe(false);
  expect(isAlive({ ...owner, startTicks: null })).toBe(false);
  expect(isAlive({ ...owner, bootId: 'another' })).toBe(false);
});

test('a number that no process has is nobody', () => {
  const free = 2 ** 30;
  expect(readdirSync('/proc')).not.toContain(String(free));
  expect(isAlive({ ...thisProcess(), pid: free })).toBe(false);
});

test('an owner that has ended is not alive, though its number may be used again', async () => {
  const child = spawn('/bin/sh', ['-c', 'echo up; read -r _'], { argv0: 'x) y (z', stdio: ['pipe', 'pipe', 'ignore'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  expect(isAlive({ ...thisProcess(), pid: child.pid ?? 0 })).toBe(false);
});
