import { expect, test } from 'vitest';
import { diagnose, hostKeyIn, whyNotIn } from '../../../../../src/sandbox/ssh/supervisor/diagnose.ts';

const NOISE = 'OpenSSH_9.2p1 Debian-2, OpenSSL 3.0.19\ndebug1: Connecting to there [192.0.2.1] port 22.\n';

/** What OpenSSH 9.2 says. */
test.each([
  ['ssh: connect to host there port 22: Connection refused', 'server-unreachable', true],
  ['ssh: connect to host there port 22: Connection timed out', 'server-unreachable', true],
  ['ssh: Could not resolve hostname there: Name or service not known', 'server-unreachable', true],
  ['kex_exchange_identification: Connection closed by remote host', 'server-unreachable', true],
  ['root@there: Permission denied (publickey).', 'login-refused', true],
  [
    'Warning: Identity file /x not accessible: No such file or directory.\nroot@there: Permission denied (publickey).',
    'login-refused',
    false,
  ],
  [
    'No ED25519 host key is known for there and you have requested strict checking.\nHost key verification failed.',
    'host-key-refused',
    false,
  ],
  [
    '@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\nHost key verification failed.',
    'host-key-refused',
    false,
  ],
  ['/root/.ssh/config: line 3: Bad configuration option: porxy', 'server-unreachable', true],
  ['sh: 1: perl: not found', 'sandbox-failed', false],
  ['', 'server-unreachable', true],
] as const)('%j is %s', (said, code, passes) => {
  const { error, passes: mayPass } = diagnose('there', `${NOISE}${said}\n`);
  expect({ code: error.code, passes: mayPass }).toEqual({ code, passes });
  expect(error.message).not.toMatch(/debug1|OpenSSH_/);
  expect(error.hint).not.toBeNull();
});

test('the key of the server is the last that was shown, behind those of jump hosts', () => {
  const jump = 'debug1: Server host key: ssh-rsa SHA256:jump\n';
  const target = 'debug1: Server host key: ssh-ed25519 SHA256:abc+/def\r\n';
  expect(hostKeyIn(NOISE)).toBeNull();
  expect(hostKeyIn(NOISE + jump + target)).toBe('ssh-ed25519 SHA256:abc+/def');
});

const LET_IN = `${NOISE}Authenticated to there ([192.0.2.1]:22) using "publickey".\n`;
const HEARD = { host: 'there', stderr: LET_IN, stdout: '', mayHaveStarted: false, exitStatus: null, withinMs: null };

test.each([
  [{ exitStatus: 7 }, 'login-shell-unusable', 'ended with exit status 7'],
  [{ exitStatus: 1, stdout: 'not available' }, 'login-shell-unusable', 'printed: "not available"'],
  [{ exitStatus: 255 }, 'server-unreachable', 'the connection was closed'],
  [{ exitStatus: 127, stderr: `${LET_IN}env: ‘perl’: No such file or directory` }, 'sandbox-failed', 'has no perl'],
  [{ exitStatus: 255, stderr: `${LET_IN}perl`, mayHaveStarted: true }, 'server-unreachable', 'lets nobody in'],
  [{ exitStatus: 9, mayHaveStarted: true }, 'sandbox-failed', 'perl on there ended with exit status 9'],
  [{ withinMs: 5000 }, 'login-shell-unusable', 'did not come to our command within 5 s; it printed nothing'],
  [{ withinMs: 5000, mayHaveStarted: true }, 'protocol-error', 'the supervisor on there did not answer within 5 s'],
  [{ withinMs: 5000, stderr: NOISE }, 'server-unreachable', 'did not let us in by SSH within 5 s'],
] as const)('%j is %s', (heard, code, says) => {
  const { error } = whyNotIn({ ...HEARD, ...heard });
  expect(error).toMatchObject({ code, message: expect.stringContaining(says) as string });
});
