import { setTimeout as delay } from 'node:timers/promises';
import { DrillError, messageOf } from '../../core/errors.ts';
import { runProgram } from '../../host/run-program.ts';
import { killGroup } from '../../host/start-program.ts';
import type { SshPlan } from './schema.ts';
import { madeServerSchema, type Intent, type MadeServer } from './marker.ts';
import { shortened } from '../../core/shortened.ts';

type Provision = NonNullable<SshPlan['provision']>;

interface Ended {
  readonly stdout: string;
  /** Its last words on standard error. */
  readonly said: string;
  /** Why it failed; null: it did not. */
  readonly why: string | null;
}

/** Has the user's command make a server, and reads what it says of it. Throws `server-not-created`. */
export async function createServer(
  { create, timeout }: Provision,
  intent: Intent,
  signal: AbortSignal,
): Promise<MadeServer> {
  const argv = filled(create, { name: intent.name, id: '', host: '' });
  const onStart = (pid: number): void => intent.noteMaker(pid);
  const ended = await runCommand(argv, intent, { timeout, signal, onStart });
  const made = readMade(ended.stdout);
  // Even of a half-made server what is known of it is kept, so that it can be removed by its id.
  if (made) intent.note(made);
  if (signal.aborted) throw new DrillError('cancelled', 'the run was ended while the server was being made');
  if (ended.why !== null) throw notCreated(ended.why);
  if (!made) throw notCreated(`it printed no JSON object with a host: ${ended.said}`);
  return made;
}

/** Has the user's command remove the server. Throws with the words that name it when that fails. */
export async function destroyServer(
  { destroy, timeout }: Provision,
  intent: Intent,
  signal: AbortSignal,
): Promise<void> {
  await endMaker(intent);
  const { made } = intent.record;
  const known = serverText(intent);
  if (made === null && destroy.some((word) => word.includes('{id}') || word.includes('{host}'))) {
    throw new Error(`${known} may be there: create did not tell its id, which the destroy command needs; look for it`);
  }
  const argv = filled(destroy, { name: intent.name, id: String(made?.id ?? ''), host: made?.host ?? '' });
  const input = `${JSON.stringify(made ?? {})}\n`;
  const { why } = await runCommand(argv, intent, { timeout, signal, input });
  if (why !== null) throw new Error(`${known} MAY STILL BE THERE, AND COST MONEY: destroy failed: ${why}`);
}

/** The server as a person would look for it. */
export function serverText(intent: Intent): string {
  const { made } = intent.record;
  const id = made?.id === null || made?.id === undefined ? '' : `, id ${made.id}`;
  return `the server ${intent.name}${id}${made ? `, at ${made.host}` : ''}`;
}

function notCreated(why: string): DrillError {
  return new DrillError('server-not-created', `the create command made no server: ${why}`, {
    hint: 'run provision.create by hand; destroy was run all the same',
  });
}

/** `{name}`, `{id}` and `{host}` in the words of a command. No shell reads them. */
function filled(argv: readonly string[], values: Readonly<Record<'name' | 'id' | 'host', string>>): string[] {
  return argv.map((word) => word.replace(/\{(name|id|host)\}/g, (_, key: 'name' | 'id' | 'host') => values[key]));
}

function environmentOf(intent: Intent): NodeJS.ProcessEnv {
  const { made, runId, drill } = intent.record;
  return {
    ...process.env,
    PGDRILL_NAME: intent.name,
    PGDRILL_RUN_ID: runId,
    PGDRILL_DRILL: drill,
    PGDRILL_ID: String(made?.id ?? ''),
    PGDRILL_HOST: made?.host ?? '',
  };
}

/** The last JSON object of an output, if it names a host; commands like to talk before they come to it. */
function readMade(text: string): MadeServer | null {
  for (let at = text.indexOf('{'); at >= 0; at = text.indexOf('{', at + 1)) {
    try {
      const parsed = madeServerSchema.safeParse(JSON.parse(text.slice(at)));
      return parsed.success ? parsed.data : null;
    } catch {
      // The object may begin later.
    }
  }
  return null;
}

/** What it said on standard error: what it printed may be the password of a server. */
function lastWords(stderr: string): string {
  return shortened(stderr.trim().split('\n').slice(-3).join(' '), 400) || 'it said nothing on standard error';
}

/** A create that outlived its pgdrill might make the server after it was destroyed. */
async function endMaker(intent: Intent): Promise<void> {
  for (let round = 0; intent.makerGroup !== null && round < 500; round += 1) {
    if (round === 0) killGroup(intent.makerGroup, 'SIGTERM');
    if (round === 250) killGroup(intent.makerGroup, 'SIGKILL');
    await delay(20);
  }
}

interface CommandOptions {
  readonly timeout: number;
  readonly signal: AbortSignal;
  readonly input?: string;
  readonly onStart?: (pid: number) => void;
}

const KEPT_LENGTH = 256 * 1024;

/** Runs a command of the user's, who gives it all the variables of the environment. */
async function runCommand(
  argv: readonly string[],
  intent: Intent,
  { timeout, input = '', ...options }: CommandOptions,
): Promise<Ended> {
  let stdout = '';
  try {
    const { timedOut, exitCode, stderr } = await runProgram(argv, {
      ...options,
      input,
      cwd: intent.record.cwd,
      env: environmentOf(intent),
      deadlineMs: timeout,
      forceAfterMs: 10_000,
      onLine: (line, stream) => {
        if (stream === 'out') stdout = `${stdout}${line}\n`.slice(-KEPT_LENGTH);
      },
    });
    const how = timedOut ? `it took longer than ${timeout / 1000} s` : `exit status ${exitCode ?? 'none'}`;
    const said = lastWords(stderr);
    return { stdout, said, why: exitCode === 0 && !timedOut ? null : `${how}: ${said}` };
  } catch (error) {
    return { stdout, said: '', why: messageOf(error) };
  }
}
