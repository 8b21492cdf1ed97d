import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { reportSchema, type DrillReport } from '../../src/report/report.ts';
import { processesOf } from '../../src/sandbox/processes.ts';

const PROGRAM = join(import.meta.dirname, '../../bin/drill.js');

interface Demo {
  readonly process: ChildProcess;
  readonly output: () => string;
  readonly place: string;
}

/** Starts the demo with a directory of its own for everything that is temporary, and for the reports. */
function startDemo(): Demo {
  const place = mkdtempSync(join(tmpdir(), 'pgdrill-demo-'));
  // As /tmp is.
  chmodSync(place, 0o1777);
  onTestFinished(() => rmSync(place, { recursive: true, force: true }));
  const child = spawn(process.execPath, [PROGRAM, 'demo'], {
    cwd: place,
    env: { ...process.env, TMPDIR: place, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return { process: child, output: () => output, place };
}

async function statusOf({ process: child }: Demo): Promise<unknown> {
  const [status]: unknown[] = await once(child, 'close');
  return status;
}

/** What a demo has left: directories of its own, and processes that name them. */
function leftovers(place: string): string[] {
  const directories = readdirSync(place).filter((name) => name.startsWith('pgdrill-demo-'));
  return [...directories, ...processesOf(place).map(({ argv }) => argv.join(' '))];
}

function reportOf(place: string, drill: string): DrillReport {
  const [file = ''] = globSync(join(place, 'reports', drill, '*/report.json'));
  return reportSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}

const DAMAGE = 'orders whose total is not the sum of their lines';
const damageIn = (report: DrillReport) => report.checks.find(({ name }) => name === DAMAGE);

it('shows the damage at the latest state, none just before the accident, and leaves two reports alone', async () => {
  const demo = startDemo();
  expect(await statusOf(demo), demo.output()).toBe(0);

  const latest = reportOf(demo.place, 'demo-latest');
  expect(latest).toMatchObject({ verdict: 'passed', rto: { met: true }, rpo: { met: true } });
  expect(latest.source.repo).toMatchObject({ cipher: 'aes-256-cbc' });
  expect(latest.source.backup).toMatchObject({ type: 'incr' });
  expect(damageIn(latest)).toMatchObject({ status: 'failed', severity: 'warning' });
  expect(Number(damageIn(latest)?.observed)).toBeGreaterThan(8000);

  const before = reportOf(demo.place, 'demo-before-accident');
  expect(before).toMatchObject({ verdict: 'passed', rpo: { measuredMs: null, applies: false }, reasons: [] });
  expect(damageIn(before)).toMatchObject({ status: 'passed', severity: 'critical', observed: '0' });

  expect(leftovers(demo.place)).toEqual([]);
});

it.each(['with page checksums', 'orders keep arriving', 'an incremental backup', 'demo-latest run'])(
  'cleans up after a Ctrl-C soon after "%s"',
  async (moment) => {
    const demo = startDemo();
    const ended = statusOf(demo);
    while (!demo.output().includes(moment) && demo.process.exitCode === null) await delay(20);
    await delay(150);
    demo.process.kill('SIGINT');
    expect(await ended, demo.output()).toBe(130);
    expect(leftovers(demo.place)).toEqual([]);
  },
);
