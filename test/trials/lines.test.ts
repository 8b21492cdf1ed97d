import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { EvidenceLog } from '../../src/store/evidence-log.ts';
import { restoreBackup } from '../../src/drill/restore/restore.ts';
import { LocalHost } from '../../src/host/local-host.ts';
import { currentUser } from '../../src/host/run-user.ts';
import { PgBackRest } from '../../src/pgbackrest/pgbackrest.ts';
import { planOf } from '../fixtures/plans.ts';
import { preflightOf } from '../fixtures/preflight.ts';
import { claim } from './trial.ts';

const FILES = 100_000;

/** As pgBackRest prints them (2.45, with bundles), a system call a line. */
const PRINTS_MANY = `#!/usr/bin/perl
for my $n (1 .. ${FILES}) {
  syswrite STDOUT, sprintf "2026-11-28 11:43:54.724 P01 DETAIL: restore file /data/base/5/%d (bundle 12/%d, 8KB, %.2f%%) checksum %040x\\n",
    16384 + $n, 512 * $n, 100 * $n / ${FILES}, $n;
}
`;

claim('F3', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'pgdrill-lines-'));
  const program = join(directory, 'pgbackrest');
  writeFileSync(program, PRINTS_MANY);
  chmodSync(program, 0o755);
  const host = new LocalHost({ user: currentUser(), fence: null, env: { PATH: `${directory}:/usr/bin:/bin` } });
  const paths = { data: join(directory, 'data'), tablespaces: join(directory, 'ts') };
  const logFile = join(directory, 'restore.log');
  const progress: (number | null)[] = [];
  let masked = 0;
  // A clock on which each line takes a tenth of a millisecond.
  let nowMs = 0;
  const facts = await restoreBackup({
    plan: planOf('name: lines\nsource: { stanza: main }'),
    station: { paths },
    ready: preflightOf({ pgbackrest: new PgBackRest(host, '/no.conf', 'main') }),
    log: new EvidenceLog(logFile),
    redact: (text) => {
      masked += 1;
      return text;
    },
    monotonicMs: () => (nowMs += 0.1),
    signal: new AbortController().signal,
    onProgress: ({ fraction }) => void progress.push(fraction),
  });
  const lines = readFileSync(logFile, 'utf8').split('\n');
  rmSync(directory, { recursive: true, force: true });
  expect({ files: facts.files, lines: lines.length - 1 }).toEqual({ files: FILES, lines: FILES });
  expect(masked).toBe(FILES / 500);
  expect(progress.length).toBeLessThanOrEqual(FILES / 10 / 100);
  expect(progress.at(-1)).toBeGreaterThan(0.9);
});
