import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { processesOf } from '../../src/sandbox/processes.ts';
import { selfTestSchema, type SelfTestDocument } from '../../src/self-test/document.ts';
import { FAULTS } from '../../src/self-test/faults.ts';
import { untouched } from '../fixtures/fingerprint.ts';
import { newPem } from '../fixtures/keys.ts';
import { command, leftovers, startCommand, workspace, writePlan, type Workspace } from '../fixtures/drill.ts';
import { until } from '../fixtures/until.ts';

const ROOT = join(import.meta.dirname, '../..');

interface Tested {
  readonly status: number | null;
  readonly document: SelfTestDocument;
}

async function selfTest(place: Workspace, ...args: string[]): Promise<Tested> {
  const words = ['self-test', ...args, '--scratch', place.scratch, '--reports', place.reports, '--json'];
  const { status, stdout } = await command(place, words);
  return { status, document: selfTestSchema.parse(JSON.parse(stdout)) };
}

/** What became of each fault, and where. */
function results({ faults }: SelfTestDocument): Record<string, string> {
  return Object.fromEntries(faults.map(({ fault, result, repository }) => [fault, `${result}, ${repository}`]));
}

function allCaught(repository: string): Record<string, string> {
  return Object.fromEntries(Object.keys(FAULTS).map((fault) => [fault, `caught, ${repository}`]));
}

function ledgerOf({ reports }: Workspace): { kind: string; [field: string]: unknown }[] {
  const lines = readFileSync(join(reports, 'ledger.jsonl'), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as { kind: string });
}

/** A plan for the shared production, with checks of its own. */
function planOf(place: Workspace, plan: object = {}): string {
  const checks = [
    { name: 'the marks are there', sql: 'select count(*) from marks', expect: { equals: 6 } },
    { name: 'the database is there', sql: "select count(*) > 0 from pg_database where datname = 'postgres'" },
  ];
  return writePlan(place, 'tested', { source: { stanza: 'shop', config: place.config }, checks, ...plan });
}

test('every fault is caught on a small cluster of its own, and that is on record, signed, as no run of any drill', async () => {
  const place = workspace();
  const key = join(place.root, 'key.pem');
  writeFileSync(key, newPem(), { mode: 0o600 });
  const args = ['self-test', '--scratch', place.scratch, '--reports', place.reports, '--json'];
  const { status, stdout } = await command(place, args, { PGDRILL_EVIDENCE: `file:${key}` });
  const document = selfTestSchema.parse(JSON.parse(stdout));
  expect(results(document)).toEqual(allCaught('own'));
  expect({ status, ...document }).toMatchObject({ status: 0, outcome: 'passed', isWhole: true, plan: null, left: [] });
  for (const { fault, codes, expected } of document.faults)
    expect({ fault, codes: codes.filter((code) => expected.includes(code)).length > 0 }).toEqual({
      fault,
      codes: true,
    });
  expect(leftovers(place)).toEqual([]);

  expect(ledgerOf(place).map(({ kind }) => kind)).toEqual(['opened', 'self-tested']);
  const history = await command(place, ['history', '--reports', place.reports]);
  expect(history.stdout).toMatch(
    /^✓ This runner was shown to fail when it must on .*pgdrill .* 9 of 9 faults were caught\.$/m,
  );
  const listed = JSON.parse((await command(place, ['history', '--reports', place.reports, '--json'])).stdout) as object;
  expect(listed).toMatchObject({ runs: [], unrecorded: [], selfTests: [{ outcome: 'passed' }] });

  const verified = await command(place, ['evidence', 'verify', '--reports', place.reports]);
  expect(verified).toMatchObject({ status: 0 });
  const file = join(place.reports, 'self-tests', `${document.id}.json`);
  writeFileSync(file, readFileSync(file, 'utf8').replace('"caught"', '"missed"'));
  const changed = await command(place, ['evidence', 'verify', '--reports', place.reports]);
  expect(changed.status).toBe(1);
  expect(changed.stdout + changed.stderr).toContain(`self-tests/${document.id}.json`);
});

test('with a plan, its own repository is only read, and what has to be damaged is a private copy', async () => {
  const place = workspace();
  const before = untouched(place.repo);
  const { status, document } = await selfTest(place, planOf(place));
  expect(untouched(place.repo)).toEqual(before);
  const copied = ['missing-segment', 'altered-segment', 'flipped-byte'];
  expect(results(document)).toEqual({
    ...allCaught('original'),
    ...Object.fromEntries(copied.map((fault) => [fault, 'caught, copy'])),
  });
  expect(status).toBe(0);
  expect(document.faults.find(({ fault }) => fault === 'blind-checks')?.remark).toMatch(
    /^"the database is there" held all the same/,
  );
  expect(leftovers(place)).toEqual([]);
});

