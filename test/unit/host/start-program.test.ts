import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runInTerminal } from '../../../src/host/start-program.ts';
import { temporaryDirectory } from '../../fixtures/plans.ts';
import { until } from '../../fixtures/until.ts';

/** Runs a script on this terminal, and ends it once it has come to a state of /proc. */
async function endedIn(state: 'S' | 'T', script: (pidFile: string) => string): Promise<string> {
  const pidFile = join(temporaryDirectory(), 'pid');
  const end = new AbortController();
  const ended = runInTerminal(['sh', '-c', script(pidFile)], process.env, end.signal);
  const isThere = (): boolean => {
    const pid = existsSync(pidFile) ? readFileSync(pidFile, 'utf8').trim() : '';
    return pid !== '' && readFileSync(`/proc/${pid}/stat`, 'utf8').includes(`) ${state} `);
  };
  await until('it is there', isThere);
  end.abort();
  await ended;
  return 'ended';
}

const deaf = (pidFile: string): string => `trap '' HUP; echo $$ > ${pidFile}; while :; do sleep 1; done`;

test('a program on the terminal that does not want to end is ended', async () => {
  expect(await endedIn('S', deaf)).toBe('ended');
});

test('a program on the terminal that was stopped ends when it is told to', async () => {
  expect(await endedIn('T', (pidFile) => `echo $$ > ${pidFile}; kill -STOP $$`)).toBe('ended');
});
