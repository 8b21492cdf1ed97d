import { DrillError } from '../../core/errors.ts';
import { runProgram } from '../../host/run-program.ts';
import { removeFile, writeFileWhole } from './files.ts';

/** One thing that is done to a machine. */
export type Step =
  | { readonly does: 'write'; readonly file: string; readonly text: string }
  | { readonly does: 'remove'; readonly file: string }
  | {
      readonly does: 'run';
      readonly argv: readonly string[];
      readonly input?: string;
      /** It may fail, since what it is to bring about may be so already. */
      readonly mayFail?: true;
    };

/** What is to be done, and what keeps all of it from being done. */
export interface Steps {
  readonly steps: readonly Step[];
  readonly problems: readonly string[];
}

/** The steps of several, one after the other. */
export function together(all: readonly Steps[]): Steps {
  return { steps: all.flatMap(({ steps }) => steps), problems: all.flatMap(({ problems }) => problems) };
}

const DEADLINE_MS = 60_000;

/** What `systemctl` and `crontab` need to find the manager of a user, and the user. */
const PASSED_ON = ['PATH', 'HOME', 'USER', 'LOGNAME', 'XDG_RUNTIME_DIR', 'DBUS_SESSION_BUS_ADDRESS', 'XDG_CONFIG_HOME'];

/** The environment of programs that timers are set up with. */
export function environmentOf(env: NodeJS.ProcessEnv): Record<string, string> {
  const given = PASSED_ON.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const]));
  // What they say is read, so they say it in one language.
  return { ...Object.fromEntries(given), LC_ALL: 'C' };
}

/** Does one step. Throws `schedule-not-installed` with the words of whoever refused. */
export async function doStep(step: Step, env: NodeJS.ProcessEnv): Promise<void> {
  if (step.does === 'write') return writeFileWhole(step.file, step.text);
  if (step.does === 'remove') return removeFile(step.file);
  const { argv, input, mayFail } = step;
  const options = { env: environmentOf(env), deadlineMs: DEADLINE_MS, ...(input === undefined ? {} : { input }) };
  const { exitCode, stderr } = await runProgram(argv, options);
  if (exitCode === 0 || mayFail) return;
  throw new DrillError('schedule-not-installed', `${argv.join(' ')} failed: ${stderr.trim() || `status ${exitCode}`}`, {
    hint: argv.includes('--user')
      ? 'log in as this user anew, or as root schedule it for the machine'
      : 'read what it says',
  });
}

/** What a step does, in words. */
export function stepText(step: Step): string {
  if (step.does === 'run') return `run    ${step.argv.join(' ')}`;
  return `${step.does === 'write' ? 'write ' : 'remove'} ${step.file}`;
}
