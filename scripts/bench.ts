import { execFileSync, spawnSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { newestPostgres } from '../src/demo/newest-postgres.ts';
import { measure } from './bench/measure.ts';
import { Cluster, makeOwnDirectory, makeTestDirectory, must, production } from '../test/fixtures/cluster.ts';

/**
 * `npm run bench`: the drill beside what it replaces, in one run on one machine; compiled, as users have it. Prints Markdown. Options, by environment:
 * BENCH_SCALE (pgbench scale, 100), BENCH_FILES (relations of the many-files cluster, 50000), BENCH_RUNS (9).
 */
const SCALE = Number(process.env['BENCH_SCALE'] ?? 100);
const FILES = Number(process.env['BENCH_FILES'] ?? 50_000);
const RUNS = Number(process.env['BENCH_RUNS'] ?? 9);
const PROCESSES = cpus().length;
const PACKAGE = makeTestDirectory('bench-package');
const MAIN = join(PACKAGE, 'bin/drill.js');
/** Of the user who drills alone: a scratch directory below one of production's user is refused. */
const DRILLS = makeOwnDirectory('bench-drills');
const { directory: BIN } = await newestPostgres(production);

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const note = (text: string): void => void process.stderr.write(`${text}\n`);

/** The careful script that a person would write: restore, start, wait until out of recovery, one query, stop, remove. */
function handScript(cluster: Cluster, directory: string): string {
  const data = `${directory}/data`;
  return `#!/bin/bash
set -euo pipefail
umask 077
done_with() { echo "stage $1 $EPOCHREALTIME"; }
done_with start
pgbackrest --config=${directory}/pgbackrest.conf --stanza=${cluster.stanza} --pg1-path=${data} --archive-mode=off --process-max=${PROCESSES} --log-level-console=off --log-level-file=off restore
done_with restore
cat > ${directory}/postgresql.conf <<CONF
shared_buffers = 128MB
archive_mode = off
listen_addresses = ''
unix_socket_directories = '${directory}'
port = 29999
max_connections = 20
max_wal_size = 4GB
CONF
${BIN}/pg_ctl start -s -W -D ${data} -l ${directory}/log -o "-c config_file=${directory}/postgresql.conf -c hba_file=${data}/pg_hba.conf -c ident_file=${data}/pg_ident.conf"
until [ "$(${BIN}/psql -h ${directory} -p 29999 -U postgres -XAtc 'select not pg_is_in_recovery()' postgres 2>/dev/null)" = t ]; do sleep 0.05; done
done_with recover
${BIN}/psql -h ${directory} -p 29999 -U postgres -XAtc 'select count(*) > 0 from pgbench_history' postgres
done_with verify
${BIN}/pg_ctl stop -s -m fast -w -D ${data}
rm -rf ${data} ${directory}/log ${directory}/postgresql.conf
done_with cleanup
`;
}

/** What both have; the drill has a preflight and what Node.js takes to load besides. */
const STAGES = ['restore', 'recover', 'verify', 'cleanup'] as const;
type Stages = Readonly<Record<(typeof STAGES)[number], number>>;

interface Timed {
  readonly ms: number;
  /** Milliseconds of each. */
  readonly stages: Stages;
}

async function byHand(script: string): Promise<Timed> {
  const started = performance.now();
  const stdout = await must(['bash', script]);
  const ms = performance.now() - started;
  const at = new Map(
    [...stdout.matchAll(/^stage (\w+) ([\d.]+)$/gm)].map(([, name, stamp]) => [name, Number(stamp) * 1000]),
  );
  const between = (from: string, to: string): number => (at.get(to) ?? NaN) - (at.get(from) ?? NaN);
  const stages = {
    restore: between('start', 'restore'),
    recover: between('restore', 'recover'),
    verify: between('recover', 'verify'),
    cleanup: between('verify', 'cleanup'),
  };
  return { ms, stages };
}

function sumOf(stages: Stages): number {
  return STAGES.reduce((ms, id) => ms + stages[id], 0);
}

/** Neither is to write out what the other has left in memory. */
function settle(): void {
  execFileSync('sync');
}

async function benchDrill(root: string): Promise<void> {
  const global = [
    `repo1-path=${root}/repo1`,
    'repo1-cipher-type=aes-256-cbc',
    'repo1-cipher-pass=bench-bench-bench',
    'compress-type=zst',
    'repo1-retention-full=2',
    `process-max=${PROCESSES}`,
  ];
  const cluster = await Cluster.create({
    root,
    global,
    settings: ['shared_buffers = 128MB', 'max_wal_size = 4GB'],
  });
  const pgbench = (...args: string[]): Promise<string> =>
    must([`${BIN}/pgbench`, '-h', `${root}/sock`, '-p', String(cluster.port), '-U', 'postgres', ...args, 'postgres']);
  note(`pgbench -i -s ${SCALE} …`);
  await pgbench('-i', '-q', '-s', String(SCALE));
  await cluster.backup('full');
  await pgbench('-c', '2', '-j', '2', '-T', process.env['BENCH_SECONDS'] ?? '60');
  await cluster.backup('incr');
  await pgbench('-c', '2', '-j', '2', '-T', process.env['BENCH_SECONDS'] ?? '30');
  await cluster.archive();
  await cluster.stop();

  const directory = join(root, 'hand');
  await production.makeDirectory(directory);
  const config = readFileSync(cluster.config, 'utf8')
    .replace(/^(lock|log|spool)-path=.*$/gm, '')
    .replace(/^pg1-.*$/gm, '');
  await production.writeFile(`${directory}/pgbackrest.conf`, `${config}\n`, 0o600);
  await production.writeFile(`${directory}/script.sh`, handScript(cluster, directory), 0o700);
  const drill = drillArgv(
    cluster,
    '--process-max',
    String(PROCESSES),
    '--check-sql',
    'select count(*) > 0 from pgbench_history',
  );
  const pairs: { hand: Timed; drill: Timed; peakMb: number; rtoMs: number; walSegments: number; bytes: number }[] = [];
  for (let run = 0; run <= RUNS; run += 1) {
    settle();
    const hand = await byHand(`${directory}/script.sh`);
    settle();
    const { ms, peakMb, stdout } = await measure(drill);
    const report = JSON.parse(stdout) as {
      rto: { measuredMs: number };
      recovery: { walSegments: number };
      restore: { bytesTotal: number };
      phases: { id: string; durationMs: number }[];
    };
    const phaseMs = (id: string): number => report.phases.find((phase) => phase.id === id)?.durationMs ?? NaN;
    const stages = Object.fromEntries(STAGES.map((id) => [id, phaseMs(id)])) as Stages;
    note(`run ${run}: by hand ${Math.round(hand.ms)} ms, drill ${Math.round(ms)} ms`);
    if (run > 0)
      pairs.push({
        hand,
        drill: { ms, stages },
        peakMb,
        rtoMs: report.rto.measuredMs,
        walSegments: report.recovery.walSegments,
        bytes: report.restore.bytesTotal,
      });
  }
  const [first] = pairs;
  say(`\n## A drill beside the careful script\n`);
  say(
    `pgbench scale ${SCALE}: ${((first?.bytes ?? 0) / 1024 ** 3).toFixed(2)} GB, ${first?.walSegments ?? 0} WAL segments replayed, encrypted and zst-compressed repository, process-max ${PROCESSES}; ${RUNS} pairs after one warm-up, in turn.\n`,
  );
  say('| | by hand | drill | drill / by hand |');
  say('| --- | ---: | ---: | ---: |');
  for (const pair of pairs)
    say(
      `| pair | ${seconds(pair.hand.ms)} | ${seconds(pair.drill.ms)} | ${(pair.drill.ms / pair.hand.ms).toFixed(3)} |`,
    );
  say(
    `| **median** | ${seconds(median(pairs.map(({ hand }) => hand.ms)))} | ${seconds(median(pairs.map((pair) => pair.drill.ms)))} | **${median(pairs.map((pair) => pair.drill.ms / pair.hand.ms)).toFixed(3)}** |`,
  );
  say('\nWhere the time goes, medians:\n');
  say('| | by hand | drill |');
  say('| --- | ---: | ---: |');
  const before = median(pairs.map(({ drill: { ms, stages } }) => ms - sumOf(stages)));
  say(`| load, preflight, report | | ${seconds(before)} |`);
  for (const id of STAGES) {
    const of = (who: 'hand' | 'drill'): string => seconds(median(pairs.map((pair) => pair[who].stages[id])));
    say(`| ${id} | ${of('hand')} | ${of('drill')} |`);
  }
  say(
    `\nMeasured RTO, median: ${(median(pairs.map(({ rtoMs }) => rtoMs)) / 1000).toFixed(2)} s. Peak memory of the drill process: ${Math.round(Math.max(...pairs.map(({ peakMb }) => peakMb)))} MB.`,
  );
}

/** The words of a drill of a cluster of the bench. */
function drillArgv(cluster: Cluster, ...more: string[]): string[] {
  const { stanza, config } = cluster;
  const places = ['--config', config, '--scratch', join(DRILLS, 'scratch'), '--reports', join(DRILLS, 'reports')];
  return [process.execPath, MAIN, 'run', '--stanza', stanza, ...places, '--json', '--quiet', ...more];
}

async function benchManyFiles(root: string): Promise<void> {
  const cluster = await Cluster.create({
    root,
    global: [
      `repo1-path=${root}/repo1`,
      'compress-type=zst',
      'repo1-retention-full=2',
      'repo1-bundle=y',
      `process-max=${PROCESSES}`,
    ],
  });
  note(`${FILES} tables …`);
  await cluster.sql(
    `create procedure fill() language plpgsql as $$ begin for i in 1..${FILES} loop execute format('create table t%s (i int)', i); if i % 500 = 0 then commit; end if; end loop; end $$`,
  );
  await cluster.sql('call fill()');
  await cluster.backup('full');
  await cluster.archive();
  await cluster.stop();
  const { ms, peakMb, stdout } = await measure(drillArgv(cluster));
  const report = JSON.parse(stdout) as { restore: { files: number } };
  say('\n## Memory with many files\n');
  say(
    `A cluster of ${report.restore.files} files: ${(ms / 1000).toFixed(1)} s in all, peak memory of the drill process ${Math.round(peakMb)} MB.`,
  );
}

function time(argv: string[]): number {
  const started = performance.now();
  spawnSync(process.execPath, argv, { stdio: 'ignore' });
  return performance.now() - started;
}

function benchStartUp(): void {
  const pairs = Array.from({ length: 31 }, () => ({ node: time(['-e', '0']), drill: time([MAIN, '--version']) }));
  const [node, drill] = [median(pairs.map((pair) => pair.node)), median(pairs.map((pair) => pair.drill))];
  say('\n## Start-up\n');
  say(
    `\`drill --version\` ${drill.toFixed(0)} ms, \`node -e 0\` ${node.toFixed(0)} ms: ${median(pairs.map((pair) => pair.drill / pair.node)).toFixed(2)} times (31 pairs, in turn, medians).`,
  );
}

async function inDirectory(name: string, work: (root: string) => Promise<void>): Promise<void> {
  const root = makeTestDirectory(name);
  try {
    await work(root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function compile(): void {
  const checkout = join(import.meta.dirname, '..');
  for (const name of ['bin', 'package.json']) cpSync(join(checkout, name), join(PACKAGE, name), { recursive: true });
  execFileSync('sh', [join(checkout, 'scripts/build.sh'), join(PACKAGE, 'dist')], { stdio: ['ignore', 2, 'inherit'] });
}

compile();
say(`Node ${process.version}, ${cpus().length} cores, ${Math.round(totalmem() / 1024 ** 3)} GB of memory.`);
benchStartUp();
await inDirectory('bench', benchDrill);
await inDirectory('bench-files', benchManyFiles);
for (const directory of [PACKAGE, DRILLS]) rmSync(directory, { recursive: true, force: true });