test('a fault that cannot be made leaves it inconclusive, and so does a healthy copy that does not pass', async () => {
  const place = workspace();
  const unchecked = planOf(place, { checks: [] });
  const bare = await selfTest(place, unchecked, '--only', 'blind-checks', '--only', 'wrong-passphrase');
  expect({ ...bare, results: results(bare.document) }).toMatchObject({
    status: 3,
    document: { outcome: 'inconclusive' },
    results: { 'blind-checks': 'not-shown, null', 'wrong-passphrase': 'caught, original' },
  });
  expect(bare.document.faults.find(({ fault }) => fault === 'blind-checks')?.why).toContain('no critical check');

  const sick = planOf(place, { checks: [{ name: 'never', sql: 'select false' }] });
  const sickly = await selfTest(place, sick, '--only', 'failing-check', '--only', 'missing-segment');
  expect({ ...sickly, results: results(sickly.document) }).toMatchObject({
    status: 3,
    document: { outcome: 'inconclusive', controls: [{ verdict: 'failed', codes: ['check-failed'] }] },
    results: { 'failing-check': 'not-shown, null', 'missing-segment': 'not-shown, null' },
  });
});

test('a plan whose checks cannot fail fails it, and so does, louder, a program that misses a fault', async () => {
  const place = workspace();
  const blind = planOf(place, { checks: [{ name: 'idle', sql: 'select true' }] });
  const words = (...faults: string[]): string[] => [
    'self-test',
    blind,
    '--scratch',
    place.scratch,
    '--reports',
    place.reports,
    ...faults.flatMap((fault) => ['--only', fault]),
  ];
  const { status, stdout } = await command(place, words('blind-checks'));
  expect(status).toBe(1);
  expect(stdout).toMatch(/^FAILED self-test: the checks of this plan cannot fail/m);

  const program = mutatedProgram(place);
  const missed = spawnSync(process.execPath, [program, ...words('failing-check')], {
    cwd: place.root,
    encoding: 'utf8',
  });
  expect(missed.status).toBe(1);
  expect(missed.stderr).toContain('MISSED: the drill passed');
  expect(missed.stdout).toMatch(/^FAILED self-test: .*failing-check\. No report of this runner of this version/m);
  const history = await command(place, ['history', '--reports', place.reports]);
  expect(history.stdout).toMatch(/^✗ The last self-test, .* No report of that runner of that version/m);
});

/** The program from its sources, but for one word: whatever a query answers, the check holds. */
function mutatedProgram({ root }: Workspace): string {
  const house = join(root, 'house');
  mkdirSync(house);
  for (const name of ['bin', 'src', 'docker', 'package.json'])
    cpSync(join(ROOT, name), join(house, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(house, 'node_modules'));
  const file = join(house, 'src/checks/kinds/sql.ts');
  const text = readFileSync(file, 'utf8');
  const mutated = text.replace("(ok ? 'passed' : 'failed')", "(ok ? 'passed' : 'passed')");
  expect(mutated).not.toBe(text);
  writeFileSync(file, mutated);
  return join(house, 'bin/drill.js');
}

/** The directory of a self-test that is under way, once the server of its own cluster is up. */
async function ownServer({ scratch }: Workspace): Promise<string> {
  const running = (): string | undefined =>
    (existsSync(scratch) ? readdirSync(scratch) : []).find((name) =>
      existsSync(join(scratch, name, 'own/data/postmaster.pid')),
    );
  await until('its own cluster is up', () => running() !== undefined, 50);
  return join(scratch, running() ?? '');
}

test('Ctrl-C removes all that it made, and is on record', async () => {
  const place = workspace();
  const args = ['self-test', '--scratch', place.scratch, '--reports', place.reports];
  const { ended, kill } = startCommand(place, args);
  const root = await ownServer(place);
  kill('SIGINT');
  expect(await ended).toMatchObject({ status: 130 });
  expect(leftovers(place)).toEqual([]);
  expect(processesOf(root)).toEqual([]);
  expect(ledgerOf(place).at(-1)).toMatchObject({ kind: 'self-tested', outcome: 'cancelled' });
});

test('what kill -9 leaves, a server among it, is swept', async () => {
  const place = workspace();
  const args = ['self-test', '--scratch', place.scratch, '--reports', place.reports];
  const { ended, kill } = startCommand(place, args);
  const root = await ownServer(place);
  kill('SIGKILL');
  await ended;
  expect(leftovers(place)).toHaveLength(1);
  expect(await command(place, ['sweep', '--scratch', place.scratch])).toMatchObject({ status: 0 });
  expect(leftovers(place)).toEqual([]);
  expect(processesOf(root)).toEqual([]);
});
