import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkChain } from '../../../src/store/ledger/chain.ts';
import { readHistory } from '../../../src/store/past-runs.ts';
import { RunStore } from '../../../src/store/run-store.ts';
import { digestOf } from '../../../src/store/digest.ts';
import type { RunFolder } from '../../../src/store/run-folder.ts';
import { temporaryDirectory } from '../../fixtures/plans.ts';
import { sampleReport } from '../../fixtures/sample-report.ts';

const runId = (count: number): string => `20261129T03${String(count).padStart(4, '0')}Z-00ff`;

function folderOf(reports: string, count: number, drill = 'orders'): RunFolder {
  return new RunStore(reports).folder({
    drill,
    runId: runId(count),
    startedAt: new Date('2026-11-29T03:00:00Z'),
    stanza: 'main',
    trigger: 'on-demand',
    user: 'root',
    host: 'vm',
    schedule: null,
    onlyIfDue: false,
    fallbackOf: null,
  });
}

const reportOf = (count: number, number: number | null) =>
  sampleReport({ drill: 'orders', runId: runId(count), record: { number, keyId: null } });

const chainOf = (reports: string) => checkChain(readFileSync(join(reports, 'ledger.jsonl'), 'utf8'));
const kindsOf = (reports: string): string[] => chainOf(reports).lines.map(({ kind }) => kind);

/** Runs a program with the store, in a process that ends in the middle of a run. */
function killedIn(reports: string, count: number, then: string): void {
  const store = join(import.meta.dirname, '../../../src/store/run-store.ts');
  const script = `
    const { RunStore } = await import(${JSON.stringify(store)});
    const folder = new RunStore(${JSON.stringify(reports)}).folder({ drill: 'orders', runId: '${runId(count)}',
      startedAt: new Date(), stanza: 'main', trigger: 'on-demand', user: 'root', host: 'vm', schedule: null, onlyIfDue: false, fallbackOf: null });
    await folder.begin();
    ${then}
    process.kill(process.pid, 'SIGKILL');`;
  const { signal } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], { stdio: 'inherit' });
  expect(signal).toBe('SIGKILL');
}

test('a run has its report in every form, a manifest over all files, and two lines in the ledger', async () => {
  const reports = temporaryDirectory();
  const folder = folderOf(reports, 1);
  await folder.begin();
  folder.keep('postgresql.log', 'ready\n');
  const { folder: path } = await folder.save(reportOf(1, folder.number));
  const names = readdirSync(path).toSorted();
  expect(names).toEqual(['junit.xml', 'manifest.json', 'postgresql.log', 'report.html', 'report.json', 'report.md']);
  for (const name of names) expect(statSync(join(path, name)).mode & 0o777).toBe(0o600);
  const manifest: unknown = JSON.parse(readFileSync(join(path, 'manifest.json'), 'utf8'));
  const files = names
    .filter((name) => name !== 'manifest.json')
    .map((file) => ({ file, ...digestOf(join(path, file)) }));
  expect(manifest).toEqual({ manifestVersion: 1, drill: 'orders', runId: runId(1), number: 1, files });
  expect(chainOf(reports).lines).toMatchObject([
    { kind: 'opened' },
    { kind: 'begun', run: runId(1), number: 1 },
    {
      kind: 'ended',
      run: runId(1),
      number: 1,
      recorded: 'at-end',
      report: digestOf(join(path, 'report.json')).sha256,
      manifest: digestOf(join(path, 'manifest.json')).sha256,
    },
  ]);
});

test('a run that is killed is on record as lost when the next one begins', async () => {
  const reports = temporaryDirectory();
  killedIn(reports, 1, '');
  expect(readHistory(reports, null).withoutReport).toMatchObject([{ run: runId(1), state: 'begun' }]);
  await folderOf(reports, 2).begin();
  expect(kindsOf(reports)).toEqual(['opened', 'begun', 'lost', 'begun']);
  const killed = readHistory(reports, null).withoutReport.find(({ run }) => run === runId(1));
  expect(killed).toMatchObject({ state: 'lost', number: 1 });
});

test('a run that is killed when its report is there has ended', async () => {
  const reports = temporaryDirectory();
  const file = JSON.stringify(join(reports, 'orders', runId(1), 'report.json'));
  killedIn(
    reports,
    1,
    `(await import('node:fs')).writeFileSync(${file}, ${JSON.stringify(JSON.stringify(reportOf(1, 1)))});`,
  );
  await folderOf(reports, 2).begin();
  expect(chainOf(reports).lines.slice(2)).toMatchObject([
    { kind: 'ended', recorded: 'later', number: 1 },
    { kind: 'begun' },
  ]);
});

