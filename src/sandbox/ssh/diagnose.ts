import { DrillError } from '../../core/errors.ts';
import type { ReasonCode } from '../../core/reason-codes.ts';

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
    pattern: /perl: (command )?not found|perl: No such file/,
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

/** Why an SSH client ended without having got through, from what it said. */
export function diagnose(host: string, stderr: string): { error: DrillError; passes: boolean } {
  const words = stderr
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '' && !NOISE.test(line))
    .join('\n');
  const sign = SIGNS.find(({ pattern }) => pattern.test(words));
  const said = words.split('\n').filter((line) => !/^[@\s]*$/.test(line));
  const last = said.slice(-2).join(' ').trim() || 'the connection was closed';
  const hint = sign?.hint ?? 'is the server up, and does its firewall let this machine in?';
  const error = new DrillError(
    sign?.code ?? 'server-unreachable',
    `${host} lets nobody in by SSH: ${last.slice(0, 400)}`,
    {
      hint,
    },
  );
  return { error, passes: sign?.passes ?? true };
}

/** Type and fingerprint of the key that the server showed, as `ssh -v` tells; behind jump hosts the last one is the server's. */
export function hostKeyIn(stderr: string): string | null {
  return [...stderr.matchAll(/^debug1: Server host key: (\S+ \S+)/gm)].at(-1)?.[1] ?? null;
}
