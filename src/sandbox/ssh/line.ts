import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { asDrillError, DrillError } from '../../core/errors.ts';
import { REASON_CODES, type ReasonCode } from '../../core/reason-codes.ts';
import { diagnose, hostKeyIn } from './diagnose.ts';

/** How a server is reached; what is null is left to the user's ssh_config. */
export interface SshTarget {
  readonly host: string;
  readonly user: string | null;
  readonly port: number | null;
  readonly identityFile: string | null;
  /** Further options of ssh, as `-o` takes them. */
  readonly options: readonly string[];
  readonly configFile: string | null;
  /** Whether a key that is not known yet is taken and remembered. */
  readonly acceptNew: boolean;
  /** Where keys are known and remembered; null: where the user's are. */
  readonly knownHosts: string | null;
}

/** An attempt to connect that failed, and whether another one may succeed. */
export class LineError extends Error {
  readonly passes: boolean;
  /** The server had let us in before the connection ended. */
  readonly gotIn: boolean;

  constructor(reason: DrillError, { passes, gotIn }: { passes: boolean; gotIn: boolean }) {
    super(reason.message, { cause: reason });
    this.passes = passes;
    this.gotIn = gotIn;
  }
}

/** What the supervisor's text is asked for; see agent.pl. */
export type AgentRequest = Readonly<Record<string, string>> & { readonly mode: 'start' | 'attach' | 'sweep' };

/** A connection on which the supervisor has answered. */
export interface Line {
  /** The first word of the answer, and the others. */
  readonly answer: readonly string[];
  /** Type and fingerprint of the server's key. */
  readonly hostKey: string | null;
  write(bytes: Buffer): void;
  /** Everything after the answer, from its first byte. */
  listen(onBytes: (bytes: Buffer) => void): void;
  readonly closed: Promise<void>;
  close(): void;
}

const AGENT = readFileSync(new URL('agent.pl', import.meta.url));

/**
 * The one command that is ever given to a shell of the server. It is the same for every run, and holds neither names nor
 * secrets: all that differs comes on standard input. Within single quotes no shell (sh, csh, fish) reads any of it.
 */
const BOOT = `while(length($p)<${AGENT.length}){sysread(STDIN,$p,${AGENT.length}-length($p),length($p))or exit 1}eval($p);die($@)if$@`;

/** No question is asked, no terminal opened, nothing forwarded; the connection is our own, whatever ssh_config shares. */
const ALWAYS = [
  'BatchMode=yes',
  'ClearAllForwardings=yes',
  'ConnectTimeout=15',
  'ControlMaster=no',
  'ControlPath=none',
  'EscapeChar=none',
  'ForwardAgent=no',
  'ForwardX11=no',
  'PermitLocalCommand=no',
  'RemoteCommand=none',
  'RequestTTY=no',
  'ServerAliveInterval=10',
];

/** The words of the SSH client. */
export function sshArgv(target: SshTarget, command: readonly string[], options: readonly string[] = []): string[] {
  const { host, user, port, identityFile, acceptNew, knownHosts, configFile } = target;
  const all = [
    ...options,
    `StrictHostKeyChecking=${acceptNew ? 'accept-new' : 'yes'}`,
    ...(knownHosts === null ? [] : [`UserKnownHostsFile=${quoted(knownHosts)}`, 'GlobalKnownHostsFile=none']),
    ...(identityFile === null ? [] : [`IdentityFile=${quoted(identityFile)}`, 'IdentitiesOnly=yes']),
    ...target.options,
  ];
  return [
    'ssh',
    ...(configFile === null ? [] : ['-F', configFile]),
    ...all.flatMap((option) => ['-o', option]),
    ...(port === null ? [] : ['-p', String(port)]),
    ...(user === null ? [] : ['-l', user]),
    host,
    ...command,
  ];
}

/** A value of an option as ssh_config reads it: in quotes, and `%` twice. */
function quoted(path: string): string {
  return `"${path.replaceAll('%', '%%')}"`;
}

