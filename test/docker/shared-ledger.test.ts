import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, inject, test } from 'vitest';
import { checkChain } from '../../src/store/ledger/chain.ts';
import { LEDGER_FILE } from '../../src/store/ledger/ledger.ts';
import { temporaryDirectory } from '../fixtures/plans.ts';

const ROOT = join(import.meta.dirname, '../..');
const NODE = join(ROOT, 'node_modules/node/bin/node');

/** A writer in a container of its own, with processes of its own; it has ended when the promise settles. */
function writer(reports: string, name: string, count: number): { container: string; told: Promise<string[]> } {
  const container = `pgdrill-writer-${process.pid}-${name}`;
  const mounts = ['-v', `${ROOT}:${ROOT}:ro`, '-v', `${reports}:/reports`];
  const user = `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`;
  const start = ['run', '--rm', '--network', 'none', '--user', user, '--name', container, '--entrypoint', NODE];
  const words = [...start, ...mounts, inject('image')];
  const script = join(ROOT, 'test/fixtures/write-ledger.ts');
  const told = new Promise<string[]>((resolve) => {
    execFile('docker', [...words, script, '/reports', name, String(count)], (_error, stdout) =>
      resolve(stdout.split('\n').slice(0, -1)),
    );
  });
  return { container, told };
}

test('writers of two machines on a shared directory, one of them killed, lose nothing and double nothing', async () => {
  const reports = temporaryDirectory();
  const known: string[] = [];
  for (let round = 0; round < 3; round += 1) {
    const [first, second] = [writer(reports, `${round}aff`, 40), writer(reports, `${round}bff`, 100_000)];
    known.push(...(await first.told));
    await delay(100);
    execFile('docker', ['kill', second.container]);
    known.push(...(await second.told));
  }
  const { lines, faults } = checkChain(readFileSync(join(reports, LEDGER_FILE), 'utf8'));
  const recorded = lines.flatMap((line) => (line.kind === 'begun' ? [line.run] : []));
  expect(faults).toEqual([]);
  expect(new Set(recorded).size).toBe(recorded.length);
  expect(known.filter((run) => !recorded.includes(run))).toEqual([]);
  for (const name of ['0aff', '1aff', '2aff']) expect(recorded.filter((run) => run.endsWith(name))).toHaveLength(40);
  expect(recorded.some((run) => run.endsWith('bff'))).toBe(true);
}, 120_000);
