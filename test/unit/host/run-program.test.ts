import { describe, expect, onTestFinished, test } from 'vitest';
import { runProgram } from '../../../src/host/run-program.ts';
import { killGroup, killGroupOf, startPiped } from '../../../src/host/start-program.ts';
import { until } from '../../fixtures/until.ts';

const env = { PATH: '/usr/local/bin:/usr/bin:/bin' };
const sh = (script: string, options: Partial<Parameters<typeof runProgram>[1]> = {}): ReturnType<typeof runProgram> =>
  runProgram(['sh', '-c', script], { env, ...options });

function isAnyIn(group: number): boolean {
  try {
    return process.kill(-group, 0);
  } catch {
    return false;
  }
}

describe('a program that is run', () => {
  test('gets the variables that are given, and none of ours', async () => {
    process.env['OF_OURS'] = 'yes';
    onTestFinished(() => void delete process.env['OF_OURS']);
    const { stdout } = await runProgram(['/usr/bin/env'], { env: { GIVEN: 'it', LEFT_OUT: undefined } });
    expect(stdout.trim()).toBe('GIVEN=it');
  });

  test('reads what it is given, or nothing', async () => {
    expect(await sh('cat', { input: 'words\n' })).toMatchObject({ exitCode: 0, stdout: 'words\n' });
    expect(await sh('cat')).toMatchObject({ exitCode: 0, stdout: '' });
  });

  test('need not read what it is given', async () => {
    expect(await sh('exec <&-; exit 3', { input: 'much '.repeat(1_000_000) })).toMatchObject({ exitCode: 3 });
  });

  test('leads a process group, which is told at once', async () => {
    const started: number[] = [];
    const { stdout } = await sh('echo $$; ps -o pgid= -p $$', { onStart: (pid) => started.push(pid) });
    expect(stdout.split('\n').slice(0, 2).map(Number)).toEqual([started[0], started[0]]);
  });

  test('that does not end when it is asked to is killed, with what it started', async () => {
    const aborting = new AbortController();
    let group = NaN;
    const ended = await sh(`trap '' TERM; (trap '' TERM; sleep 60) & echo ready; while :; do sleep 1; done`, {
      signal: aborting.signal,
      forceAfterMs: 200,
      onStart: (pid) => (group = pid),
      onLine: (line) => line === 'ready' && aborting.abort(),
    });
    expect(ended).toMatchObject({ exitCode: null, signal: 'SIGKILL', cancelled: true, timedOut: false });
    await until('the group is gone', () => !isAnyIn(group));
  });

  test('is not waited for when it has ended, and something that it left holds its output for longer than this test may take', async () => {
    const ended = await sh('echo said; setsid sleep 60 & echo $!');
    killGroup(Number(ended.stdout.split('\n')[1]), 'SIGKILL');
    expect(ended).toMatchObject({ exitCode: 0, signal: null });
    expect(ended.stdout).toMatch(/^said\n/);
  });

  test('that is not there is told by its name', async () => {
    const error = { code: 'tool-missing', message: 'no-such-program cannot be started: it is not installed' };
    await expect(runProgram(['no-such-program'], { env })).rejects.toMatchObject(error);
    const named = { code: 'tool-missing', message: 'psql cannot be started: it is not installed' };
    await expect(runProgram(['no-such-program', 'psql'], { env, name: 'psql' })).rejects.toMatchObject(named);
  });
});

test('a program that is talked to answers, and ends with its group', async () => {
  const cat = startPiped(['sh', '-c', 'exec 3<&0; cat <&3 & wait'], env);
  const answer = new Promise<string>((resolve) => cat.stdout.once('data', (piece: Buffer) => resolve(String(piece))));
  const ended = new Promise((resolve) => cat.once('close', (_, signal) => resolve(signal)));
  cat.stdin.on('error', () => undefined);
  killGroup(undefined, 'SIGKILL');
  cat.stdin.write('hello\n');
  killGroup(await answer.then(() => cat.pid), 'SIGKILL');
  expect(await ended).toBe('SIGKILL');
  expect(() => killGroup(cat.pid, 'SIGKILL')).not.toThrow();
});

test('a program that has ended ends nobody who has got its number since', async () => {
  const stranger = startPiped(['cat'], env);
  const ended = new Promise((resolve) => stranger.once('close', (_, signal) => resolve(signal)));
  killGroupOf({ pid: stranger.pid, exitCode: 0, signalCode: null }, 'SIGKILL');
  killGroupOf({ pid: stranger.pid, exitCode: null, signalCode: 'SIGTERM' }, 'SIGKILL');
  killGroupOf(stranger, 'SIGTERM');
  expect(await ended).toBe('SIGTERM');
});
