import { createHash } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_SEGMENT_BYTES, parseSegmentName, segmentName } from '../src/postgres/wal-segment.ts';
import { formatLsn } from '../src/postgres/lsn.ts';
import { Cluster, makeTestDirectory, production } from '../test/fixtures/cluster.ts';
import { measure } from './bench/measure.ts';

/**
 * `npm run bench:check`: drill check on a large repository: one real backup, which backup.info then lists many times, and as many
 * WAL segments as a year has. The files of the archive are empty: nobody reads them. Prints Markdown. Options, by environment:
 * BENCH_SETS (2000), BENCH_SEGMENTS (500000).
 */
const SETS = Number(process.env['BENCH_SETS'] ?? 2000);
const SEGMENTS = Number(process.env['BENCH_SEGMENTS'] ?? 500_000);
const SECONDS_A_SEGMENT = 60;
const root = makeTestDirectory('bench-check');
const repo = join(root, 'repo1');

const cluster = await Cluster.create({
  root,
  global: [`repo1-path=${repo}`, 'repo1-retention-full=9999', 'compress-type=none'],
});
await cluster.backup('full', 1);
await cluster.stop();

const now = Math.floor(Date.now() / 1000);
const archive = join(repo, 'archive/shop/15-1');
const { uid, gid } = statSync(archive);
const sha1 = 'a'.repeat(40);
rmSync(archive, { recursive: true });
mkdirSync(archive);
const nameOf = (index: number): string =>
  segmentName({ timeline: 1, number: BigInt(index + 1) }, DEFAULT_SEGMENT_BYTES);
const archivedAt = (index: number): number => now - (SEGMENTS - index) * SECONDS_A_SEGMENT;
for (let index = 0; index < SEGMENTS; index += 1) {
  const directory = join(archive, nameOf(index).slice(0, 16));
  mkdirSync(directory, { recursive: true });
  const file = join(directory, `${nameOf(index)}-${sha1}.zst`);
  writeFileSync(file, '');
  utimesSync(file, archivedAt(index), archivedAt(index));
}
chmodSync(archive, 0o755);
chownSync(archive, uid, gid);

const info = join(repo, 'backup/shop/backup.info');
writeFileSync(info, manySets(readFileSync(info, 'utf8')));
rmSync(`${info}.copy`);

/** backup.info with the one set that it lists many times over, each with WAL of its own, and the checksum that it then has. */
function manySets(text: string): string {
  const line = text.split('\n').find((item) => /^\d{8}-\d{6}F=/.test(item)) ?? '';
  const json = line.slice(line.indexOf('=') + 1);
  const sets = Array.from({ length: SETS }, (_, set) => {
    const first = Math.floor((set * SEGMENTS) / SETS);
    const lsn = parseSegmentName(nameOf(first), DEFAULT_SEGMENT_BYTES)?.number ?? 0n;
    const at = archivedAt(first);
    const label = `${new Date(at * 1000)
      .toISOString()
      .replace(/[-:]|\.\d+Z/g, '')
      .replace('T', '-')}F`;
    mkdirSync(join(repo, 'backup/shop', label), { recursive: true });
    writeFileSync(join(repo, 'backup/shop', label, 'backup.manifest'), '');
    const own = {
      'backup-archive-start': `"${nameOf(first)}"`,
      'backup-archive-stop': `"${nameOf(first)}"`,
      'backup-lsn-start': `"${formatLsn(lsn * BigInt(DEFAULT_SEGMENT_BYTES) + 40n)}"`,
      'backup-lsn-stop': `"${formatLsn(lsn * BigInt(DEFAULT_SEGMENT_BYTES) + 256n)}"`,
      'backup-timestamp-start': String(at),
      'backup-timestamp-stop': String(at + 1),
    };
    return `${label}=${Object.entries(own).reduce((all, [key, value]) => all.replace(new RegExp(`("${key}":)("[^"]*"|\\d+)`), `$1${value}`), json)}`;
  });
  const body = text
    .replace(line, sets.join('\n'))
    .slice(0, text.replace(line, sets.join('\n')).lastIndexOf('[backrest]'));
  return `${body}[backrest]\nbackrest-checksum="${checksumOf(body)}"\n`;
}

/** SHA-1 of the sections as one JSON object, as pgBackRest (2.45) computes it. */
function checksumOf(body: string): string {
  const sections = body
    .split(/^\[/m)
    .slice(1)
    .map((section) => {
      const [name = '', ...lines] = section.split('\n');
      const pairs = lines
        .filter((item) => item.includes('='))
        .map((item) => `"${item.slice(0, item.indexOf('='))}":${item.slice(item.indexOf('=') + 1)}`);
      return `"${name.replace(']', '')}":{${pairs.join(',')}}`;
    });
  return createHash('sha1')
    .update(`{${sections.join(',')}}`)
    .digest('hex');
}

const program = join(import.meta.dirname, '../bin/drill.js');
const options = ['--stanza', 'shop', '--config', cluster.config];
const rows: [string, string][] = [];
for (const [what, words] of [
  ['`drill check`', ['check', ...options, '--json']],
  ['`drill windows`', ['windows', ...options]],
] as const) {
  const { ms, peakMb, stdout } = await measure([process.execPath, program, ...words]);
  rows.push([what, `${(ms / 1000).toFixed(1)} s, ${Math.round(peakMb)} MB`]);
  process.stderr.write(`${stdout.slice(0, 400)}\n`);
}
const alone = await production.run(
  cluster.pgbackrest('--repo=1', '--recurse', '--output=json', 'repo-ls', 'archive/shop/15-1'),
  {
    onLine: () => undefined,
  },
);
rows.push(['`pgbackrest repo-ls` of the archive alone', `${(alone.durationMs / 1000).toFixed(1)} s`]);
const asked = await production.run(cluster.pgbackrest('--output=json', 'info'), { onLine: () => undefined });
rows.push(['`pgbackrest info` alone', `${(asked.durationMs / 1000).toFixed(1)} s`]);
process.stdout.write(`${SETS} backup sets, ${SEGMENTS} WAL segments:\n\n`);
for (const [what, figures] of rows) process.stdout.write(`| ${what} | ${figures} |\n`);
rmSync(root, { recursive: true, force: true });
