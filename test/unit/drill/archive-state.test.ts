import { describe, expect, test } from 'vitest';
import { requireWal } from '../../../src/drill/archive-state.ts';
import type { BackupSet } from '../../../src/pgbackrest/info.ts';
import { drillErrorOf } from '../../fixtures/errors.ts';
import { backupSet, lsn, segment } from '../../fixtures/facts.ts';
import { listingOf } from '../../fixtures/archive-listing.ts';
import { archiveState } from '../../fixtures/preflight.ts';

const BACKUP = backupSet({ walStart: segment(2), walStop: segment(3) });
const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 21, 2, minute));

interface Given {
  /** The numbers of the segments in the archive; each was archived in the minute of its number. */
  readonly present: readonly number[];
  readonly until?: Parameters<typeof requireWal>[0]['until'];
  readonly backups?: readonly BackupSet[];
  readonly productionArchived?: string;
}

function require({ present, until = { kind: 'end' }, backups = [BACKUP], productionArchived }: Given): void {
  const listing = listingOf(present.map((number) => ({ name: segment(number), archivedAt: at(number) })));
  requireWal({
    state: archiveState(listing),
    backup: BACKUP,
    backups,
    productionArchived: productionArchived ?? null,
    until,
  });
}

test.each<[string, Given]>([
  ['everything is there', { present: [2, 3, 4, 5] }],
  ['older WAL has expired', { present: [0, 2, 3, 4] }],
  ['the archive ends with the backup', { present: [2, 3] }],
  ['production has archived as far', { present: [2, 3, 4], productionArchived: segment(4) }],
  [
    'production is on another timeline, of which nothing can be said',
    { present: [2, 3, 4], productionArchived: segment(9, 2) },
  ],
  ['a gap lies after the LSN', { present: [2, 3, 4, 6], until: { kind: 'segment', number: 4n } }],
  ['a gap lies after the backup, of which alone the end is wanted', { present: [2, 3, 6], until: { kind: 'backup' } }],
  ['what lies after a gap was archived after the time', { present: [2, 3, 4, 6], until: { kind: 'time', at: at(5) } }],
])('nothing is missing when %s', (_, given) => {
  expect(() => require(given)).not.toThrow();
});

test.each<[string, Given, string]>([
  ['the first segment of the backup is gone', { present: [3, 4] }, segment(2)],
  ['the last segment of the backup is gone', { present: [2, 4] }, segment(3)],
  [
    'the last segment of the backup is gone, and only its end is wanted',
    { present: [2], until: { kind: 'backup' } },
    segment(3),
  ],
  ['the whole archive is gone', { present: [] }, segment(2)],
  ['there is a gap', { present: [2, 3, 5] }, segment(4)],
  ['there is a wide gap', { present: [2, 3, 9] }, `${segment(4)} and 4 after it are`],
  ['there is a gap before the LSN', { present: [2, 3, 5, 6], until: { kind: 'segment', number: 6n } }, segment(4)],
  ['the gap is where the LSN lies', { present: [2, 3, 5], until: { kind: 'segment', number: 4n } }, segment(4)],
  [
    'what lies after a gap was archived before the time',
    { present: [2, 3, 5], until: { kind: 'time', at: at(5) } },
    segment(4),
  ],
  [
    'a later backup reaches further than the archive',
    {
      present: [2, 3, 4],
      backups: [
        BACKUP,
        backupSet({ label: 'later', walStart: segment(5), walStop: segment(6), lsnStop: lsn('0/6000100') }),
      ],
    },
    segment(6),
  ],
  ['production has archived further', { present: [2, 3, 4], productionArchived: segment(5) }, segment(5)],
])('WAL is missing when %s', (_, given, named) => {
  const error = drillErrorOf(() => require(given));
  expect(error.code).toBe('wal-missing');
  expect(error.message).toContain(named);
});

describe('the end of the archive counts only where recovery goes to it', () => {
  test.each<[string, Given['until']]>([
    ['the end of the backup', { kind: 'backup' }],
    ['an LSN', { kind: 'segment', number: 3n }],
    ['a time', { kind: 'time', at: at(3) }],
  ])('not for %s', (_, until) => {
    expect(() =>
      require({ present: [2, 3], productionArchived: segment(9), ...(until ? { until } : {}) }),
    ).not.toThrow();
  });
});
