import { describe, expect, test } from 'vitest';
import { STEPS, type Failed } from '../../../../src/drill/fallback/steps.ts';
import type { BackupSet } from '../../../../src/pgbackrest/info.ts';
import { formatLsn } from '../../../../src/postgres/lsn.ts';
import { listingOf } from '../../../fixtures/archive-listing.ts';
import { backupSet, lsn, segment } from '../../../fixtures/facts.ts';
import { archiveState, preflightOf } from '../../../fixtures/preflight.ts';

/** A set of a day of November, which began and ended in the segment of that number. */
function setOf(day: number, changes: Partial<BackupSet> = {}): BackupSet {
  const label = changes.type === 'incr' ? `incr${day}` : `full${day}`;
  const stoppedAt = new Date(Date.UTC(2026, 10, day));
  const own = { walStart: segment(day), walStop: segment(day), lsnStop: lsn(`0/${day.toString(16)}000100`) };
  return backupSet({ label, stoppedAt, ...own, ...changes });
}

const FULL2 = setOf(2);
const FULL4 = setOf(4);
const INCR5 = setOf(5, { type: 'incr', reference: ['full4'] });
const INCR6 = setOf(6, { type: 'incr', reference: ['full4', 'incr5'] });
const SETS = [FULL2, FULL4, INCR5, INCR6];

interface Given extends Partial<Omit<Failed, 'plan' | 'ready'>> {
  readonly usable?: readonly BackupSet[];
  readonly backup?: BackupSet;
  /** The segments of the archive. */
  readonly present?: readonly number[];
  readonly target?: Failed['plan']['target'];
  readonly asked?: number | null;
  readonly anyway?: readonly number[];
  readonly elsewhere?: readonly (readonly [number, boolean])[];
  readonly setsElsewhere?: readonly BackupSet[];
}

function failed(given: Given = {}): Failed {
  const { usable = SETS, backup = usable.at(-1) ?? FULL2, present = [2, 3, 4, 5, 6, 7, 8, 9], ...more } = given;
  const { target = { type: 'latest' }, asked = 1, anyway = [], elsewhere = [], setsElsewhere = [] } = more;
  const listing = listingOf(present.map((number) => ({ name: segment(number) })));
  const follow = archiveState(listing);
  const source = { stanza: 'main', config: null, repo: asked, backup: 'latest', processMax: null };
  return {
    plan: { source, target, timeline: 'latest', fallback: { drilledAnyway: anyway } },
    repo: given.repo === undefined ? 1 : given.repo,
    others: given.others ?? [2],
    ready: preflightOf({
      backup,
      usable,
      setsElsewhere,
      walElsewhere: new Map(elsewhere),
      follow: () => follow,
    }),
    walFile: given.walFile ?? null,
  };
}

describe('another set', () => {
  test('is the newest that shares no file with the one that failed', () => {
    expect(STEPS['other-set'](failed())).toMatchObject({ repo: 1, backup: 'full2', target: { type: 'latest' } });
  });

  test('may be a newer one, where an old one failed', () => {
    expect(STEPS['other-set'](failed({ backup: FULL2 }))).toMatchObject({ backup: 'incr6' });
  });

  test('is none where all are built on one; then it is the one that shares the fewest', () => {
    const given = failed({ usable: [FULL4, INCR5, INCR6] });
    expect(STEPS['other-set'](given)).toContain('repository 1 holds no other set that shares no file');
    expect(STEPS['related-set'](given)).toMatchObject({ backup: 'full4' });
    expect(STEPS['related-set'](failed({ usable: [FULL4] }))).toContain('no other set');
  });

  test('goes to the position that was drawn for a random target', () => {
    const given = failed({ target: { type: 'random', withinMs: 1 } });
    const ready = { ...preflightOf(), ...given.ready, target: { type: 'lsn', lsn: 5n } } as const;
    expect(STEPS['other-set']({ ...given, ready })).toMatchObject({ target: { type: 'lsn', lsn: 5n } });
  });
});

