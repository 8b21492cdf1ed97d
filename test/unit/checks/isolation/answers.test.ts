import { describe, expect, test } from 'vitest';
import { environmentAssertion } from '../../../../src/checks/isolation/environment.ts';
import { networkAssertions } from '../../../../src/checks/isolation/network.ts';
import { parentIn, privilegesAssertion } from '../../../../src/checks/isolation/privileges.ts';
import { processesAssertion } from '../../../../src/checks/isolation/processes.ts';

const NO_ANSWER = { why: 'permission denied' };

const dev = (...names: string[]): { text: string } => ({
  text: ['Inter-| Receive', ' face |bytes', ...names.map((name) => `  ${name}: 0 0`)].join('\n'),
});

const held = (...args: Parameters<typeof networkAssertions>): boolean[] =>
  networkAssertions(...args).map(({ holds }) => holds);

const of = (pid: number, startTicks: string): { pid: number; name: string; startTicks: string } => ({
  pid,
  name: 'postgres',
  startTicks,
});

const status = (bounding: string, noNewPrivs: number): { text: string } => ({
  text: `Name:\tpostgres\nPPid:\t7\nCapPrm:\t0000000000000000\nCapEff:\t0000000000000000\nCapBnd:\t${bounding}\nNoNewPrivs:\t${noNewPrivs}\nSeccomp:\t0\n`,
});

describe('capabilities', () => {
  test.each([
    ['fenced', status('0000000000000000', 1), true, true],
    ['fenced, but able to get some', status('000001ffffffffff', 1), true, false],
    ['fenced, but able to gain by a program', status('0000000000000000', 0), true, false],
    ['an ordinary user without a fence', status('000001ffffffffff', 0), false, true],
    ['fields that are not there', { text: 'Name:\tpostgres\n' }, true, false],
    ['no answer', NO_ANSWER, false, false],
  ])('%s', (_, answer, isFenced, holds) => {
    expect(privilegesAssertion(answer, isFenced).holds).toBe(holds);
  });

  test('the parent is the postmaster', () => {
    expect([parentIn(status('0', 1)), parentIn(NO_ANSWER)]).toEqual(['7', null]);
  });
});

describe('the network', () => {
  const unix = {
    text: `Num       RefCount Protocol Flags    Type St Inode Path
0000000000000000: 00000002 00000000 00010000 0001 01 85605 /run/x/.s.PGSQL.5999
0000000000000000: 00000002 00000000 00010000 0001 01  1204 @bus with space
0000000000000000: 00000003 00000000 00000000 0001 03 85606`,
  };
  test.each([
    ['a loopback alone', dev('lo'), ['/run/docker.sock'], [true, true]],
    ['tunnels that every namespace is born with', dev('lo', 'tunl0', 'sit0'), [], [true, true]],
    ['an interface', dev('lo', 'eth0'), [], [false, true]],
    ['no interface at all is no answer', dev(), [], [false, true]],
    ['a socket of the machine', dev('lo'), ['/run/x/.s.PGSQL.5999'], [true, false]],
    ['an abstract one', dev('lo'), ['@bus with space'], [true, false]],
  ])('%s', (_, answer, sockets, expected) => {
    expect(held(answer, unix, { sockets })).toEqual(expected);
  });

  test('is not held without an answer', () => {
    expect(held(NO_ANSWER, NO_ANSWER, { sockets: [] })).toEqual([false, false]);
  });
});

describe('processes', () => {
  const [uptime, elapsedMs] = [{ text: '1000.00 1800.00\n' }, 10_000];
  test.each([
    ['began with the run', [of(1, '99100'), of(2, '99900')], true],
    ['one was there before', [of(1, '2'), of(2, '99900')], false],
    ['one is of production, which was started just before', [of(1, '99100'), of(2, '98950')], false],
    ['a start that cannot be read', [of(1, '')], false],
    ['none at all is no answer', [], false],
    ['no answer', null, false],
  ])('%s', (_, seen, holds) => {
    const known = { processes: [{ pid: 77, startTicks: '98950' }] };
    expect(processesAssertion(uptime, seen, known, elapsedMs).holds).toBe(holds);
  });
});

describe('the environment of the server', () => {
  test.each([
    ['what every program has', 'PATH=/bin\0HOME=/x\0TZ=UTC\0', true, '3 variables, none of them'],
    ['keys of a cloud', 'PATH=/bin\0AWS_SECRET_ACCESS_KEY=wJalr\0', false, 'AWS_SECRET_ACCESS_KEY'],
    ['an agent and passwords', 'SSH_AUTH_SOCK=/tmp/a\0SSHPASS=x\0', false, 'SSH_AUTH_SOCK, SSHPASS'],
    ['a passphrase of pgBackRest', 'PGBACKREST_REPO1_CIPHER_PASS=x\0', false, 'PGBACKREST_REPO1_CIPHER_PASS'],
    ['an empty one is no answer', '\0\0', false, 'not answered: the environment of the postmaster is empty'],
  ])('%s', (_, text, holds, observed) => {
    expect(environmentAssertion({ text })).toMatchObject({ holds, observed });
  });
});
