import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, vi } from 'vitest';
import { Supervisor } from '../../src/sandbox/ssh/supervisor/supervisor.ts';
import { encodeFrame } from '../../src/sandbox/ssh/supervisor/frames.ts';
import type { Line } from '../../src/sandbox/ssh/supervisor/ears.ts';
import { openLine } from '../../src/sandbox/ssh/supervisor/line.ts';
import { FROM_SUPERVISOR_FRAMES, LIMITS, TO_SUPERVISOR_FRAMES } from '../../src/sandbox/ssh/supervisor/protocol.ts';
import { loginShell, oddServer } from '../fixtures/odd-ssh.ts';
import { supervisorAsks, targetOn } from '../fixtures/ssh-server.ts';
import { LONG_MS, until } from '../fixtures/until.ts';
import { mutated, randomFrom } from './hostile-streams.ts';
import { claim } from './trial.ts';

const SEED = 20_261_128;
const STREAMS = 40;
const MIB = 1024 ** 2;

const root = mkdtempSync(join(tmpdir(), 'pgdrill-protocol-'));
const target = targetOn({ name: 'odd', address: 'odd', hostKey: '', identityFile: '/dev/null' });
const never = new AbortController().signal;

beforeAll(() => {
  vi.stubEnv('PATH', oddServer({ root }, '')['PATH']);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

const to = (name: keyof typeof TO_SUPERVISOR_FRAMES, channel: number, payload: Buffer | string = ''): Buffer =>
  encodeFrame(TO_SUPERVISOR_FRAMES[name].number, channel, payload);
const from = (name: keyof typeof FROM_SUPERVISOR_FRAMES, channel: number, payload: Buffer | string = ''): Buffer =>
  encodeFrame(FROM_SUPERVISOR_FRAMES[name].number, channel, payload);
const exec = (channel: number, ...argv: string[]): Buffer =>
  to('exec', channel, ['1', '/', '1', 'A=b', ...argv].join('\0'));

/** Does something with each, eight at a time. */
async function inTurns<T>(items: readonly T[], work: (item: T, index: number) => Promise<void>): Promise<void> {
  const waiting = items.map((item, index) => ({ item, index }));
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await work(next.item, next.index);
  };
  await Promise.all(Array.from({ length: 8 }, worker));
}

claim('G1o', async () => {
  const random = randomFrom(SEED);
  const good = Buffer.concat([
    from('output', 1, 'some lines\nof output\n'.repeat(40)),
    from('errors', 1, 'a complaint'),
    from('pong', 0, '0'),
    from('output', 1, Buffer.alloc(5000, 'x')),
    from('exit', 1, '0'),
    from('exit', 2, '137'),
  ]);
  const before = process.memoryUsage().rss;
  const endings: string[] = [];
  await inTurns(
    Array.from({ length: STREAMS }, () => mutated(good, random)),
    async (stream, index) => {
      const file = join(root, `stream-${index}`);
      writeFileSync(file, stream);
      // Read when the program is started, which is before anybody else sets it.
      vi.stubEnv('ODD_SERVER', `stream:${file}`);
      const supervisor = await Supervisor.start(target, supervisorAsks('hostile', { graceMs: 1000 }), never);
      const [first, second] = await Promise.all([
        supervisor.exec({ argv: ['true'] }),
        supervisor.exec({ argv: ['true'] }),
      ]).catch(() => []);
      first?.stdout.resume();
      await Promise.all([first?.exited, second?.exited]);
      await until('it is lost', () => supervisor.lost !== null);
      endings.push(supervisor.lost?.code ?? '');
    },
  );
  expect(new Set(endings)).toEqual(new Set(['protocol-error', 'connection-lost']));
  expect(endings).toHaveLength(STREAMS);
  expect(process.memoryUsage().rss - before).toBeLessThan(200 * MIB);
});

const FRIENDLY = Buffer.concat([
  exec(1, '/bin/cat'),
  to('input', 1, 'some input\n'.repeat(30)),
  to('ping', 0, '0'),
  exec(2, '/bin/true'),
  to('endOfInput', 1),
  to('ping', 0, '9'),
]);

const repeated = (bytes: Buffer, times: number): Buffer => Buffer.concat(Array.from({ length: times }, () => bytes));
const LIE = Buffer.from([0xff, 0xff, 0xff, 0xf0, 1, 0, 0, 0, 1]);

/** What random changes would not come to soon. */
const WICKED: readonly Buffer[] = [
  Buffer.concat([LIE, Buffer.alloc(20 * MIB)]),
  Buffer.concat([exec(1, '/bin/sleep', '60'), repeated(to('input', 1, Buffer.alloc(MIB)), 80)]),
  repeated(to('ping', 0, '0'), 300_000),
  to('ping', 0, '99999999999999'),
  to('ping', 0, '-1'),
  Buffer.concat(Array.from({ length: LIMITS.programs.value + 40 }, (_, index) => exec(index + 1, '/bin/sleep', '60'))),
  Buffer.concat([exec(1, '/bin/true'), exec(1, '/bin/true')]),
  to('exec', 1, '1\0/\x00999999999\0A=b\0/bin/true'),
  to('exec', 1, ''),
  Buffer.concat([exec(1, '/bin/cat', '/dev/zero'), exec(2, '/bin/cat', '/dev/zero')]),
];

claim('G1p', async () => {
  const random = randomFrom(SEED);
  const streams = [...WICKED, ...Array.from({ length: STREAMS }, () => mutated(FRIENDLY, random))];
  const manner = loginShell({ root }, ':');
  const seen: { index: number; mostBytes: number; ms: number; left: string[] }[] = [];
  await inTurns(streams, async (stream, index) => {
    vi.stubEnv('ODD_SERVER', manner);
    const line = await openLine(target, requestFor(`fuzz-${index}`), { signal: never, withinMs: LONG_MS });
    const [, , , place = '', memory = ''] = line.answer;
    const pid = Number(readFileSync(join(place, 'alive'), 'utf8'));
    const began = performance.now();
    const mostBytes = await attacked(line, stream, pid);
    const ms = Math.round(performance.now() - began);
    // How long it took tells, when something is left, whether the supervisor tried: a try ends after 14 s at the latest.
    seen.push({ index, mostBytes, ms, left: [place, memory].filter((path) => existsSync(path)) });
  });
  expect(seen.filter(({ left }) => left.length > 0)).toEqual([]);
  expect(seen.filter(({ mostBytes }) => mostBytes > 200 * MIB)).toEqual([]);
  expect(seen.filter(({ mostBytes }) => mostBytes > 0)).not.toEqual([]);
});

/** Says something to a supervisor, reads nothing, and leaves; the most memory that it used until it had ended. */
async function attacked(line: Line, stream: Buffer, pid: number): Promise<number> {
  line.pause();
  line.write(stream);
  let mostBytes = 0;
  const began = performance.now();
  while (existsSync(`/proc/${pid}`)) {
    mostBytes = Math.max(mostBytes, peakBytes(pid));
    if (performance.now() - began > 1000) line.close();
    if (performance.now() - began > LONG_MS) throw new Error('the supervisor does not end');
    await delay(20);
  }
  line.close();
  return mostBytes;
}

function peakBytes(pid: number): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

function requestFor(name: string): Parameters<typeof openLine>[1] {
  return {
    mode: 'start',
    received: '0',
    key: 'abcdef0123456789',
    run: `${name}-${process.pid}`,
    drill: name,
    scratch: join(root, 'scratch'),
    directory: name,
    keeps: 'nothing',
    marker: 'a run of the tests',
    avoid: '',
    sudo: 'never',
    grace: '1',
    deadline: '30',
  };
}
