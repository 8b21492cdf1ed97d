import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { asDrillError, DrillError } from '../../../core/errors.ts';
import { ownFile } from '../../../core/own-files.ts';
import type { ReasonCode } from '../../../core/reason-codes.ts';
import { startPiped } from '../../../host/start-program.ts';
import { Ears, LineError, type Line } from './ears.ts';
import { printable } from './frames.ts';
import { perlConstants } from './protocol.ts';

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

/** What the supervisor's text is asked for; see supervisor.pl. */
export type SupervisorRequest = Readonly<Record<string, string>> & { readonly mode: 'start' | 'attach' | 'sweep' };

/** How long an answer is waited for. */
interface Waiting {
  readonly signal?: AbortSignal | undefined;
  /** Until the server's shell has started our command. */
  readonly withinMs: number;
  /** And from then until the supervisor answers; default: as long. */
  readonly answersWithinMs?: number;
}

const SUPERVISOR = Buffer.concat([
  Buffer.from(perlConstants()),
  readFileSync(ownFile('sandbox/ssh/supervisor/supervisor.pl')),
]);

/** What perl says once it reads. Its two halves are never beside one another in the command, which a server may print. */
const READY = 'pgdrill:ready';

/** Perl reads bytes, and runs nothing but our own text, whatever login scripts have set. */
const CLEAN = '-u PERL_UNICODE -u PERL5OPT -u PERL5LIB -u PERLIO';

/**
 * The one command that is ever given to a shell of the server. It is the same for every run, and holds neither names nor
 * secrets: all that differs comes on standard input. Within single quotes no shell (sh, csh, fish) reads any of it.
 */
const BOOT = `alarm 60;syswrite(STDOUT,"pgdrill:"."ready\\n");while(length($p)<${SUPERVISOR.length}){sysread(STDIN,$p,${SUPERVISOR.length}-length($p),length($p))or exit 1}eval($p);die($@)if$@`;

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

/**
 * Opens a connection and has the supervisor answer on it. Nothing is sent before perl has said that it reads: a shell
 * that takes its commands from standard input would run it. Rejects with a LineError, or the supervisor's own DrillError.
 */
export async function openLine(target: SshTarget, request: SupervisorRequest, waiting: Waiting): Promise<Line> {
  const { signal, withinMs, answersWithinMs = withinMs } = waiting;
  const nonce = randomBytes(8).toString('hex');
  const [program = '', ...words] = sshArgv(target, [`/usr/bin/env ${CLEAN} perl -e '${BOOT}'`], ALWAYS);
  // The client gets the variables of whoever runs the drill: its agent is one of them.
  const child = startPiped([program, '-v', ...words], process.env);
  const ears = new Ears(child, target.host);
  const abort = (): void => ears.close();
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort, { once: true });
  try {
    await ears.lineAfter(READY, withinMs);
    ears.mayHaveStarted = true;
    child.stdin.write(SUPERVISOR);
    const asked = Object.entries({ ...request, nonce, boot: BOOT });
    child.stdin.write(`${asked.map(([key, value]) => `${key}=${escaped(value)}\n`).join('')}\n`);
    const text = await ears.lineAfter(`pgdrill:${nonce} `, answersWithinMs);
    const answer = text.split(' ').map(unescaped);
    if (answer[0] === 'fault') throw faultIn(answer);
    return { answer, ...ears.line() };
  } catch (error) {
    ears.close();
    if (signal?.aborted) throw new DrillError('cancelled', 'the run was ended by a signal', { cause: error });
    throw error;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

/** What supervisor.pl refuses with. A server cannot choose another code, and with it the verdict. */
const FAULTS: ReadonlySet<string> = new Set<ReasonCode>([
  'busy',
  'cleanup-failed',
  'sandbox-failed',
  'scratch-not-writable',
  'scratch-refused',
]);

function faultIn([, code = '', message = '']: readonly string[]): DrillError {
  const text = printable(Buffer.from(message), 1000);
  return new DrillError(FAULTS.has(code) ? (code as ReasonCode) : 'sandbox-failed', text);
}

function escaped(value: string): string {
  return [...Buffer.from(value, 'utf8')]
    .map((byte) => (isPlain(byte) ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`))
    .join('');
}

/** What supervisor.pl has escaped, byte by byte. */
function unescaped(word: string): string {
  const bytes = word.replace(/%([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** Letters and digits. */
function isPlain(byte: number): boolean {
  return (byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122);
}

/** Whether an attempt to connect may succeed later. */
export function mayPass(error: unknown): boolean {
  return error instanceof LineError && error.passes && asDrillError(error) !== null;
}
