import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../../fixtures/plans.ts';

const SCRIPT = fileURLToPath(new URL('../../../src/pgbackrest/wal-ahead.sh', import.meta.url));
const SEGMENT = '0000000100000000000000A1';

interface Answers {
  /** How the command ends that may fetch ahead, and by itself. */
  readonly ahead: number;
  readonly alone: number;
  /** Segments in the queue. */
  readonly queued?: readonly string[];
}

interface Asked {
  readonly status: number | null;
  readonly delivered: string | null;
  readonly calls: readonly string[];
  readonly said: string;
}

/** The script around a command that notes how it is called, ends as told, and delivers where it ends well. */
function feeding({ ahead, alone, queued = [] }: Answers): { ask: (file: string) => Asked; queue: string } {
  const root = temporaryDirectory();
  const queue = join(root, 'spool/archive/shop/in');
  mkdirSync(queue, { recursive: true });
  for (const name of queued) writeFileSync(join(queue, name), `queued ${name}`);
  const command = join(root, 'command.sh');
  writeFileSync(
    command,
    `case "$*" in *--no-archive-async) way=alone status=${alone} ;; *) way=ahead status=${ahead} ;; esac
     echo "$way $1" >>"${root}/calls"
     echo "words of $way" >&2
     [ $status -ne 0 ] || echo "fetched $way" >"$2"
     exit $status`,
  );
  const destination = join(root, 'RECOVERYXLOG');
  const ask = (file: string): Asked => {
    writeFileSync(join(root, 'calls'), '');
    const words = [SCRIPT, join(root, 'spool'), 'shop', 'sh', command, file, destination];
    const { status, stderr } = spawnSync('sh', words, { encoding: 'utf8' });
    const calls = readFileSync(join(root, 'calls'), 'utf8').split('\n').filter(Boolean);
    const delivered = existsSync(destination) ? readFileSync(destination, 'utf8').trim() : null;
    return { status, delivered, calls, said: stderr };
  };
  return { ask, queue };
}

/** Names of so many segments from SEGMENT on. */
const segments = (count: number): string[] =>
  Array.from({ length: count }, (_, at) => `00000001${(0xa1 + at).toString(16).toUpperCase().padStart(16, '0')}`);

test('what is delivered ahead is the answer', () => {
  const { ask } = feeding({ ahead: 0, alone: 1 });
  expect(ask(SEGMENT)).toMatchObject({ status: 0, delivered: 'fetched ahead', calls: [`ahead ${SEGMENT}`] });
});

test.each([
  ['not there', 1],
  ['late', 82],
  ['unreadable', 103],
])('that a segment is %s is believed only of a fetch by itself', (_, ahead) => {
  const there = feeding({ ahead, alone: 0 }).ask(SEGMENT);
  expect(there).toMatchObject({ status: 0, delivered: 'fetched alone' });
  expect(there.calls).toEqual([`ahead ${SEGMENT}`, `alone ${SEGMENT}`]);
  expect(there.said).toContain(`${SEGMENT} was fetched by itself, and not ahead (exit status ${ahead})`);
  expect(there.said).not.toContain('words of ahead');
  for (const alone of [1, 41, 103]) {
    expect(feeding({ ahead, alone }).ask(SEGMENT)).toMatchObject({ status: alone, delivered: null });
  }
});

test.each([126, 127, 137, 143])('what ends with %i was killed or not started, and is not asked again', (status) => {
  const answer = feeding({ ahead: status, alone: 0 }).ask(SEGMENT);
  expect(answer).toMatchObject({ status, delivered: null, calls: [`ahead ${SEGMENT}`], said: 'words of ahead\n' });
});

test('a history file is fetched by itself', () => {
  const { ask } = feeding({ ahead: 0, alone: 1 });
  expect(ask('00000002.history')).toMatchObject({ status: 1, calls: ['alone 00000002.history'] });
});

test('a segment that lies in a full queue is taken from there, once', () => {
  const { ask, queue } = feeding({ ahead: 1, alone: 0, queued: segments(18) });
  const file = segments(1)[0] ?? '';
  expect(file).toBe(SEGMENT);
  expect(ask(file)).toMatchObject({ status: 0, delivered: `queued ${file}`, calls: [] });
  expect(existsSync(join(queue, file))).toBe(false);
  // PostgreSQL asks for its last segment again.
  expect(ask(file)).toMatchObject({ status: 0, delivered: 'fetched alone', calls: [`alone ${file}`] });
});

test('one of another timeline, or one that is being fetched, is not in the queue', () => {
  const { ask } = feeding({
    ahead: 1,
    alone: 1,
    queued: [...segments(18), `00000002${SEGMENT.slice(8)}.pgbackrest.tmp`],
  });
  const asked = `00000002${SEGMENT.slice(8)}`;
  expect(ask(asked)).toMatchObject({ status: 1, delivered: null, calls: [`ahead ${asked}`, `alone ${asked}`] });
});

test.each(['ok', 'error'])(
  'a note (.%s) that there is nothing ahead has it fetched by itself, and is no answer',
  (kind) => {
    const { ask } = feeding({ ahead: 0, alone: 0, queued: [`${SEGMENT}.${kind}`] });
    expect(ask(SEGMENT)).toMatchObject({ status: 0, delivered: 'fetched alone', calls: [`alone ${SEGMENT}`] });
    // pgBackRest leaves one with warnings beside a segment that it has.
    const there = feeding({ ahead: 0, alone: 1, queued: [SEGMENT, `${SEGMENT}.${kind}`] });
    expect(there.ask(SEGMENT)).toMatchObject({ status: 0, calls: [`ahead ${SEGMENT}`] });
  },
);

test('a queue that runs empty is filled by pgBackRest, which is called for every fourth segment', () => {
  const names = segments(13);
  const { ask, queue } = feeding({ ahead: 0, alone: 1, queued: names });
  const asked = names.slice(0, 9).map((name) => {
    const { calls } = ask(name);
    // pgBackRest takes it from the queue itself.
    rmSync(join(queue, name), { force: true });
    return calls.length;
  });
  expect(asked).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1]);
});
