import { describe, expect, test } from 'vitest';
import {
  overridesOf,
  refuseConflicts,
  seedOf,
  wordsOf,
  type PlanOptions,
} from '../../../../src/cli/plans/plan-options.ts';

function pathsOf(options: PlanOptions, planGiven = true): Record<string, unknown> {
  return Object.fromEntries(overridesOf(options, planGiven, 2).map(({ path, value }) => [path.join('.'), value]));
}

describe('overridesOf', () => {
  test('nothing is overridden without options', () => {
    expect(overridesOf({}, true, 0)).toEqual([]);
  });

  test('options alone make a local drill that is named after its stanza', () => {
    expect(pathsOf({ stanza: 'main db' }, false)).toMatchObject({
      name: 'main-db',
      'source.stanza': 'main db',
      'sandbox.kind': 'local',
    });
  });

  test('each option goes to its place in the plan', () => {
    expect(
      pathsOf({
        stanza: 'main',
        config: '/c',
        repo: '2',
        backup: 'oldest',
        processMax: '4',
        sandbox: 'local',
        scratch: '/s',
        reuse: true,
        rto: '30m',
        rpo: '5m',
        reports: 'r',
      }),
    ).toEqual({
      'source.stanza': 'main',
      'source.config': expect.stringContaining('/c'),
      'source.repo': 2,
      'source.backup': 'oldest',
      'source.processMax': 4,
      'sandbox.kind': 'local',
      'sandbox.scratch': expect.stringContaining('/s'),
      'sandbox.reuse': true,
      'objectives.rto': '30m',
      'objectives.rpo': '5m',
      reports: expect.stringContaining('r'),
    });
  });

  test('several repositories are a list, and what is no number is left for the schema to refuse', () => {
    expect(pathsOf({ repo: '1, 2' })).toEqual({ 'source.repo': [1, 2] });
    expect(pathsOf({ repo: 'first', processMax: 'all' })).toEqual({
      'source.repo': 'first',
      'source.processMax': 'all',
    });
  });

  test('queries of options follow the checks of the plan', () => {
    const paths = pathsOf({ checkSql: ['select true', 'select false'] });
    expect(paths).toMatchObject({ 'checks.2': { sql: 'select true' }, 'checks.3': { sql: 'select false' } });
  });

  test.each<[PlanOptions, unknown]>([
    [{ targetTime: ['-15m'] }, { time: '-15m' }],
    [{ targetTime: ['-15m', '-10m'] }, { ladder: ['-15m', '-10m'] }],
    [
      { targetTime: ['-15m', '-10m'], targetTimeline: '2' },
      { ladder: ['-15m', '-10m'], timeline: 2 },
    ],
    [{ targetLsn: '0/3000148' }, { lsn: '0/3000148' }],
    [{ targetXid: '800' }, { xid: '800' }],
    [{ targetName: 'before' }, { name: 'before' }],
    [{ targetImmediate: true }, 'immediate'],
    [{ standby: true }, { standby: true }],
    [{ latest: true }, { latest: true }],
    [{ targetTimeline: '3' }, { latest: true, timeline: 3 }],
    [
      { targetName: 'before', targetTimeline: 'current' },
      { name: 'before', timeline: 'current' },
    ],
  ])('%o is the target %o', (options, target) => {
    expect(pathsOf(options)).toEqual({ target });
  });
});

describe('refuseConflicts', () => {
  test('one target, or none, is fine', () => {
    expect(() => refuseConflicts({})).not.toThrow();
    expect(() => refuseConflicts({ targetTime: ['-15m'], targetTimeline: '2' })).not.toThrow();
  });

  test('names all that cannot be used together', () => {
    expect(() => refuseConflicts({ targetTime: ['-15m'], targetLsn: '0/1', latest: true })).toThrow(
      '--target-time, --target-lsn and --latest cannot be used together',
    );
  });

  test('the end of the backup has no timeline to follow', () => {
    expect(() => refuseConflicts({ targetImmediate: true, targetTimeline: '2' })).toThrow('--target-timeline');
  });
});

test('options become words again, each once, whatever is in them', () => {
  const options: PlanOptions = {
    stanza: 'main',
    name: 'other',
    targetTime: ['-15m'],
    reuse: true,
    checkSql: ['select 1', 'select true, "x"'],
    seed: 'c',
  };
  expect(wordsOf(options)).toEqual([
    '--stanza=main',
    '--name=other',
    '--seed=c',
    '--target-time=-15m',
    '--reuse',
    '--check-sql=select 1',
    '--check-sql=select true, "x"',
  ]);
  expect(wordsOf({})).toEqual([]);
});

test.each(['', 'two words', 'a'.repeat(65)])('"%s" is no seed', (seed) => {
  expect(() => seedOf({ seed })).toThrow('--seed');
});
