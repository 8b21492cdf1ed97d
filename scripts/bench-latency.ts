import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { newestPostgres } from '../src/demo/newest-postgres.ts';
import { reportSchema, type DrillReport } from '../src/report/report.ts';
import { Cluster, makeOwnDirectory, makeTestDirectory, must, production } from '../test/fixtures/cluster.ts';
import { makeCertificates } from '../test/fixtures/repositories/certificates.ts';
import { s3Lines } from '../test/fixtures/repositories/option-lines.ts';
import { startS3 } from '../test/fixtures/repositories/s3.ts';
import { measure } from './bench/measure.ts';
import { openSlowRelay } from './bench/slow-relay.ts';

/**
 * `npm run bench:latency`: restore and recovery from an S3 of this machine, without and with latency: the commands that a person would
 * give (restore with default settings, start), the drill, the drill with what pgBackRest itself has to fetch ahead in its configuration, and the
 * drill with WAL fetched ahead, at last by more processes of the restore, in turn. Prints Markdown. Options, by
 * environment: BENCH_SCALE (pgbench scale, 40), BENCH_SECONDS (how long pgbench writes WAL, 30), BENCH_RUNS (3), BENCH_ROUND_TRIPS
 * (milliseconds, "0 60").
 */
const SCALE = process.env['BENCH_SCALE'] ?? '40';
const SECONDS = process.env['BENCH_SECONDS'] ?? '30';
const RUNS = Number(process.env['BENCH_RUNS'] ?? 3);
const ROUND_TRIPS = (process.env['BENCH_ROUND_TRIPS'] ?? '0 60').split(' ').map(Number);
const MAIN = join(import.meta.dirname, '../bin/drill.js');
const { directory: BIN } = await newestPostgres(production);
const ADDRESS = '127.0.0.1';
const SHARED_BUFFERS = '128MB';

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const note = (text: string): void => void process.stderr.write(`${text}\n`);
const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

/** What a configuration needs to have pgBackRest fetch WAL ahead by itself. */
const ASYNCHRONOUS = '\n[global:archive-get]\narchive-async=y\narchive-get-queue-max=512MiB\nprocess-max=4\n';

/** How long a way of recovering took, in milliseconds. */
interface Timed {
  readonly restoreMs: number;
  readonly recoverMs: number;
  readonly allMs: number;
}

const WAYS = [
  'by hand',
  'drill',
  'drill, archive-async=y configured',
  'drill, WAL ahead',
  'the same, process-max 8',
] as const;
type Way = (typeof WAYS)[number];

const root = makeTestDirectory('bench-latency');
const drills = makeOwnDirectory('bench-latency-drills');
mkdirSync(join(root, 'keys'));
chmodSync(join(root, 'keys'), 0o755);
const certificates = makeCertificates(join(root, 'keys'), ADDRESS);
const s3 = await startS3(join(root, 's3'), certificates);
const relay = await openSlowRelay(ADDRESS, { host: ADDRESS, port: s3.port });
try {
  const cluster = await makeCluster();
  say(`Node ${process.version}, ${cpus().length} cores, ${Math.round(totalmem() / 1024 ** 3)} GB of memory.\n`);
  for (const roundTripMs of ROUND_TRIPS) await compare(cluster, roundTripMs);
} finally {
  await relay.end();
  await s3.end();
  for (const directory of [root, drills]) rmSync(directory, { recursive: true, force: true });
}

async function makeCluster(): Promise<Cluster> {
  const global = [
    ...s3Lines({ address: ADDRESS, port: relay.port, certificates }, 'path'),
    'repo1-cipher-type=aes-256-cbc',
    'repo1-cipher-pass=bench-bench',
    'compress-type=zst',
    'repo1-retention-full=2',
  ];
  const settings = [`shared_buffers = ${SHARED_BUFFERS}`, 'max_wal_size = 4GB'];
  const made = await Cluster.create({ root, global, settings });
  const pgbench = (...args: string[]): Promise<string> =>
    must([`${BIN}/pgbench`, '-h', `${root}/sock`, '-p', String(made.port), '-U', 'postgres', ...args, 'postgres']);
  note(`pgbench -i -s ${SCALE} …`);
  await pgbench('-i', '-q', '-s', SCALE);
  await made.backup('full');
  await pgbench('-c', '2', '-j', '2', '-T', SECONDS);
  await made.archive();
  await made.stop();
  return made;
}

