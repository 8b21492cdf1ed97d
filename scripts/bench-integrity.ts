import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { newestPostgres } from '../src/demo/newest-postgres.ts';
import type { DrillReport } from '../src/report/report.ts';
import { Cluster, makeOwnDirectory, makeTestDirectory, must, production } from '../test/fixtures/cluster.ts';
import { measure } from './bench/measure.ts';

/**
 * `npm run bench:integrity`: what each level of the integrity checks costs beside the tools by hand, on copies of one cluster. Prints
 * Markdown. Options, by environment: BENCH_SCALE (pgbench scale, 100), BENCH_RUNS (5).
 */
const SCALE = Number(process.env['BENCH_SCALE'] ?? 100);
const RUNS = Number(process.env['BENCH_RUNS'] ?? 5);
const JOBS = cpus().length;
const { directory: BIN } = await newestPostgres(production);
const root = makeTestDirectory('bench-integrity');
const drills = makeOwnDirectory('bench-integrity-drills');
const seconds = (ms: number): string => (Number.isNaN(ms) ? '' : `${(ms / 1000).toFixed(2)} s`);
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
const note = (text: string): void => void process.stderr.write(`${text}\n`);

const cluster = await Cluster.create({
  root,
  global: [`repo1-path=${root}/repo1`, 'compress-type=zst', `process-max=${JOBS}`],
  settings: ['shared_buffers = 128MB', 'max_wal_size = 4GB'],
});
note(`pgbench -i -s ${SCALE} …`);
const reach = ['-h', `${root}/sock`, '-p', String(cluster.port), '-U', 'postgres'];
await must([`${BIN}/pgbench`, ...reach, '-i', '-q', '-s', String(SCALE), 'postgres']);
await cluster.backup('full');
await cluster.archive();
await cluster.stop();

const VISIBILITY = `select count(*) from pg_class c, lateral pg_check_visible(c.oid) where c.relkind in ('r', 't', 'm')
  union all select count(*) from pg_class c, lateral pg_check_frozen(c.oid) where c.relkind in ('r', 't', 'm')`;

/** The same by hand, each tool timed: on a copy that was restored and started for it. */
async function byHand(deep: boolean): Promise<Record<string, number>> {
  const data = join(root, 'hand');
  const log = `${root}/hand.log`;
  await must(
    cluster.pgbackrest(
      `--pg1-path=${data}`,
      '--archive-mode=off',
      `--process-max=${JOBS}`,
      '--type=immediate',
      '--target-action=promote',
      'restore',
    ),
  );
  const options = `-c config_file=${root}/etc/postgresql.conf -c hba_file=${data}/pg_hba.conf -c ident_file=${data}/pg_ident.conf -c archive_mode=off -c autovacuum=off -c max_wal_size=4GB`;
  await must([`${BIN}/pg_ctl`, 'start', '-s', '-w', '-D', data, '-l', log, '-o', options]);
  const sql = (text: string): Promise<string> => must([`${BIN}/psql`, ...reach, '-XAtc', text, 'postgres']);
  while ((await sql('select pg_is_in_recovery()')).trim() !== 'f');
  const times: Record<string, number> = {};
  const timed = async (part: string, ...argv: string[]): Promise<void> => {
    const started = performance.now();
    await must(argv);
    times[part] = (times[part] ?? 0) + performance.now() - started;
  };
  execFileSync('sync');
  // All of the cluster, as amcheck looks at all of it.
  const databases = (await sql('select datname from pg_database where datallowconn order by datname'))
    .trim()
    .split('\n');
  for (const database of databases) await timed('read', `${BIN}/pg_dump`, ...reach, '--file=/dev/null', database);
  const parent = deep ? ['--parent-check'] : [];
  await timed(
    'amcheck',
    `${BIN}/pg_amcheck`,
    ...reach,
    '--all',
    '--install-missing',
    `--jobs=${JOBS}`,
    '--heapallindexed',
    ...parent,
  );
  if (deep) {
    await sql('create extension pg_visibility');
    await timed('pages', `${BIN}/psql`, ...reach, '-XAtc', VISIBILITY, 'postgres');
  }
  await timed('checksums', `${BIN}/pg_ctl`, 'stop', '-s', '-m', 'fast', '-w', '-D', data);
  await timed('checksums', `${BIN}/pg_checksums`, '--check', '-D', data);
  rmSync(data, { recursive: true });
  return times;
}

