import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findDivergence } from '../../../../src/drill/preflight/divergence.ts';
import { LocalHost } from '../../../../src/host/local-host.ts';
import { currentUser } from '../../../../src/host/run-user.ts';
import { SegmentTable } from '../../../../src/pgbackrest/segment-table.ts';
import { temporaryDirectory } from '../../../fixtures/plans.ts';

const host = new LocalHost({ user: currentUser(), fence: null, env: {} });
const FOUR = '000000010000000000000004';
const FIVE = '000000010000000000000005';

interface Case {
  /** The files in pg_wal with their content, and those in archive_status. */
  readonly wal: Readonly<Record<string, string>>;
  readonly status?: readonly string[];
  readonly archived: Readonly<Record<string, string>>;
  readonly isRunning?: boolean;
}

async function parted({ wal, status = [], archived, isRunning = true }: Case): Promise<string | null> {
  const path = temporaryDirectory();
  mkdirSync(join(path, 'pg_wal/archive_status'), { recursive: true });
  for (const [name, content] of Object.entries(wal)) writeFileSync(join(path, 'pg_wal', name), content);
  for (const name of status) writeFileSync(join(path, 'pg_wal/archive_status', name), '');
  const segments = new SegmentTable();
  for (const [name, content] of Object.entries(archived))
    segments.add(name, createHash('sha1').update(content).digest('hex'), 0);
  const production = { path, timeline: 1, archived: null, isRunning, checkpointAt: null };
  return (await findDivergence(host, [production], { segments }, 16 * 1024 ** 2))?.segment ?? null;
}

test.each<[string, Case]>([
  ['the same content', { wal: { [FOUR]: 'a', [FIVE]: 'unfinished' }, archived: { [FOUR]: 'a' } }],
  ['nothing in common', { wal: { [FIVE]: 'b' }, archived: { [FOUR]: 'a' } }],
  [
    'another timeline',
    { wal: { '000000020000000000000004': 'b' }, archived: { '000000020000000000000004': 'a', [FOUR]: 'a' } },
  ],
  ['unfinished where nothing runs', { wal: { [FOUR]: 'b' }, archived: { [FOUR]: 'a' }, isRunning: false }],
])('%s: not parted', async (_, given) => {
  expect(await parted(given)).toBeNull();
});

test.each<[string, Case]>([
  ['other content that waits', { wal: { [FOUR]: 'b' }, status: [`${FOUR}.ready`], archived: { [FOUR]: 'a' } }],
  [
    'other content that waits where nothing runs',
    { wal: { [FOUR]: 'b' }, status: [`${FOUR}.ready`], archived: { [FOUR]: 'a' }, isRunning: false },
  ],
  ['unfinished where it runs: production is behind the archive', { wal: { [FOUR]: 'b' }, archived: { [FOUR]: 'a' } }],
])('%s: parted', async (_, given) => {
  expect(await parted(given)).toBe(FOUR);
});