test('links that lie where files are to be are not followed', async () => {
  const reports = temporaryDirectory();
  const [folder, elsewhere] = [folderOf(reports, 1), join(temporaryDirectory(), 'elsewhere')];
  await folder.begin();
  symlinkSync(elsewhere, join(folder.path, '.report.json.new'));
  await folder.save(reportOf(1, folder.number));
  expect(existsSync(join(folder.path, 'report.json'))).toBe(true);
  rmSync(join(reports, '.ledger.lock'));
  symlinkSync(elsewhere, join(reports, '.ledger.lock'));
  const next = folderOf(reports, 2);
  await next.begin();
  expect(next.problems()).toMatchObject([
    { code: 'ledger-not-written', message: expect.stringMatching(/is a link/) as string },
  ]);
  expect(existsSync(elsewhere)).toBe(false);
});

test('a run that is under way is left alone by others', async () => {
  const reports = temporaryDirectory();
  const first = folderOf(reports, 1);
  await first.begin();
  await folderOf(reports, 2, 'users').begin();
  expect(kindsOf(reports)).toEqual(['opened', 'begun', 'begun']);
  await first.save(reportOf(1, first.number));
  expect(chainOf(reports).faults).toEqual([]);
});

test('a drill that runs is refused to others, whose folder goes without a trace', async () => {
  const reports = temporaryDirectory();
  const first = folderOf(reports, 1);
  await first.begin();
  const second = folderOf(reports, 2);
  await expect(second.begin()).rejects.toMatchObject({ code: 'busy' });
  await second.discard('busy');
  expect(existsSync(second.path)).toBe(false);
  await first.save(reportOf(1, first.number));
  expect(kindsOf(reports)).toEqual(['opened', 'begun', 'ended']);
  const third = folderOf(reports, 3);
  await third.begin();
  expect(third.number).toBe(2);
});

test('a run that was refused is withdrawn: its folder goes, its number does not', async () => {
  const reports = temporaryDirectory();
  const folder = folderOf(reports, 1);
  await folder.begin();
  await folder.discard('backup-label-unknown');
  expect(existsSync(join(reports, 'orders'))).toBe(false);
  const second = folderOf(reports, 2);
  await second.begin();
  expect(second.number).toBe(2);
  expect(chainOf(reports).lines[2]).toMatchObject({ kind: 'withdrawn', number: 1, code: 'backup-label-unknown' });
  expect(chainOf(reports).faults).toEqual([]);
});

test('a ledger that cannot be written to ends no run; its report says so, once', async () => {
  const reports = temporaryDirectory();
  mkdirSync(join(reports, 'ledger.jsonl'));
  const folder = folderOf(reports, 1);
  await folder.begin();
  expect(folder.number).toBeNull();
  const { report } = await folder.save({ ...reportOf(1, null), reasons: folder.problems() });
  expect(report.reasons.map(({ code }) => code)).toEqual(['ledger-not-written']);
});

test('a ledger that breaks on the way is told of in the report that is saved', async () => {
  const reports = temporaryDirectory();
  const folder = folderOf(reports, 1);
  await folder.begin();
  rmSync(join(reports, 'ledger.jsonl'));
  mkdirSync(join(reports, 'ledger.jsonl'));
  const { report, folder: path } = await folder.save(reportOf(1, folder.number));
  expect(report.reasons.map(({ code }) => code)).toEqual(['ledger-not-written']);
  expect(readFileSync(join(path, 'report.md'), 'utf8')).toContain('ledger-not-written');
});

test('runs of before the ledger are taken in once, the oldest first', async () => {
  const reports = temporaryDirectory();
  const put = (name: string, content: string): void => {
    mkdirSync(join(reports, 'orders', name), { recursive: true });
    writeFileSync(join(reports, 'orders', name, 'report.json'), content);
  };
  put(runId(2), JSON.stringify(reportOf(2, null)));
  put(runId(1), JSON.stringify(reportOf(1, null)));
  put(runId(3), '{"schemaVersion": 1');
  put(runId(4), JSON.stringify(reportOf(9, null)));
  put(runId(5), JSON.stringify({ ...reportOf(5, null), startedAt: 'yesterday' }));
  const store = new RunStore(reports);
  const { taken, left } = await store.adopt();
  expect(taken).toEqual([
    { drill: 'orders', run: runId(1), number: 1 },
    { drill: 'orders', run: runId(2), number: 2 },
  ]);
  expect(left.map(({ run }) => run)).toEqual([runId(3), runId(4), runId(5)]);
  expect((await store.adopt()).taken).toEqual([]);
  expect(chainOf(reports).lines.slice(1)).toMatchObject([{ recorded: 'adopted' }, { recorded: 'adopted' }]);
  expect(chainOf(reports).faults).toEqual([]);
});

test('two drills may begin a run of the same id', async () => {
  const reports = temporaryDirectory();
  for (const drill of ['orders', 'users']) {
    const folder = folderOf(reports, 1, drill);
    await folder.begin();
    expect(folder.number).toBe(1);
    await folder.save({ ...reportOf(1, 1), drill });
  }
  expect(chainOf(reports).faults).toEqual([]);
  expect(readHistory(reports, null).runs.map(({ drill }) => drill)).toEqual(['orders', 'users']);
  expect(readHistory(reports, null)).toMatchObject({ withoutReport: [], unrecorded: [] });
});
