import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { DrillReport } from '../../../../src/report/report.ts';
import { endedEntry } from '../../../../src/store/ledger/entries.ts';
import { Ledger } from '../../../../src/store/ledger/ledger.ts';
import { RunStore } from '../../../../src/store/run-store.ts';
import { temporaryDirectory } from '../../../fixtures/plans.ts';
import { runEndedIn, sampleCopy, sampleReport } from '../../../fixtures/sample-report.ts';

const runId = (count: number): string => `20261129T${String(count).padStart(6, '0')}Z-00ff`;
const NOW = sampleReport({ runId: runId(999_999) });

/** A ledger of some reports, the oldest first. */
async function storeOf(reports: readonly DrillReport[]): Promise<RunStore> {
  const directory = temporaryDirectory();
  await new Ledger(directory).append(() =>
    reports.map((report, index) =>
      endedEntry(
        { ...report, runId: runId(index) },
        { number: index + 1, recorded: 'adopted', report: '0'.repeat(64), manifest: null, key: null },
      ),
    ),
  );
  return new RunStore(directory);
}

const took = (measuredMs: number, changes: Partial<DrillReport> = {}): DrillReport =>
  sampleReport({ rto: { ...NOW.rto, measuredMs }, ...changes });

test('the last passed runs come with their figures, the newest first, and no more than were asked for', async () => {
  const store = await storeOf([1, 2, 3, 4].map((ms) => took(ms)));
  const found = await store.figuresBefore(NOW, 3);
  expect(found.map(({ rtoMs }) => rtoMs)).toEqual([4, 3, 2]);
  expect(found[0]).toMatchObject({ restoredBytes: 48_318_382_080, walBytes: 167_772_160 });
  expect(found[0]?.phases).toMatchObject({ restore: 540_000, recover: 180_500 });
  const before = await store.figuresBefore({ ...NOW, runId: runId(2) }, 9);
  expect(before.map(({ rtoMs }) => rtoMs)).toEqual([2, 1]);
});

test('of two runs of one second the later one is the last, whatever their ids are', async () => {
  const copies = [sampleCopy({ key: 1, thisRun: true })];
  const begun = (time: string, verdict: DrillReport['verdict']): DrillReport =>
    took(1, { copies, verdict, startedAt: `2026-11-29T02:42:${time}Z` });
  // Their ids rise in this order.
  const store = await storeOf([begun('24.900', 'failed'), begun('24.100', 'passed')]);
  const { source } = NOW;
  const about = {
    stanza: source.stanza,
    systemId: null,
    before: { runId: runId(0), startedAt: '2026-11-29T02:42:24.950Z' },
  };
  const [past] = await store.pastOf(copies, about);
  expect(past?.last).toMatchObject({ runId: runId(0), verdict: 'failed' });
  const [between] = await store.pastOf(copies, {
    ...about,
    before: { runId: runId(0), startedAt: '2026-11-29T02:42:24.500Z' },
  });
  expect(between).toMatchObject({ last: { runId: runId(1) }, lastFailed: null });
});

test('a directory without a ledger knows of none, nor does one whose ledger cannot be read', async () => {
  const directory = temporaryDirectory();
  const store = new RunStore(directory);
  expect(await store.figuresBefore(NOW, 6)).toEqual([]);
  mkdirSync(join(directory, 'ledger.jsonl'));
  expect(await store.figuresBefore(NOW, 6)).toEqual([]);
  const copy = { key: 1, type: 'posix', host: null, location: '/r1' };
  const about = { stanza: 'main', systemId: null, before: NOW };
  expect(await store.pastOf([copy], about)).toEqual([{ last: null, lastPassed: null, lastFailed: null }]);
  expect(() => store.list(null)).toThrow(/the ledger .*ledger\.jsonl cannot be read: it is no file/);
});

describe('a run is compared with its like alone: left out is', () => {
  const { source, target, sandbox, restore } = NOW;
  test.each<[string, DrillReport]>([
    ['one that failed', runEndedIn('recover')],
    ['one that failed after it had come to its target', took(7, { verdict: 'failed' })],
    ['one of another drill', took(7, { drill: 'users' })],
    ['one of another stanza', took(7, { source: { ...source, stanza: 'other' } })],
    ['one of a cluster of before', took(7, { source: { ...source, postgres: { version: '16', systemId: '1' } } })],
    ['one of another copy', took(7, { copies: [sampleCopy({ thisRun: true })] })],
    ['one to another kind of target', took(7, { target: { ...target, type: 'immediate' } })],
    ['one in another kind of sandbox', took(7, { sandbox: { ...sandbox, kind: 'docker' } })],
    ['one that reused data', took(7, { restore: restore && { ...restore, start: 'delta' } })],
  ])('%s', async (_, other) => {
    const store = await storeOf([took(5), other, took(6)]);
    const found = await store.figuresBefore(NOW, 6);
    expect(found.map(({ rtoMs }) => rtoMs)).toEqual([6, 5]);
  });
});
