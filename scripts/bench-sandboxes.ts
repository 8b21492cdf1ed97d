import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { newestPostgres } from '../src/demo/newest-postgres.ts';
import { reportSchema, type DrillReport } from '../src/report/report.ts';
import { startServer } from '../test/fixtures/ssh-server.ts';
import { Cluster, makeOwnDirectory, makeTestDirectory, must, production } from '../test/fixtures/cluster.ts';

/**
 * `npm run bench:sandboxes`: the same drill of the same repository on this machine, in a container and by SSH
 * on a server that is a container of this machine, in turn. Prints
 * Markdown. Options, by environment: BENCH_SCALE (pgbench scale, 20), BENCH_SECONDS (15), BENCH_RUNS (5).
 */
const SCALE = process.env['BENCH_SCALE'] ?? '20';
const SECONDS = process.env['BENCH_SECONDS'] ?? '15';
const RUNS = Number(process.env['BENCH_RUNS'] ?? 5);
const MAIN = join(import.meta.dirname, '../bin/drill.js');
const KINDS = ['local', 'docker', 'ssh'] as const;
const PHASES = ['provision', 'restore', 'recover'] as const;

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

const root = makeTestDirectory('bench');
/** Of the user who drills alone: a scratch directory below one of production's user is refused. */
const own = makeOwnDirectory('bench-drills');
const server = await startServer({ sees: [root] });
try {
  const cluster = await makeCluster();
  const rounds = Array.from({ length: RUNS + 1 }, () => ({
    local: drill(cluster, 'local'),
    docker: drill(cluster, 'docker'),
    ssh: drill(cluster, 'ssh'),
  })).slice(1);
  const [first] = rounds;
  say(`Node ${process.version}, ${cpus().length} cores, ${Math.round(totalmem() / 1024 ** 3)} GB of memory.`);
  say(
    `${((first?.local.restore?.bytesTotal ?? 0) / 1024 ** 2).toFixed(0)} MB, ${first?.local.recovery?.walSegments ?? 0} WAL segments; ${RUNS} rounds after one warm-up, in turn.\n`,
  );
  say('| | local | docker | ssh | docker - local | ssh - local |');
  say('| --- | ---: | ---: | ---: | ---: | ---: |');
  for (const phase of PHASES) row(phase, (report) => report.phases.find(({ id }) => id === phase)?.durationMs ?? NaN);
  row('**RTO**', (report) => report.rto.measuredMs ?? NaN);
  row('preflight', (report) => report.phases[0]?.durationMs ?? NaN);
  row('verify and cleanup', (report) => (report.phases[4]?.durationMs ?? NaN) + (report.phases[5]?.durationMs ?? NaN));

  function row(name: string, measure: (report: DrillReport) => number): void {
    const over = (kind: 'docker' | 'ssh'): number =>
      median(rounds.map((round) => measure(round[kind]) - measure(round.local)));
    const medians = KINDS.map((kind) => median(rounds.map((round) => measure(round[kind]))));
    say(`| ${name} | ${[...medians, over('docker'), over('ssh')].map(seconds).join(' | ')} |`);
  }
} finally {
  server.remove();
  for (const directory of [root, own]) rmSync(directory, { recursive: true, force: true });
}

async function makeCluster(): Promise<Cluster> {
  const { directory: bin } = await newestPostgres(production);
  const global = [
    `repo1-path=${root}/repo1`,
    'repo1-cipher-type=aes-256-cbc',
    'repo1-cipher-pass=bench-bench',
    'compress-type=zst',
  ];
  const cluster = await Cluster.create({ root, global, settings: ['shared_buffers = 128MB', 'max_wal_size = 4GB'] });
  const pgbench = (...args: string[]): Promise<string> =>
    must([`${bin}/pgbench`, '-h', `${root}/sock`, '-p', String(cluster.port), '-U', 'postgres', ...args, 'postgres']);
  await pgbench('-i', '-q', '-s', SCALE);
  await cluster.backup('full');
  await pgbench('-c', '2', '-j', '2', '-T', SECONDS);
  await cluster.archive();
  await cluster.stop();
  return cluster;
}

function drill(cluster: Cluster, kind: (typeof KINDS)[number]): DrillReport {
  const places = ['--config', cluster.config, '--reports', join(root, 'reports'), '--json', '--quiet'];
  const scratch = kind === 'local' ? ['--scratch', join(own, 'scratch')] : [];
  const plan = join(root, 'ssh.yaml');
  writeFileSync(plan, JSON.stringify({ name: 'bench', source: { stanza: cluster.stanza }, sandbox: server.sandbox }));
  const what = kind === 'ssh' ? [plan] : ['--stanza', cluster.stanza, '--sandbox', kind];
  const argv = [MAIN, 'run', ...what, ...places, ...scratch];
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(`the ${kind} drill ended with ${status}\n${stderr}`);
  return reportSchema.parse(JSON.parse(stdout));
}
