import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { DrillError, messageOf } from '../../core/errors.ts';
import { timerMs } from '../../core/timer.ts';
import type { SshPlan } from '../../plan/sandbox-schema.ts';
import { madeServerSchema, type Intent, type MadeServer } from './intent.ts';

type Provision = NonNullable<SshPlan['provision']>;

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

/** Has the user's command make a server, and reads what it says of it. Throws `server-not-created`. */
export async function createServer(
  { create, timeout }: Provision,
  intent: Intent,
  signal: AbortSignal,
): Promise<MadeServer> {
  const argv = filled(create, { name: intent.name, id: '', host: '' });
  const onStart = (pid: number): void => intent.noteMaker(pid);
  const ended = await runCommand(argv, intent, '', { timeoutMs: timeout, signal, onStart });
  const made = readMade(ended.stdout);
  // Even of a half-made server what is known of it is kept, so that it can be removed by its id.
  if (made) intent.note(made);
  if (signal.aborted) throw new DrillError('cancelled', 'the run was ended while the server was being made');
  if (ended.timedOut) throw notCreated(`it took longer than ${timeout / 1000} s`);
  if (ended.code !== 0) throw notCreated(`exit status ${ended.code ?? 'none'}: ${lastWords(ended)}`);
  if (!made) throw notCreated(`it printed no JSON object with a host: ${lastWords(ended)}`);
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
  const ended = await runCommand(argv, intent, `${JSON.stringify(made ?? {})}\n`, {
    timeoutMs: timeout,
    signal,
  });
  if (ended.code === 0) return;
  const why = ended.timedOut ? `took longer than ${timeout / 1000} s` : `exit status ${ended.code ?? 'none'}`;
  throw new Error(`${known} MAY STILL BE THERE, AND COST MONEY: destroy ${why}: ${lastWords(ended)}`);
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
function lastWords({ stderr }: Ended): string {
  return stderr.trim().split('\n').slice(-3).join(' ').slice(0, 400) || 'it said nothing on standard error';
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
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly onStart?: (pid: number) => void;
}

function killGroup(pid: number | undefined, name: NodeJS.Signals): void {
  try {
    process.kill(-(pid ?? NaN), name);
  } catch {
    // It is gone already.
  }
}

const KEPT_BYTES = 256 * 1024;

/** Runs a command of the user's, with a session of its own, so that Ctrl-C does not end a half-made server's maker. */
function runCommand(
  argv: readonly string[],
  intent: Intent,
  input: string,
  { timeoutMs, signal, onStart }: CommandOptions,
): Promise<Ended> {
  const [program = '', ...words] = argv;
  return new Promise((resolve) => {
    const { cwd } = intent.record;
    const env = environmentOf(intent);
    const child = spawn(program, words, { cwd, env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
    const text = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].on(
        'data',
        (piece: Buffer) => (text[name] = (text[name] + piece.toString('utf8')).slice(-KEPT_BYTES)),
      );
    }
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    if (child.pid !== undefined) onStart?.(child.pid);
    let timedOut = false;
    let hard: NodeJS.Timeout | undefined;
    const end = (): void => {
      killGroup(child.pid, 'SIGTERM');
      hard = setTimeout(() => {
        killGroup(child.pid, 'SIGKILL');
        // Something of it in a session of its own may hold its output open.
        child.stdout.destroy();
        child.stderr.destroy();
      }, 10_000);
    };
    const timer = setTimeout(() => {
      timedOut = true;
      end();
    }, timerMs(timeoutMs));
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
    const finish = (code: number | null): void => {
      clearTimeout(timer);
      clearTimeout(hard);
      signal.removeEventListener('abort', end);
      resolve({ code, ...text, timedOut });
    };
    child.once('error', (error) => {
      text.stderr += `${program}: ${messageOf(error)}\n`;
      finish(null);
    });
    child.once('close', finish);
  });
}
