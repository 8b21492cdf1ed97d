import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { makeOwnDirectory } from '../fixtures/cluster.ts';

const ROOT = join(import.meta.dirname, '../..');
const golden = inject('golden');
const place = makeOwnDirectory('extend');
const house = join(place, 'house');

/** One file each, and the table that gets one line. */
const ADDED = [
  {
    table: 'src/checks/kinds/kinds.ts',
    line: "export { table } from './table.ts';",
    file: 'src/checks/kinds/table.ts',
    text: `
import { z } from 'zod';
import { checkKind, common, type AnyCheck } from './kind.ts';

interface TableCheck extends AnyCheck {
  readonly kind: 'table';
  readonly table: string;
}

/** A table that has to be there. */
export const table = checkKind({
  forms: { table: z.strictObject({ ...common, table: z.string().regex(/^[a-z_.]+$/).describe('its name') }) },
  read: (written): TableCheck => ({ ...written, kind: 'table' }),
  run: async ({ table: name, database, user }, { sessions }) => {
    await using session = await sessions.forCheck(database, user ?? null);
    const [row] = await session.rows(\`select to_regclass('\${name}')\`);
    const observed = row?.[0] ?? null;
    return { status: observed === null ? 'failed' : 'passed', expected: name, observed, message: null };
  },
});
`,
  },
  {
    table: 'src/targets/kinds.ts',
    line: "export { segment } from './segment.ts';",
    file: 'src/targets/segment.ts',
    text: `
import { z } from 'zod';
import { segmentNumberAt } from '../postgres/wal-segment.ts';
import { targetKind, type RecoveryKind } from './kind.ts';
import { lsn } from './lsn.ts';
import { timeline } from './timeline.ts';

interface SegmentTarget {
  readonly type: 'segment';
  readonly number: number;
}

const BYTES = 16 * 1024 ** 2;

/** The first record of a WAL segment of 16 MB. */
export const segment = targetKind({
  block: z.strictObject({ segment: z.int().positive().describe('the number of a WAL segment'), timeline }),
  read: ({ segment: number }): SegmentTarget => ({ type: 'segment', number }),
  told: { words: 'WAL segment', value: 'code', rehearses: 'point-in-time' },
  of: (target: SegmentTarget): RecoveryKind => {
    const position = BigInt(target.number) * BigInt(BYTES);
    const value = String(segmentNumberAt(position, BYTES));
    return { ...lsn.of({ type: 'lsn', lsn: position }), value, text: () => \`WAL segment \${value}\`, resolve: () => target };
  },
});
`,
  },
  {
    table: 'src/sandbox/kinds.ts',
    line: "export { attic } from './attic/sandbox.ts';",
    file: 'src/sandbox/attic/sandbox.ts',
    text: `
import { z } from 'zod';
import type { SandboxKind } from '../kind.ts';
import { local } from '../local/sandbox.ts';
import { anySandbox } from '../schema-parts.ts';

const atticSandbox = z.strictObject({
  kind: z.literal('attic').describe('attic: in a directory where nobody looks'),
  under: z.string().min(1).describe('the directory'),
  ...anySandbox,
});

/** Drills on this machine, in a place of its own. */
export const attic: SandboxKind<typeof atticSandbox> = {
  ...local,
  schema: atticSandbox,
  create: ({ under, ...plan }) => ({
    ...local.create({ ...local.schema.parse({}), ...plan, kind: 'local', scratch: under }),
    place: ' under the roof',
    limits: ['The drill ran in an attic.'],
  }),
  sweep: () => Promise.resolve(null),
  writesTo: ({ under }) => [under],
};
`,
  },
  {
    table: 'src/cli/listeners/listeners.ts',
    line: "export { bell } from './bell.ts';",
    file: 'src/cli/listeners/bell.ts',
    text: `
import type { MakeListener } from './listener.ts';

/** Rings when a run has ended. */
export const bell: MakeListener = (_shown, { stderr }) => ({
  hear: (event) => {
    if (event.kind === 'run-ended') stderr(\`ding: \${event.report.verdict}\\n\`);
  },
});
`,
  },
] as const;

function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, { cwd: house, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

beforeAll(() => {
  mkdirSync(house);
  for (const name of ['bin', 'src', 'docker', 'package.json', 'tsconfig.json'])
    cpSync(join(ROOT, name), join(house, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(house, 'node_modules'));
  for (const { table, line, file, text } of ADDED) {
    mkdirSync(dirname(join(house, file)), { recursive: true });
    writeFileSync(join(house, file), text.trimStart());
    appendFileSync(join(house, table), `${line}\n`);
  }
});

afterAll(() => rmSync(place, { recursive: true, force: true }));

/** The number of the newest WAL segment in the archive. */
function newestSegment(): number {
  const archive = join(golden.repo1, 'archive/shop');
  const names = readdirSync(archive, { recursive: true, encoding: 'utf8' }).map((path) => path.split('/').at(-1) ?? '');
  const newest = names
    .filter((name) => /^[0-9A-F]{24}-/.test(name))
    .toSorted()
    .at(-1);
  return Number.parseInt(newest?.slice(8, 16) ?? '', 16) * 256 + Number.parseInt(newest?.slice(16, 24) ?? '', 16);
}

test('the types of the house hold', () => {
  const config = { extends: './tsconfig.json', include: ['src'] };
  writeFileSync(join(house, 'tsconfig.added.json'), JSON.stringify(config));
  const tsc = join(ROOT, 'node_modules/.bin/tsc');
  const { stdout } = spawnSync(tsc, ['--noEmit', '-p', 'tsconfig.added.json'], { cwd: house, encoding: 'utf8' });
  expect(stdout).toBe('');
});

test('a sandbox, a kind of check, a kind of target and a listener are one file and one line each: a drill has all four', () => {
  const plan = {
    name: 'added',
    source: { stanza: 'shop', config: golden.config },
    target: { segment: newestSegment() },
    sandbox: { kind: 'attic', under: join(place, 'scratch') },
    reports: join(place, 'reports'),
    checks: [{ name: 'the marks', table: 'marks' }],
  };
  const file = join(place, 'added.yaml');
  writeFileSync(file, JSON.stringify(plan));
  const said = run('sh', '-c', '"$0" bin/drill.js run "$1" 2>&1', process.execPath, file);
  expect(said).toContain('ding: passed');
  const [folder = ''] = readdirSync(join(place, 'reports/added'));
  const report: unknown = JSON.parse(readFileSync(join(place, 'reports/added', folder, 'report.json'), 'utf8'));
  expect(report).toMatchObject({
    verdict: 'passed',
    target: { type: 'segment', value: String(newestSegment()) },
    checks: expect.arrayContaining([
      expect.objectContaining({ name: 'the marks', kind: 'table', status: 'passed', observed: 'marks' }),
    ]) as unknown,
  });
  const text = readFileSync(join(place, 'reports/added', folder, 'report.md'), 'utf8');
  expect(text).toContain('The drill ran in an attic.');
  expect(text).toContain(`WAL segment \`${newestSegment()}\``);
});

test('what was added is known where the house names its kinds', () => {
  const file = join(place, 'mistaken.yaml');
  writeFileSync(file, JSON.stringify({ name: 'a', source: { stanza: 's' }, sandbox: { kind: 'atic' } }));
  const said = run('sh', '-c', '"$0" bin/drill.js validate "$1" 2>&1 || true', process.execPath, file);
  expect(said).toContain('did you mean attic?');
  expect(run(process.execPath, 'bin/drill.js', 'run', '--help')).toContain('"attic"');
});