describe('another repository', () => {
  test('is the first one that may serve', () => {
    expect(STEPS['other-repository'](failed())).toMatchObject({ repo: 2, backup: 'latest' });
  });

  test('is one that holds the file before one that nobody could ask, and none that lacks it', () => {
    const given = { walFile: segment(8), others: [2, 3, 4] };
    const known = [
      [2, false],
      [4, true],
    ] as const;
    expect(STEPS['other-repository'](failed({ ...given, elsewhere: known }))).toMatchObject({ repo: 4 });
    expect(STEPS['other-repository'](failed({ ...given, elsewhere: known.slice(0, 1) }))).toMatchObject({ repo: 3 });
    const lacking = failed({ ...given, others: [2], elsewhere: known.slice(0, 1) });
    expect(STEPS['other-repository'](lacking)).toContain(segment(8));
  });

  test.each<[string, Given, RegExp]>([
    ['none is configured', { others: [] }, /no other repository is configured/],
    ['the plan drills it anyway', { anyway: [2] }, /the plan drills repository 2 anyway/],
    ['it was asked and has no set of the cluster', { asked: null }, /holds a backup set of this cluster/],
    ['nobody knows which one failed', { repo: null }, /settle on a repository/],
  ])('is none: %s', (_, given, why) => {
    expect(STEPS['other-repository'](failed(given))).toMatch(why);
  });

  test('was asked, and has a set', () => {
    const given = failed({ asked: null, setsElsewhere: [setOf(3, { repo: 2 })] });
    expect(STEPS['other-repository'](given)).toMatchObject({ repo: 2 });
  });
});

function before(present: readonly number[], hole: number, usable = SETS) {
  return STEPS['before-the-hole'](failed({ present, walFile: segment(hole), usable }));
}

describe('before the hole', () => {
  test('is the last commit in the segment before it, from the newest set', () => {
    const found = before([2, 3, 4, 5, 6, 7, 9], 8);
    expect(found).toMatchObject({
      backup: 'incr6',
      target: { type: 'lsn', lastCommitIn: segment(7) },
      timeline: 'latest',
    });
    expect(typeof found === 'object' && 'lsn' in found.target && formatLsn(found.target.lsn)).toBe('0/7000000');
  });

  test('is the end of a set behind which the hole begins', () => {
    expect(before([2, 3, 4, 5, 6, 8], 7)).toMatchObject({
      backup: 'incr6',
      target: { type: 'immediate' },
      timeline: 'current',
    });
  });

  test('is from an older set where the newest lacks its own WAL', () => {
    expect(before([2, 3, 4, 5, 7], 6)).toMatchObject({ backup: 'incr5', target: { type: 'immediate' } });
  });

  test('does not matter to a set that begins behind it', () => {
    expect(before([2, 4, 5, 6, 7], 3)).toMatchObject({ backup: 'incr6', target: { type: 'latest' } });
  });

  test('is nothing where no set becomes consistent, or nobody knows where the hole is', () => {
    expect(before([7], 2, [FULL2])).toContain('becomes consistent');
    expect(STEPS['before-the-hole'](failed())).toContain('not known');
    expect(STEPS['before-the-hole'](failed({ walFile: '00000002.history' }))).toContain('00000002.history');
  });
});

describe('earlier data', () => {
  test('is that of the set before, at its own end', () => {
    expect(STEPS['earlier-data'](failed())).toMatchObject({ backup: 'incr5', target: { type: 'immediate' } });
  });

  test('is none without an older set, or where the target was chosen', () => {
    expect(STEPS['earlier-data'](failed({ usable: [FULL2] }))).toContain('no older set');
    expect(STEPS['earlier-data'](failed({ target: { type: 'lsn', lsn: 1n } }))).toContain('end of the archive');
  });
});

test('the end of the archive, where the target lies behind it', () => {
  const given = failed({ target: { type: 'lsn', lsn: 1n } });
  expect(STEPS['end-of-archive'](given)).toMatchObject({ repo: 1, backup: 'incr6', target: { type: 'latest' } });
});
