import { expect, test } from 'vitest';
import { foreseeFallbacks } from '../../../../src/drill/fallback/foresee.ts';
import { backupSet } from '../../../fixtures/facts.ts';
import { planOf } from '../../../fixtures/plans.ts';
import { preflightOf } from '../../../fixtures/preflight.ts';

const FULL = backupSet({ label: '20261101-000000F', stoppedAt: new Date('2026-11-01T00:00:00Z') });
const NEWER = backupSet({ label: '20261102-000000F', stoppedAt: new Date('2026-11-02T00:00:00Z') });

function foreseen(plan: string, paths: readonly string[]): Record<string, string> {
  const environment = new Map(paths.map((path, index) => [`repo${index + 1}-path`, path]));
  const ready = preflightOf({ backup: NEWER, usable: [FULL, NEWER] });
  const known = {
    plan: planOf(plan),
    config: { entries: [], files: [], sections: [], environment },
    ready,
    repository: 1,
  };
  return Object.fromEntries(foreseeFallbacks(known).map(({ failed, tried }) => [failed, tried]));
}

const PLAN = 'name: orders\nsource: { stanza: main, repo: 1 }\n';

test('says what would be tried for each kind of fault', () => {
  expect(foreseen(`${PLAN}onFailure: fallback\n`, ['/r1', '/r2'])).toEqual({
    'the backup set':
      'set 20261101-000000F of repository 1, to the end of the archive: it shares no file with 20261102-000000F',
    'the repository': 'the newest set of repository 2, to the end of the archive: it is another copy',
    'the data':
      'set 20261101-000000F of repository 1, to the end of the backup: its own end shows whether the data was as it should be at that time',
    'the archive':
      'repository 2, unless it lacks the WAL file as well; else repository 1 up to the last commit before the hole',
  });
});

test('says why nothing would be', () => {
  expect(foreseen(`${PLAN}onFailure: fallback\n`, ['/r1'])).toMatchObject({
    'the repository': 'nothing: no other repository is configured',
    'the archive': 'repository 1 up to the last commit before the hole',
  });
});

test('says nothing of a plan without a fallback', () => {
  expect(foreseen(PLAN, ['/r1', '/r2'])).toEqual({});
});
