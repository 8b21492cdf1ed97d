import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, inject } from 'vitest';
import { AT_ONCE, Cluster, makeTestDirectory } from '../fixtures/cluster.ts';
import { command, drill, leftovers, startDrill, workspace, writePlan } from '../fixtures/drill.ts';
import { Feed } from '../fixtures/feed.ts';
import { HELD, letGo } from '../fixtures/held-check.ts';
import { sampleReport } from '../fixtures/sample-report.ts';
import { untilVerifying } from '../fixtures/until.ts';
import { claim, trial } from './trial.ts';

const golden = inject('golden');
const HELD_CHECK = ['--check-sql', HELD];

claim('C11', async () => {
  for (const [status, code] of [
    [137, 'process-killed'],
    [127, 'sandbox-failed'],
  ] as const) {
    const feed = new Feed([['000000010000000000000001', 'a'.repeat(40)]]).breaks('000000010000000000000001', status);
    const { exitCode, delivered } = await feed.get('000000010000000000000001');
    expect({ exitCode, delivered, code: feed.journal().refused?.code }).toEqual({
      exitCode: 254,
      delivered: null,
      code,
    });
  }
});

claim('F1', async () => {
  const directory = makeTestDirectory('many');
  const bin = join(directory, 'bin');
  mkdirSync(bin);
  // In the very form of repo-ls (pgBackRest 2.45 to 2.60): one line, an entry a file.
  const script = `#!/bin/sh
case " $* " in
  *" repo-get "*) exec printf '1\\tFF/0\\tno recovery target specified\\n' ;;
  *" --recurse "*) ;;
  *) exec echo '{}' ;;
esac
exec awk 'BEGIN {
  printf "{\\".\\":{\\"type\\":\\"path\\"},\\"00000002.history\\":{\\"type\\":\\"file\\",\\"size\\":42,\\"time\\":1795000000}"
  for (n = 0; n < 1000000; n += 1) {
    name = sprintf("00000001%08X%08X", n / 256, n % 256)
    printf ",\\"%s/%s-%040x.zst\\":{\\"type\\":\\"file\\",\\"size\\":1561488,\\"time\\":%d}", substr(name, 1, 16), name, n, 1795000000 + n
  }
  printf "}"
}'
`;
  writeFileSync(join(bin, 'pgbackrest'), script);
  chmodSync(join(bin, 'pgbackrest'), 0o755);
  const lister = join(import.meta.dirname, '../fixtures/list-many.ts');
  // When the garbage goes is Node's choice: what is kept is told by a heap that is too small for a million objects.
  const heap = ['--max-old-space-size=32', '--max-semi-space-size=1'];
  const { stdout, stderr } = spawnSync(process.execPath, [...heap, lister, '0000000100000F420000003F'], {
    env: { ...process.env, PATH: `${bin}:${process.env['PATH'] ?? ''}` },
    encoding: 'utf8',
  });
  rmSync(directory, { recursive: true });
  const seen: unknown = JSON.parse(stdout || JSON.stringify({ stderr }));
  expect(seen).toMatchObject({
    count: 1_000_000,
    last: (999_999).toString(16).padStart(40, '0'),
    histories: [2],
    onPath: [999_999, 999_998],
  });
  // What is outside of the heap: the program itself, and the buffers that hold the list.
  expect((seen as { megabytes: number }).megabytes).toBeLessThan(200);
  return Promise.resolve();
});

claim('F2', async () => {
  const place = workspace();
  const check = sampleReport().checks[0];
  if (!check) throw new Error('the sample has a check');
  const report = sampleReport({ checks: Array.from({ length: 100 }, () => check) });
  for (let run = 0; run < 3000; run += 1) {
    const runId = `20261121T${String(run).padStart(6, '0')}Z-3f9a`;
    const folder = join(place.reports, 'orders', runId);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'report.json'), JSON.stringify({ ...report, runId }));
  }
  expect((await command(place, ['evidence', 'adopt', '--reports', place.reports])).status).toBe(0);
  const measured = join(place.root, 'measured');
  const program = inject('program');
  // The kernel's maximum for getrusage is also that of the process which this one was forked from.
  const measure = `process.on('exit', () => { const fs = require('node:fs');
    fs.writeFileSync(${JSON.stringify(measured)}, /VmHWM:\\s+(\\d+)/.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1]); })`;
  const preload = join(place.root, 'measure.cjs');
  writeFileSync(preload, measure);
  const words = ['--require', preload, program, 'history', '--all', '--reports', place.reports];
  const text = execFileSync(process.execPath, words, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  expect(text.match(/-3f9a$/gm)).toHaveLength(3000);
  expect(Number(readFileSync(measured, 'utf8')) / 1024).toBeLessThan(200);
});

claim('F4', async () => {
  const place = workspace();
  const run = startDrill(place, HELD_CHECK);
  await untilVerifying(place);
  run.kill('SIGHUP');
  const ended = await run.finished;
  expect(ended).toMatchObject({ status: 129, report: { verdict: 'cancelled' } });
  expect(existsSync(join(ended.folder, 'report.md'))).toBe(true);
  expect(leftovers(place)).toEqual([]);
});

trial('F6', async () => {
  const place = workspace();
  const run = startDrill(place, ['--check-sql', 'select count(*) > 0 from pg_class, pg_sleep(10)']);
  await untilVerifying(place);
  const [directory = ''] = leftovers(place).map((name) => join(place.scratch, name));
  rmSync(join(directory, 'data'), { recursive: true, force: true });
  rmSync(join(directory, 'conf'), { recursive: true, force: true });
  return run.finished;
});

trial('D9', async () => {
  const place = workspace();
  const run = startDrill(place, HELD_CHECK);
  await untilVerifying(place);
  rmSync(place.reports, { recursive: true });
  writeFileSync(place.reports, 'no directory');
  letGo(place);
  const ended = await run.finished;
  const said = ended.report?.reasons.find(({ code }) => code === 'report-elsewhere')?.message ?? '';
  const elsewhere = /the report is in (\S+)/.exec(said)?.[1] ?? '';
  expect(readdirSync(elsewhere)).toContain('report.json');
  rmSync(elsewhere, { recursive: true });
  return ended;
});

claim('D10', async () => {
  const place = workspace();
  const refused = await drill(place, '--backup', '20010101-000000F');
  expect(refused.status).toBe(2);
  expect(readdirSync(place.reports).filter((name) => !name.includes('ledger'))).toEqual([]);
  expect(readFileSync(join(place.reports, 'ledger.jsonl'), 'utf8')).toContain('"kind":"withdrawn"');
  const { stdout } = await command(place, ['history', '--reports', place.reports]);
  expect(stdout).toContain('No runs');
});

trial('D11', () => {
  const place = workspace();
  const checks = [{ name: 'patient', sql: 'select pg_sleep(1) is not null', timeout: '60d' }];
  return drill(place, writePlan(place, 'patient', { checks }));
});

trial('D16', async () => {
  const root = makeTestDirectory('bundles');
  const cluster = await Cluster.create({ root, global: [`repo1-path=${root}/repo1`, 'repo1-bundle=y', AT_ONCE] });
  await cluster.backup('full');
  await cluster.stop();
  const [bundle = ''] = globSync('repo1/backup/shop/*F/bundle/1', { cwd: root });
  truncateSync(join(root, bundle), 40_000);
  const place = { ...workspace(golden), repo: join(root, 'repo1'), config: cluster.config };
  const run = await drill(place);
  rmSync(root, { recursive: true });
  return run;
});
