import { existsSync } from 'node:fs';
import { asDrillError } from '../../core/errors.ts';
import { runProgram } from '../../host/run-program.ts';
import type { TimedDrill } from '../timers/timed-drill.ts';
import { environmentOf } from './steps.ts';

/**
 * Which directories of some drills their user cannot write to, in words: each of their runs would be refused. Asked as root, by
 * becoming that user; where nothing here can do that, nothing is said.
 */
export async function notWritable(
  drills: readonly TimedDrill[],
  user: string,
  env: NodeJS.ProcessEnv,
): Promise<string[]> {
  const problems: string[] = [];
  for (const { name, writes } of drills) {
    for (const path of writes.filter((one) => existsSync(one))) {
      if (await mayWrite(user, path, env)) continue;
      problems.push(`${name}: ${user} cannot write to ${path}: give it to ${user}, or leave --user-name out`);
    }
  }
  return problems;
}

async function mayWrite(user: string, path: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  try {
    const { exitCode } = await runProgram(['runuser', '-u', user, '--', 'test', '-w', path, '-a', '-x', path], {
      env: environmentOf(env),
      deadlineMs: 60_000,
    });
    // 1 is the answer of test; whatever else keeps it from answering is not for here.
    return exitCode !== 1;
  } catch (error) {
    if (asDrillError(error)?.code === 'tool-missing') return true;
    throw error;
  }
}
