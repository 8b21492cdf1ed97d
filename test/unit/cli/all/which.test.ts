import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { commandLine } from '../../../fixtures/command-line.ts';
import { temporaryDirectory } from '../../../fixtures/plans.ts';
import { recordRun } from '../../../fixtures/signed-reports.ts';

/** A configuration with some stanzas. */
function configOf(...stanzas: string[]): { readonly config: string; readonly reports: string } {
  const root = temporaryDirectory();
  const config = join(root, 'pgbackrest.conf');
  const sections = stanzas.map((stanza) => `[${stanza}]\npg1-path=${root}/pg\n`);
  writeFileSync(config, `[global]\nrepo1-path=${root}/repo\n${sections.join('')}`);
  return { config, reports: join(root, 'reports') };
}

interface Document {
  readonly drills: readonly { readonly from: string; readonly exitStatus: number; readonly said: string }[];
}

async function runAll({ config, reports }: ReturnType<typeof configOf>): Promise<Document & { status: number }> {
  const { status, stdout } = await commandLine(['run', '--all', '--json', '--config', config, '--reports', reports]);
  return { status, ...(JSON.parse(stdout) as Document) };
}

test('a ledger that cannot be read is told of each drill that it is of, and ends none of the others', async () => {
  const { config, reports } = configOf('orders', 'users');
  mkdirSync(join(reports, 'ledger.jsonl'), { recursive: true });
  const { status, drills } = await runAll({ config, reports });
  expect(status).toBe(2);
  expect(drills.map(({ from, exitStatus }) => [from, exitStatus])).toEqual([
    ['stanza orders', 2],
    ['stanza users', 2],
  ]);
  expect(drills[0]?.said).toContain('ledger.jsonl cannot be read');
});

/** Works in a directory of its own until the test is over. */
function inDirectory(files: Readonly<Record<string, string>>): void {
  const here = process.cwd();
  onTestFinished(() => process.chdir(here));
  process.chdir(temporaryDirectory());
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(name), { recursive: true });
    writeFileSync(name, text);
  }
}

test('of two plans that give one name to their drills the second is told, and not taken for the first that has run', async () => {
  const plan = 'name: orders\nsource: { stanza: main }\nschedule: daily\n';
  inDirectory({ 'drills/a.yaml': plan, 'drills/b.yaml': plan });
  await recordRun('reports', 0, { signer: null, startedAt: new Date(Date.now() - 1000).toISOString() });
  const { status, stdout } = await commandLine(['run', '--all', '--scheduled', '--quiet', '--json']);
  expect(JSON.parse(stdout)).toMatchObject({ notRun: [{ drill: 'orders' }], drills: [{ from: 'drills/b.yaml' }] });
  expect(stdout).toContain('drills/b.yaml: the drill is named orders, as that of drills/a.yaml');
  expect(status).toBe(2);
});

test('run --all --scheduled --quiet says nothing when nothing is due, so that cron mails nothing', async () => {
  inDirectory({ 'drills/a.yaml': 'name: a\nsource: { stanza: main }\nschedule: yearly\n' });
  await recordRun('reports', 0, { drill: 'a', signer: null, startedAt: new Date().toISOString() });
  const words = ['run', '--all', '--scheduled'];
  expect((await commandLine(words)).stdout).toMatch(/^– a: not due: it ran at /m);
  expect(await commandLine([...words, '--quiet'])).toEqual({ status: 0, stdout: '', stderr: '' });
});

test('overdue: a plan in drills/ that cannot be used keeps nothing back of the others', async () => {
  const plan = 'source: { stanza: main }\nschedule: daily\n';
  inDirectory({
    'drills/a.yaml': 'name: a\n',
    'drills/b.yaml': `name: b\n${plan}`,
    'drills/c.yaml': `name: b\n${plan}`,
  });
  const late = await commandLine(['overdue']);
  expect(late.stderr).toMatch(/drills\/a\.yaml:.*source/);
  expect(late.stderr).toContain('drills/c.yaml: the drill is named b, as that of drills/b.yaml');
  expect(late.stdout).toMatch(/^b .*✗ has never run/m);
  expect(late.status).toBe(1);
  await recordRun('reports', 0, { drill: 'b', signer: null, startedAt: new Date().toISOString() });
  expect((await commandLine(['overdue'])).status).toBe(2);
});

test.each(['run --all', 'overdue', 'schedule list'])('%s: drills that is no directory is told', async (words) => {
  inDirectory({ drills: '' });
  const { status, stderr } = await commandLine(words.split(' '));
  expect(stderr).toMatch(/the plans in drills\/ cannot be read: .*\n.*hint: drills has to be a directory/);
  expect(status).toBe(2);
});