async function compare(cluster: Cluster, roundTripMs: number): Promise<void> {
  relay.setRoundTrip(roundTripMs);
  const rounds: Record<Way, Timed>[] = [];
  let last: DrillReport | null = null;
  for (let run = 0; run <= RUNS; run += 1) {
    const hand = await byHand(cluster);
    const [drilled] = await byDrill(cluster.config);
    const [asynchronous] = await byDrill(asynchronousConfig(cluster));
    const [ahead, report] = await byDrill(cluster.config, '--wal-ahead');
    last = report;
    const [wide] = await byDrill(cluster.config, '--wal-ahead', '--process-max', '8');
    const times = [hand, drilled, asynchronous, ahead, wide];
    note(`${roundTripMs} ms, run ${run}: ${times.map(({ allMs }) => seconds(allMs)).join(', ')}`);
    // The first is the warm-up.
    if (run > 0 || RUNS === 0)
      rounds.push(Object.fromEntries(WAYS.map((way, at) => [way, times[at]])) as Record<Way, Timed>);
  }
  say(`\n## ${roundTripMs === 0 ? 'No latency' : `${roundTripMs} ms a round trip`}\n`);
  const { restore, recovery } = last ?? {};
  const size = ((restore?.bytesTotal ?? NaN) / 1024 ** 3).toFixed(2);
  say(
    `${size} GB in ${restore?.files ?? 0} files, ${recovery?.walSegments ?? 0} WAL segments; ${RUNS} rounds after one warm-up, in turn.\n`,
  );
  say('| medians | restore | recover | until it accepts connections | / by hand | recover / drill |');
  say('| --- | ---: | ---: | ---: | ---: | ---: |');
  for (const way of WAYS) {
    const of = (part: keyof Timed): string => seconds(median(rounds.map((round) => round[way][part])));
    const ratio = median(rounds.map((round) => round[way].allMs / round['by hand'].allMs));
    const recovering = median(rounds.map((round) => round[way].recoverMs / round['drill'].recoverMs));
    say(
      `| ${way} | ${of('restoreMs')} | ${of('recoverMs')} | ${of('allMs')} | ${ratio.toFixed(3)} | ${recovering.toFixed(3)} |`,
    );
  }
}

/** The commands that a person would give, with pgBackRest's and the cluster's own settings. */
async function byHand(cluster: Cluster): Promise<Timed> {
  const data = join(root, 'hand');
  execFileSync('sync');
  const started = performance.now();
  await must(cluster.pgbackrest(`--pg1-path=${data}`, 'restore'));
  const restored = performance.now();
  const files = {
    config_file: `${root}/etc/postgresql.conf`,
    hba_file: `${data}/pg_hba.conf`,
    ident_file: `${data}/pg_ident.conf`,
  };
  const words = Object.entries({ ...files, archive_mode: 'off' }).map(([name, value]) => `-c ${name}=${value}`);
  await must([`${BIN}/pg_ctl`, 'start', '-s', '-W', '-D', data, '-l', `${root}/hand.log`, '-o', words.join(' ')]);
  const ask = [`${BIN}/psql`, '-h', `${root}/sock`, '-p', String(cluster.port), '-U', 'postgres', '-XAtc'];
  const isThere = async (): Promise<boolean> => {
    const { stdout } = await production.run([...ask, 'select pg_is_in_recovery()', 'postgres']);
    return stdout.trim() === 'f';
  };
  while (!(await isThere())) await new Promise((resolve) => setTimeout(resolve, 50));
  const there = performance.now();
  await must([`${BIN}/pg_ctl`, 'stop', '-s', '-m', 'immediate', '-w', '-D', data]);
  rmSync(data, { recursive: true });
  return { restoreMs: restored - started, recoverMs: there - restored, allMs: there - started };
}

/** The configuration of a cluster, with what has pgBackRest fetch ahead. */
function asynchronousConfig({ config }: Cluster): string {
  const file = join(drills, 'asynchronous.conf');
  writeFileSync(file, `${readFileSync(config, 'utf8')}${ASYNCHRONOUS}`);
  return file;
}

/** A drill: the RTO that it measures. */
async function byDrill(config: string, ...more: string[]): Promise<[Timed, DrillReport]> {
  const plan = join(drills, 'latency.yaml');
  const sandbox = { settings: { shared_buffers: SHARED_BUFFERS, max_wal_size: '4GB' } };
  writeFileSync(plan, JSON.stringify({ name: 'latency', source: { stanza: 'shop', config }, sandbox }));
  execFileSync('sync');
  const places = ['--scratch', join(drills, 'scratch'), '--reports', join(drills, 'reports')];
  const { stdout } = await measure([process.execPath, MAIN, 'run', plan, ...places, '--json', '--quiet', ...more]);
  const report = reportSchema.parse(JSON.parse(stdout));
  const took = (phase: string): number => report.phases.find(({ id }) => id === phase)?.durationMs ?? NaN;
  return [{ restoreMs: took('restore'), recoverMs: took('recover'), allMs: report.rto.measuredMs ?? NaN }, report];
}
