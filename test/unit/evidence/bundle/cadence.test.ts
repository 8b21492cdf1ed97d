import { expect, test } from 'vitest';
import type { BundledRun } from '../../../../src/evidence/bundle/bundled-run.ts';
import { keptSchedule, stretchesWithout } from '../../../../src/evidence/bundle/cadence.ts';
import { dueWords, keptWords, missedInARow } from '../../../../src/evidence/bundle/words.ts';
import { controlOf } from '../../../../src/evidence/bundle/controls.ts';
import { dueAfter } from '../../../../src/schedule/due.ts';
import { readSchedule } from '../../../../src/schedule/schedule.ts';

const MARCH = { from: '2026-03-01T00:00:00.000Z', until: '2026-04-01T00:00:00.000Z' };

const weekly = {
  drill: 'orders',
  schedule: '0 3 * * 0',
  dueAfter: (moment: string) =>
    dueAfter(readSchedule({ cron: '0 3 * * 0', timezone: 'UTC' }), new Date(moment))?.toISOString() ?? null,
};

function run(startedAt: string, outcome: BundledRun['outcome'] = 'passed'): BundledRun {
  return {
    drill: 'orders',
    run: '',
    number: 1,
    startedAt,
    outcome,
    ended: null,
    report: null,
    reviews: [],
    isSigned: false,
  };
}

const LONG_AGO = '2025-01-01T00:00:00.000Z';

/** The Sundays of March 2026. */
const SUNDAYS = ['01', '08', '15', '22', '29'].map((day) => `2026-03-${day}T03:00:04.000Z`);

test('a schedule that was kept', () => {
  const kept = keptSchedule(
    weekly,
    SUNDAYS.map((at) => run(at)),
    MARCH,
    LONG_AGO,
  );
  expect(kept).toEqual({ due: 5, ran: 5, passed: 5, missed: [], since: null });
});

test('a run that is missing is missed, one that failed and was repeated is not', () => {
  const runs = [
    run(SUNDAYS[0] ?? ''),
    run(SUNDAYS[1] ?? '', 'failed'),
    run('2026-03-09T10:00:00.000Z'),
    run(SUNDAYS[3] ?? ''),
  ];
  expect(keptSchedule(weekly, [...runs, run(SUNDAYS[4] ?? '', 'inconclusive')], MARCH, LONG_AGO)).toEqual({
    due: 5,
    ran: 4,
    passed: 3,
    missed: [
      { turn: 2, at: '2026-03-15T03:00:00.000Z', ran: false },
      { turn: 4, at: '2026-03-29T03:00:00.000Z', ran: true },
    ],
    since: null,
  });
});

test('a run that was refused for what was typed is none', () => {
  expect(keptSchedule(weekly, [run(SUNDAYS[0] ?? '', 'refused')], MARCH, LONG_AGO)?.ran).toBe(0);
});

test('what was due before the first run of all was not missed', () => {
  const first = '2026-03-20T10:00:00.000Z';
  const runs = [run(first), run(SUNDAYS[3] ?? '')];
  expect(keptSchedule(weekly, runs, MARCH, first)).toMatchObject({ due: 2, ran: 1, passed: 1, since: first });
});

test('a drill that never ran has kept nothing', () => {
  expect(keptSchedule(weekly, [], MARCH, null)).toBeNull();
  expect(keptWords(null)).toEqual([{ tone: 'bad', mark: 'never ran' }]);
});

test('what was missed in a row is told as one', () => {
  const runs = [run(SUNDAYS[0] ?? ''), run(SUNDAYS[4] ?? '', 'failed')];
  const kept = keptSchedule(weekly, runs, MARCH, LONG_AGO);
  expect(missedInARow(kept ?? { missed: [] }).map(dueWords)).toEqual([
    'due 3 times from 2026-03-08 03:00 UTC to 2026-03-22 03:00 UTC',
    'due 2026-03-29 03:00 UTC',
  ]);
});

test('what was due at the very end of the period may run after it', () => {
  const shorter = { ...MARCH, until: '2026-03-29T03:30:00.000Z' };
  expect(
    keptSchedule(
      weekly,
      SUNDAYS.slice(0, 4).map((at) => run(at)),
      shorter,
      LONG_AGO,
    ),
  ).toMatchObject({ due: 4, missed: [] });
});

test('times without a passed run, the longest first', () => {
  const passed = ['2026-03-21T00:00:00.000Z', '2026-03-11T00:00:00.000Z'];
  expect(stretchesWithout(passed, MARCH, null).map(({ days }) => days)).toEqual([11, 10, 10]);
  expect(stretchesWithout(passed, MARCH, '2026-01-10T00:00:00.000Z')[0]).toEqual({
    from: '2026-01-10T00:00:00.000Z',
    until: '2026-03-11T00:00:00.000Z',
    days: 60,
  });
  expect(stretchesWithout([], MARCH, null).map(({ days }) => days)).toEqual([31]);
});

test.each([
  ['SOC2-A1.3', 'integrity and completeness', null],
  ['soc2 a1.3', 'integrity and completeness', null],
  ['ISO27001-A.8.13', 'backups are tested regularly', null],
  ['ISO/IEC 27001:2022 A.5.30', 'readiness', null],
  ['NIST-CP-9(1)', 'reliability', null],
  ['NIST 800-53 CP-4', 'contingency', null],
  ['CP-10', 'known state', null],
  ['HIPAA-164.308(a)(7)(ii)', 'revised', null],
  ['DORA-Art.12', 'segregated', 366],
  ['DORA Article 12', 'segregated', 366],
  ['NIS2-4.2', 'on record', null],
  ['CIS-11.5', 'each quarter', 92],
  ['CIS v8 11.5', 'each quarter', 92],
])('what %s asks is known', (id, words, withinDays) => {
  expect(controlOf(id)?.asks).toContain(words);
  expect(controlOf(id)?.withinDays).toBe(withinDays);
});

test.each(['BCP-7', '', 'constructor', 'PCI-DSS-12.10', 'SOC2-A1.33'])('what "%s" asks is not', (id) => {
  expect(controlOf(id)).toBeNull();
});