/** Opens a connection and has the supervisor answer on it. Rejects with a LineError, or the supervisor's own DrillError. */
export async function openLine(target: SshTarget, request: AgentRequest, signal?: AbortSignal): Promise<Line> {
  const nonce = randomBytes(8).toString('hex');
  const [program = '', ...words] = sshArgv(target, [`perl -e '${BOOT}'`], ALWAYS);
  // Not of our process group, or Ctrl-C would cut the line before anything is cleaned up.
  const child = spawn(program, ['-v', ...words], { detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
  const abort = (): void => void child.kill('SIGKILL');
  signal?.addEventListener('abort', abort, { once: true });
  try {
    child.stdin.on('error', () => undefined);
    child.stdin.write(AGENT);
    const asked = Object.entries({ ...request, nonce, boot: BOOT });
    child.stdin.write(`${asked.map(([key, value]) => `${key}=${escaped(value)}\n`).join('')}\n`);
    const line = await answered(child, target.host, nonce);
    const [word, code = '', message = ''] = line.answer;
    if (word !== 'fault') return line;
    line.close();
    throw new DrillError(isReason(code) ? code : 'sandbox-failed', message);
  } catch (error) {
    child.kill('SIGKILL');
    if (signal?.aborted) throw new DrillError('cancelled', 'the run was ended by a signal', { cause: error });
    throw error;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

/** Waits for the line that begins with our own word; whatever the login scripts of the server print before it is no answer. */
async function answered(child: ChildProcessWithoutNullStreams, host: string, nonce: string): Promise<Line> {
  let stderr = '';
  child.stderr.on('data', (piece: Buffer) => (stderr = (stderr + piece.toString('utf8')).slice(-20_000)));
  const closed = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('error', (error) => {
      stderr += `ssh: ${error.message}\n`;
      resolve();
    });
  });
  const prefix = `pgdrill:${nonce} `;
  let bytes = Buffer.alloc(0);
  let listener: ((piece: Buffer) => void) | null = null;
  const answer = await new Promise<string[] | null>((resolve) => {
    void closed.then(() => resolve(null));
    let found = false;
    child.stdout.on('data', (piece: Buffer) => {
      if (found && listener) return listener(piece);
      bytes = Buffer.concat([bytes, piece]);
      const at = found ? -1 : bytes.indexOf(prefix);
      const end = at < 0 ? -1 : bytes.indexOf('\n', at);
      if (end < 0) return;
      found = true;
      const text = bytes.toString('latin1', at + prefix.length, end);
      bytes = bytes.subarray(end + 1);
      resolve(text.split(' ').map(unescaped));
    });
  });
  if (answer === null) {
    const { error, passes } = diagnose(host, stderr);
    throw new LineError(error, { passes, gotIn: /^Authenticated to /m.test(stderr) });
  }
  return {
    answer,
    hostKey: hostKeyIn(stderr),
    write: (piece) => void child.stdin.write(piece),
    listen: (onBytes) => {
      listener = onBytes;
      if (bytes.length > 0) onBytes(bytes);
      bytes = Buffer.alloc(0);
    },
    closed,
    close: () => void child.kill('SIGKILL'),
  };
}

function escaped(value: string): string {
  return [...Buffer.from(value, 'utf8')]
    .map((byte) => (isPlain(byte) ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`))
    .join('');
}

/** What agent.pl has escaped, byte by byte. */
function unescaped(word: string): string {
  const bytes = word.replace(/%([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** Letters and digits. */
function isPlain(byte: number): boolean {
  return (byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122);
}

function isReason(code: string): code is ReasonCode {
  return Object.hasOwn(REASON_CODES, code);
}

/** Whether an attempt to connect may succeed later. */
export function mayPass(error: unknown): boolean {
  return error instanceof LineError && error.passes && asDrillError(error) !== null;
}
