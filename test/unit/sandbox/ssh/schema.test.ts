import { describe, expect, test } from 'vitest';
import { sshSandbox } from '../../../../src/sandbox/ssh/schema.ts';

const SERVER = { kind: 'ssh', host: 'there' } as const;
const MADE = { kind: 'ssh', provision: { create: ['make', '{name}'], destroy: ['unmake', '{name}'] } } as const;

describe('a sandbox on a server', () => {
  test('needs no more than a host', () => {
    expect(sshSandbox.parse(SERVER)).toMatchObject({
      hostKeys: 'known',
      sudo: 'auto',
      install: 'auto',
      grace: 300_000,
      readyWithin: 600_000,
    });
  });

  test.each([
    SERVER,
    MADE,
    { ...SERVER, grace: '90s', sshOptions: ['ProxyJump=bastion'], settings: { work_mem: '4MB' } },
  ])('is written down as it was meant: %j', (words) => {
    const plan = sshSandbox.parse(words);
    expect(sshSandbox.parse(JSON.parse(JSON.stringify(sshSandbox.encode(plan))))).toEqual(plan);
  });

  test.each([
    [{ kind: 'ssh' }, 'host', /either a host, or provision/],
    [{ ...SERVER, ...MADE }, 'host', /either a host, or provision/],
    [{ ...MADE, reuse: true }, 'reuse', /keeps no data/],
    [{ ...SERVER, host: '-oProxyCommand=x' }, 'host', /no name of a host/],
    [{ ...SERVER, host: 'two words' }, 'host', /no name of a host/],
    [{ ...SERVER, user: '-x' }, 'user', /no name of a user/],
    [{ ...SERVER, port: 0 }, 'port', /1/],
    [{ ...SERVER, hostKey: 'SHA256:abc' }, 'hostKey', /public key/],
    [{ ...SERVER, hostKey: 'ssh-ed25519 AAAA\n* ssh-ed25519 BBBB' }, 'hostKey', /public key/],
    [{ ...SERVER, sshOptions: ['-oProxyJump=x'] }, 'sshOptions.0', /ProxyJump=bastion/],
    [{ ...SERVER, scratch: 'relative' }, 'scratch', /absolute/],
    [{ ...SERVER, runAs: '$(id)' }, 'runAs', /no name of a user/],
    [{ ...SERVER, provision: { create: [], destroy: ['x'] }, host: undefined }, 'provision.create', /1/],
  ])('refuses %j', (words, path, message) => {
    const { error } = sshSandbox.safeParse(words);
    expect(error?.issues.map((issue) => issue.path.join('.'))).toContain(path);
    expect(error?.issues.map((issue) => issue.message).join('\n')).toMatch(message);
  });
});
