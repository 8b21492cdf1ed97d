import { DrillError } from '../../../core/errors.ts';
import type { ReasonCode } from '../../../core/reason-codes.ts';
import { shortened } from '../../../core/shortened.ts';

interface Sign {
  readonly pattern: RegExp;
  readonly code: ReasonCode;
  readonly hint: string;
  /** Waiting may help: a server that comes up refuses connections, and then keys, before it lets anybody in. */
  readonly passes: boolean;
}

/** What OpenSSH's client (9.2 to 10) says when it does not get in. */
const SIGNS: readonly Sign[] = [
  {
    pattern: /REMOTE HOST IDENTIFICATION HAS CHANGED/,
    code: 'host-key-refused',
    hint: 'another machine answers, or the server was made anew: if that is so, remove its old key with ssh-keygen -R',
    passes: false,
  },
  {
    pattern: /Host key verification failed|host key is known for|Host key .* mismatch/,
    code: 'host-key-refused',
    hint: "put the server's key into known_hosts, name it with sandbox.hostKey, or set sandbox.hostKeys: accept-new",
    passes: false,
  },
  {
    pattern: /Identity file .* not accessible|Load key .*:|no such identity/,
    code: 'login-refused',
    hint: 'sandbox.identityFile must be a private key that this user may read; keys with a passphrase take an agent',
    passes: false,
  },
  {
    pattern: /Permission denied \(|Too many authentication failures|This account is/,
    code: 'login-refused',
    hint: 'try ssh by hand as the user who runs the drill, with -o BatchMode=yes; no question is ever answered',
    passes: true,
  },
  {
    pattern: /perl['’]?: (command )?not found|perl['’]?: No such file/,
    code: 'sandbox-failed',
    hint: 'the server needs perl (Debian, Ubuntu: perl-base, which is always there)',
    passes: false,
  },
  {
    pattern: /Could not resolve hostname|Bad configuration option|command-line|no argument after keyword/,
    code: 'server-unreachable',
    hint: 'look at sandbox.host and at your ssh_config',
    passes: true,
  },
];

const NOISE = /^(debug\d:|OpenSSH_|Authenticated to |Transferred: |Bytes per second: |Warning: Permanently added)/;

/** What was heard of an SSH client until it was given up. */
export interface Heard {
  readonly host: string;
  readonly stderr: string;
  /** The last line that was printed and is not the supervisor's. */
  readonly stdout: string;
  /** The supervisor's text was sent. */
  readonly mayHaveStarted: boolean;
  /** Null: the client has not ended by itself. */
  readonly exitStatus: number | null;
  /** How long an answer was waited for; null: the client has ended. */
  readonly withinMs: number | null;
}

interface Diagnosis {
  readonly error: DrillError;
  /** Waiting may help. */
  readonly passes: boolean;
}

/** The exit status of the client when the connection broke; any other is that of the shell on the server. */
const SSH_FAILED = 255;

const LOGIN_SCRIPTS = '~/.bashrc, ~/.profile, ~/.zshenv, ~/.cshrc, /etc/profile.d';

/** Why an SSH client has not led to a supervisor. */
export function whyNotIn(heard: Heard): Diagnosis {
  const { stderr, exitStatus, withinMs } = heard;
  const gotIn = /^Authenticated to /m.test(stderr);
  if (withinMs !== null) return tooLate(heard, gotIn, withinMs / 1000);
  if (!gotIn || exitStatus === null || exitStatus === SSH_FAILED) return diagnose(heard.host, stderr);
  const sign = SIGNS.find(({ pattern }) => pattern.test(wordsIn(stderr)));
  return sign ? diagnose(heard.host, stderr) : shellEnded(heard, exitStatus);
}

/** Somebody answers, but nobody who speaks as we do. */
function tooLate(heard: Heard, gotIn: boolean, seconds: number): Diagnosis {
  const { host, mayHaveStarted } = heard;
  const last = lastLine(heard);
  if (mayHaveStarted) {
    const message = `the supervisor on ${host} did not answer within ${seconds} s; ${last}`;
    return {
      error: new DrillError('protocol-error', message, { hint: 'does sudo wait for something there?' }),
      passes: true,
    };
  }
  if (!gotIn) {
    const message = `${host} did not let us in by SSH within ${seconds} s; ${last}`;
    const hint = 'try ssh by hand as the user who runs the drill, with -o BatchMode=yes';
    return { error: new DrillError('server-unreachable', message, { hint }), passes: true };
  }
  const message = `${host} lets us in, but its login shell did not come to our command within ${seconds} s; ${last}`;
  const hint = `a login script there (${LOGIN_SCRIPTS}) waits for input or starts another shell: let it do so only when standard input is a terminal (test -t 0), or log in as another user (sandbox.user)`;
  return { error: new DrillError('login-shell-unusable', message, { hint }), passes: false };
}

function shellEnded(heard: Heard, status: number): Diagnosis {
  const { host, mayHaveStarted } = heard;
  const last = lastLine(heard);
  if (mayHaveStarted) {
    const message = `perl on ${host} ended with exit status ${status} before the supervisor answered; ${last}`;
    const hint = 'the supervisor needs perl 5.14 or newer, as every Debian and Ubuntu has it';
    return { error: new DrillError('sandbox-failed', message, { hint }), passes: false };
  }
  const message = `${host} lets us in, but its login shell ended with exit status ${status} before our command ran; ${last}`;
  const hint = `a login script there (${LOGIN_SCRIPTS}) ends the shell, or the account has no shell: let it end only shells of a terminal (test -t 0), or log in as another user (sandbox.user)`;
  return { error: new DrillError('login-shell-unusable', message, { hint }), passes: false };
}

/** The line that a person would look for. */
function lastLine({ stdout, stderr }: Heard): string {
  const line = stdout || wordsIn(stderr).split('\n').at(-1) || '';
  return line === '' ? 'it printed nothing' : `the last line that it printed: "${shortened(line, 200)}"`;
}

/** What was said on standard error, without what the client says of itself. */
export function wordsIn(stderr: string): string {
  return stderr
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '' && !NOISE.test(line))
    .join('\n');
}

/** Why an SSH client ended without having got through, from what it said. */
export function diagnose(host: string, stderr: string): Diagnosis {
  const words = wordsIn(stderr);
  const sign = SIGNS.find(({ pattern }) => pattern.test(words));
  const said = words.split('\n').filter((line) => !/^[@\s]*$/.test(line));
  const last = said.slice(-2).join(' ').trim() || 'the connection was closed';
  const hint = sign?.hint ?? 'is the server up, and does its firewall let this machine in?';
  const message = `${host} lets nobody in by SSH: ${shortened(last, 400)}`;
  const isMissing = sign?.code === 'sandbox-failed';
  const text = isMissing ? `${host} has no perl: ${shortened(last, 400)}` : message;
  return { error: new DrillError(sign?.code ?? 'server-unreachable', text, { hint }), passes: sign?.passes ?? true };
}

/** Type and fingerprint of the key that the server showed, as `ssh -v` tells; behind jump hosts the last one is the server's. */
export function hostKeyIn(stderr: string): string | null {
  return [...stderr.matchAll(/^debug1: Server host key: (\S+ \S+)/gm)].at(-1)?.[1] ?? null;
}
