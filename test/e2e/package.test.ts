import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { reportSchema } from '../../src/report/report.ts';
import { makeOwnDirectory } from '../fixtures/cluster.ts';

const ROOT = join(import.meta.dirname, '../..');
const golden = inject('golden');

/** What somebody writes who runs drills from a program: the lines of docs/library.md. */
const LINES = /```js\n([\s\S]*?)```/.exec(readFileSync(join(ROOT, 'docs/library.md'), 'utf8'))?.[1] ?? '';

const place = makeOwnDirectory('package');
const run = (program: string, ...args: string[]): string =>
  execFileSync(program, args, { cwd: join(place, 'empty'), encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** The package as it is published, installed in a directory where nothing else is. */
beforeAll(() => {
  const parts = join(place, 'parts');
  for (const name of [
    'bin',
    'docker',
    'docs',
    'drills',
    'examples',
    'monitoring',
    'package.json',
    'README.md',
    'LICENSE',
  ])
    cpSync(join(ROOT, name), join(parts, name), { recursive: true });
  execFileSync('sh', [join(ROOT, 'scripts/build.sh'), join(parts, 'dist')], { stdio: 'ignore' });
  mkdirSync(join(place, 'empty'));
  const packed = execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', place], {
    cwd: parts,
    encoding: 'utf8',
  });
  run('npm', 'install', '--no-audit', '--no-fund', '--ignore-scripts', join(place, packed.trim()));
});

afterAll(() => rmSync(place, { recursive: true, force: true }));

test('the program runs from there', () => {
  const drill = join(place, 'empty/node_modules/.bin/drill');
  expect(run(process.execPath, drill, '--version')).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(run(process.execPath, drill, 'run', '--help')).toContain('--target-time');
});

test('the alert rules and the dashboard are there', () => {
  const files = readdirSync(join(place, 'empty/node_modules/pgdrill/monitoring'));
  expect(files.toSorted()).toEqual(['pgdrill.dashboard.json', 'pgdrill.rules.yml']);
});

test('so does the library, in the lines of its page', () => {
  const plan = {
    name: 'orders',
    source: { stanza: 'shop', config: golden.config },
    sandbox: { kind: 'local', scratch: join(place, 'scratch') },
    reports: join(place, 'reports'),
    checks: [{ name: 'marks', sql: 'select count(*) = 6 from marks' }],
  };
  mkdirSync(join(place, 'empty/drills'));
  writeFileSync(join(place, 'empty/drills/orders.yaml'), JSON.stringify(plan));
  writeFileSync(join(place, 'empty/nightly.mjs'), LINES);
  const said = run(process.execPath, 'nightly.mjs').split('\n');
  expect(said).toEqual(expect.arrayContaining(['preflight ended', 'verify ended']));
  const [, verdict = '', folder = ''] = /^(passed), see (.*)$/m.exec(said.join('\n')) ?? [];
  expect(verdict).toBe('passed');
  const report = reportSchema.parse(JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')));
  expect(report).toMatchObject({ drill: 'orders', verdict: 'passed', trigger: { kind: 'scheduled' } });
});
