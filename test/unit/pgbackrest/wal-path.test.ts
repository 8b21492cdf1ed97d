import { describe, expect, test } from 'vitest';
import { newestTimeline, timelineSpans, walPath, type WalPath } from '../../../src/pgbackrest/wal-path.ts';
import { lsn, segment } from '../../fixtures/facts.ts';

const MB16 = 16 * 1024 * 1024;

describe('timelineSpans', () => {
  const forks = [
    { timeline: 1, switchLsn: lsn('0/6000120') },
    { timeline: 2, switchLsn: lsn('0/A0000F8') },
  ];

  test('one timeline is one span, whatever came before it', () => {
    expect(timelineSpans(2, lsn('0/7000000'), 2, forks)).toEqual([{ timeline: 2, begin: 0n }]);
  });

  test('a way over two forks', () => {
    expect(timelineSpans(1, lsn('0/5000000'), 3, forks)).toEqual([
      { timeline: 1, begin: 0n },
      { timeline: 2, begin: lsn('0/6000120') },
      { timeline: 3, begin: lsn('0/A0000F8') },
    ]);
  });

  test('a way that begins after the first fork', () => {
    expect(timelineSpans(2, lsn('0/8000000'), 3, forks)).toEqual([
      { timeline: 2, begin: 0n },
      { timeline: 3, begin: lsn('0/A0000F8') },
    ]);
  });

  test('a backup that ended at the very fork is on the way', () => {
    expect(timelineSpans(1, lsn('0/6000120'), 3, forks)).not.toBeNull();
  });

  test.each([
    ['that went on past the fork', 1, '0/6000121'],
    ['of a timeline that the history does not know', 4, '0/1000000'],
  ])('a backup %s is not: PostgreSQL would refuse it', (_, from, at) => {
    expect(timelineSpans(from, lsn(at), 3, forks)).toBeNull();
  });
});

test.each([
  [1, [], 1],
  [1, [2, 3], 3],
  [1, [3], 1],
  [2, [2, 3, 5], 3],
  [3, [2], 3],
])('from timeline %i, with the histories %j, the newest is %i', (from, histories, newest) => {
  expect(newestTimeline(from, histories)).toBe(newest);
});

/** Segments as `timeline:number`. */
function names(...items: string[]): string[] {
  return items.map((item) => {
    const [timeline, number] = item.split(':').map(Number);
    return segment(number ?? 0, timeline ?? 0);
  });
}

function path(
  present: string[],
  begins: readonly (readonly [timeline: number, begin: string])[],
  start = '1:2',
): { segments: string[]; gap: WalPath['gap'] } {
  const spans = begins.map(([timeline, begin]) => ({ timeline, begin: lsn(begin) }));
  const given = { present: new Set(names(...present)), spans, start: names(start)[0] ?? '', segmentBytes: MB16 };
  const { segments, gap } = walPath(given);
  return { segments: [...segments], gap };
}

describe('walPath on one timeline', () => {
  const ONE = [[1, '0/0']] as const;

  test('goes from the start to the end of the archive, over the end of a log', () => {
    expect(path(['1:254', '1:255', '1:256', '1:257'], ONE, '1:254')).toEqual({
      segments: names('1:254', '1:255', '1:256', '1:257'),
      gap: null,
    });
  });

  test('leaves out what lies before the start, and what is of another timeline', () => {
    expect(path(['1:0', '1:1', '1:2', '2:3', '2:9'], ONE)).toEqual({ segments: names('1:2'), gap: null });
  });

  test.each([
    ['one segment', ['1:2', '1:4', '1:5'], 3, 1, 4],
    ['several', ['1:2', '1:9'], 3, 6, 9],
    ['the first', ['1:3', '1:4'], 2, 1, 3],
    ['two holes: the first counts', ['1:2', '1:4', '1:6'], 3, 1, 4],
  ])('names the gap where there is one: %s', (_, present, firstMissing, missingCount, nextPresent) => {
    expect(path(present, ONE).gap).toEqual({
      firstMissing: segment(firstMissing),
      missingCount,
      nextPresent: segment(nextPresent),
    });
  });

  test('an empty archive has neither segments nor a gap', () => {
    expect(path([], ONE)).toEqual({ segments: [], gap: null });
  });
});

describe('walPath over a fork inside segment 6', () => {
  const FORK = [
    [1, '0/0'],
    [2, '0/6000120'],
  ] as const;

  test('takes the fork segment of the new timeline, which holds the old records as well', () => {
    expect(path(['1:4', '1:5', '1:6', '1:7', '2:6', '2:7'], FORK, '1:4')).toEqual({
      segments: names('1:4', '1:5', '2:6', '2:7'),
      gap: null,
    });
  });

  test('takes that of the old one while the new one is not archived yet', () => {
    expect(path(['1:5', '1:6'], FORK, '1:5')).toEqual({ segments: names('1:5', '1:6'), gap: null });
  });

  test('does not go on along the old timeline past the fork', () => {
    expect(path(['1:5', '1:6', '1:7', '1:8'], FORK, '1:5')).toEqual({ segments: names('1:5', '1:6'), gap: null });
  });

  test('a segment missing after the fork is missing on the new timeline', () => {
    expect(path(['1:5', '2:6', '2:8'], FORK, '1:5').gap).toEqual({
      firstMissing: segment(7, 2),
      missingCount: 1,
      nextPresent: segment(8, 2),
    });
  });

  test('a segment missing before the fork is missing on the old one', () => {
    expect(path(['1:4', '2:6'], FORK, '1:4').gap).toEqual({
      firstMissing: segment(5),
      missingCount: 1,
      nextPresent: segment(6, 2),
    });
  });

  test('a start after the fork knows the new timeline alone', () => {
    expect(path(['2:7', '2:8'], [[2, '0/0']], '2:7')).toEqual({ segments: names('2:7', '2:8'), gap: null });
  });
});

describe('walPath over three timelines', () => {
  test('changes at each fork', () => {
    const spans = [
      [1, '0/0'],
      [2, '0/4000100'],
      [3, '0/6000100'],
    ] as const;
    expect(path(['1:2', '1:3', '1:4', '2:4', '2:5', '2:6', '3:6', '3:7'], spans).segments).toEqual(
      names('1:2', '1:3', '2:4', '2:5', '3:6', '3:7'),
    );
  });

  test('two forks in one segment: the newest that is there is taken, as PostgreSQL does', () => {
    const spans = [
      [1, '0/0'],
      [2, '0/4000100'],
      [3, '0/4000200'],
    ] as const;
    expect(path(['1:2', '1:3', '1:4', '2:4', '3:4', '3:5'], spans).segments).toEqual(names('1:2', '1:3', '3:4', '3:5'));
    expect(path(['1:2', '1:3', '1:4', '2:4'], spans).segments).toEqual(names('1:2', '1:3', '2:4'));
    expect(path(['1:2', '1:3', '1:4'], spans).segments).toEqual(names('1:2', '1:3', '1:4'));
  });
});

test('segments of another size have other names', () => {
  const present = new Set(['000000010000000000000FFF', '000000010000000100000000']);
  const spans = [{ timeline: 1, begin: 0n }];
  const { segments, gap } = walPath({ present, spans, start: '000000010000000000000FFF', segmentBytes: 1024 * 1024 });
  expect([...segments]).toEqual([...present]);
  expect(gap).toBeNull();
});