/**
 * A drill at a level: what each of its parts took, those of the catalogs together, and all of the phase, in which some parts are asked at
 * the same time.
 */
async function byDrill(level: string): Promise<Record<string, number>> {
  const plan = join(drills, `${level}.yaml`);
  writeFileSync(
    plan,
    JSON.stringify({
      name: level,
      source: { stanza: cluster.stanza },
      target: 'immediate',
      ...(level === 'none' ? {} : { integrity: level }),
    }),
  );
  execFileSync('sync');
  const words = [
    'run',
    plan,
    '--config',
    cluster.config,
    '--scratch',
    `${drills}/scratch`,
    '--reports',
    `${drills}/reports`,
    '--json',
  ];
  const { stdout } = await measure([process.execPath, 'bin/drill.js', ...words]);
  const { integrity, phases } = JSON.parse(stdout) as DrillReport;
  const times: Record<string, number> = {};
  for (const { id, durationMs, outcome } of integrity?.parts ?? []) {
    if (outcome !== 'passed') throw new Error(`${id} is ${outcome}`);
    const part = ['read', 'amcheck', 'pages', 'checksums'].includes(id) ? id : 'catalogs';
    times[part] = (times[part] ?? 0) + (durationMs ?? NaN);
  }
  return { ...times, all: phases.find(({ id }) => id === 'verify')?.durationMs ?? NaN };
}

const total = (times: Record<string, number>): number => Object.values(times).reduce((sum, ms) => sum + ms, 0);

const without: number[] = [];
for (let run = 0; run <= RUNS; run += 1) {
  const { all = NaN } = await byDrill('none');
  if (run > 0) without.push(all);
}
note(`without a level: the phase takes ${seconds(median(without))}`);
/** What a level adds to the phase. */
const added = ({ all = NaN }: Record<string, number>): number => all - median(without);

for (const level of ['quick', 'standard', 'deep']) {
  const rounds: { hand: Record<string, number>; drill: Record<string, number> }[] = [];
  for (let run = 0; run <= RUNS; run += 1) {
    const hand = level === 'quick' ? {} : await byHand(level === 'deep');
    const drill = await byDrill(level);
    note(`${level} ${run}: by hand ${seconds(total(hand))}, drill ${seconds(added(drill))}`);
    // The first is the warm-up.
    if (run > 0) rounds.push({ hand, drill });
  }
  const rows = ['catalogs', 'read', 'amcheck', 'pages', 'checksums'].map((part) => {
    const of = (whose: 'hand' | 'drill'): number => median(rounds.map((round) => round[whose][part] ?? NaN));
    return `| ${part} | ${seconds(of('hand'))} | ${seconds(of('drill'))} | |`;
  });
  const hand = median(rounds.map((round) => total(round.hand)));
  const drill = median(rounds.map((round) => added(round.drill)));
  const ratio = median(rounds.map((round) => added(round.drill) / total(round.hand)));
  const sum = `| **${level}** | **${seconds(hand)}** | **${seconds(drill)}** | ${level === 'quick' ? '' : `**${ratio.toFixed(3)}**`} |`;
  process.stdout.write(
    `\n| ${level} | by hand | drill | drill / by hand |\n| --- | ---: | ---: | ---: |\n${[...rows, sum].join('\n')}\n`,
  );
}
rmSync(root, { recursive: true, force: true });
rmSync(drills, { recursive: true, force: true });
