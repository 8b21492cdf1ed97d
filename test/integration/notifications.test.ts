import { existsSync, globSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  command,
  leftovers,
  startDrill,
  temporaryIn,
  workspace,
  writePlan,
  type Workspace,
} from '../fixtures/drill.ts';
import { startService, type Service } from '../fixtures/service.ts';
import { HELD } from '../fixtures/held-check.ts';
import { textOf, until, untilVerifying } from '../fixtures/until.ts';

const VALUE = 'Ada Lovelace';

/** The words of all processes of this machine. */
function processList(): string {
  return globSync('[0-9]*/cmdline', { cwd: '/proc' })
    .map((file) => textOf(join('/proc', file)))
    .join('\n');
}

/** Everything that a drill wrote, but for what lies in the copy. */
function writtenBy({ reports }: Workspace): string {
  const files = readdirSync(reports, { recursive: true, encoding: 'utf8' }).map((name) => join(reports, name));
  return files
    .filter((file) => statSync(file).isFile())
    .map((file) => readFileSync(file, 'latin1'))
    .join('\n');
}

/** A plan with channels of all endings: one that works, one that refuses, one that hangs, and one that watches. */
async function place() {
  const [slack, hook, ntfy, hc] = [
    await startService(),
    await startService(),
    await startService(),
    await startService(),
  ];
  hook.answers = [{ status: 404, body: 'gone' }];
  ntfy.answers = [{ hangs: true }];
  const here = workspace();
  const secret = join(here.root, 'ntfy-topic');
  writeFileSync(secret, 'topic-verysecret\n', { mode: 0o600 });
  const plan = writePlan(here, 'told', {
    name: here.name,
    schedule: { cron: '0 3 * * *', timezone: 'UTC' },
    checks: [
      {
        name: 'who it is',
        sql: `select '${VALUE.slice(0, 3)}' || '${VALUE.slice(3)}'`,
        expect: { equals: 'Nobody' },
        severity: 'warning',
      },
    ],
    notify: [
      { slack: { url: { command: ['printenv', 'SLACK_URL'] } }, on: 'always' },
      { webhook: { url: hook.url, secret: 'env:HOOK_SECRET' }, on: 'always' },
      { ntfy: { topic: `file:${secret}`, server: ntfy.url }, on: 'always' },
      { healthchecks: { url: 'env:HC_URL' } },
    ],
  });
  const env = {
    SLACK_URL: `${slack.url}/services/verysecret`,
    HC_URL: `${hc.url}/ping/verysecret`,
    HOOK_SECRET: 'hook-verysecret',
    PGDRILL_CONFIG: '',
  };
  return { here, plan, env, slack, hook, ntfy, hc };
}

const asked = ({ received }: Service): Promise<void> => until('it was asked', () => received.length > 0);

test('who is told, what they are told, and that nothing of it touches the drill', async () => {
  const { here, plan, env, slack, hook, ntfy, hc } = await place();
  const seen = { left: ['?'], report: false, processes: '' };
  slack.whenAsked = () => {
    seen.left = leftovers(here);
    seen.report = globSync('*/*/report.json', { cwd: here.reports }).length === 1;
    seen.processes = processList();
  };
  ntfy.answers = [{ status: 403 }];
  const { status, report, stderr, folder } = await startDrill(here, [plan], env).finished;
  expect({ status, verdict: report?.verdict }).toEqual({ status: 0, verdict: 'passed' });
  const told = { late: null, attempts: 1 };
  expect(report?.notifications).toEqual([
    { channel: 'slack', name: 'slack', sent: true, reason: null, kept: false, ...told },
    { channel: 'webhook', name: 'webhook', sent: false, reason: 'it answered 404: gone', kept: true, ...told },
    { channel: 'ntfy', name: 'ntfy', sent: false, reason: 'it answered 403', kept: true, ...told },
    { channel: 'healthchecks', name: 'healthchecks', sent: true, reason: null, kept: false, ...told },
  ]);
  expect(stderr).toContain('! webhook could not be told: it answered 404: gone; it is kept, and sent again by');

  // All was removed, and the report was there, before anybody was told.
  expect(seen).toMatchObject({ left: [], report: true });
  expect(hc.received.map(({ path }) => path.replace(/\?.*/, ''))).toEqual([
    '/ping/verysecret/start',
    '/ping/verysecret/0',
  ]);
  expect(new Set(hc.received.map(({ path }) => path.replace(/.*rid=/, ''))).size).toBe(1);

  // The report holds the value; nobody was told it.
  expect(readFileSync(join(folder, 'report.json'), 'utf8')).toContain(VALUE);
  const bodies = [slack, hook, ntfy, hc].flatMap(({ received }) => received.map(({ body }) => body)).join('\n');
  expect(bodies).toContain('who it is');
  expect(bodies).not.toContain(VALUE);
  for (const text of [writtenBy(here), seen.processes, stderr, bodies.replaceAll('topic-verysecret', '')])
    expect(text).not.toContain('verysecret');

  // What is signed and on record is the report with all of it.
  const verified = await command(here, ['evidence', 'verify', here.reports], env);
  expect(verified).toMatchObject({ status: 0 });

  hook.answers = [{ body: 'ok' }];
  ntfy.answers = [{ body: 'ok' }];
  const sent = await command(here, ['notify', 'send', plan], env);
  // The plan names no directory of reports, and stands beside them.
  expect(sent).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/webhook was told of what.*\nntfy was told/) as unknown,
  });
});

test('Ctrl-C while it tells: it ends at once, and passes', async () => {
  const { here, plan, env, ntfy } = await place();
  const run = startDrill(here, [plan], env);
  await asked(ntfy);
  run.kill('SIGINT');
  const { status, report } = await run.finished;
  expect({ status, verdict: report?.verdict }).toEqual({ status: 0, verdict: 'passed' });
  expect(report?.notifications.find(({ name }) => name === 'ntfy')).toMatchObject({
    sent: false,
    reason: 'it was interrupted',
    kept: true,
  });
});

test('a run that is ended by Ctrl-C is told as that', async () => {
  const { here, plan, env, slack, ntfy, hc } = await place();
  ntfy.answers = [{ body: 'ok' }];
  const run = startDrill(here, [plan, '--check-sql', HELD], env);
  await untilVerifying(here);
  run.kill('SIGINT');
  const { status, report } = await run.finished;
  expect({ status, verdict: report?.verdict }).toEqual({ status: 130, verdict: 'cancelled' });
  expect(report?.notifications.map(({ name, sent }) => [name, sent])).toEqual([
    ['slack', true],
    ['webhook', false],
    ['ntfy', true],
    ['healthchecks', true],
  ]);
  expect(slack.received[0]?.body).toContain('CANCELLED: ');
  expect(hc.received.at(-1)?.path).toMatch(/\/130\?rid=/);
});

test('a run that is killed while it tells has ended: its report is there', async () => {
  const { here, plan, env, ntfy } = await place();
  const run = startDrill(here, [plan], env);
  await asked(ntfy);
  run.kill('SIGKILL');
  await run.finished;
  expect(leftovers(here)).toEqual([]);
  await command(here, ['overdue', plan], env);
  const { stdout } = await command(here, ['history', '--json'], env);
  expect(JSON.parse(stdout)).toMatchObject({
    runs: [{ number: 1, verdict: 'passed', recorded: 'later' }],
    withoutReport: [],
  });
  expect(existsSync(join(here.reports, '.notify-outbox.json'))).toBe(false);
});

test('a run that is refused when it has begun ends for whoever watches', async () => {
  const { here, plan, env, hc, slack } = await place();
  const { status, stderr } = await startDrill(here, [plan, '--target-name', 'nowhere'], env).finished;
  expect({ status, stderr }).toMatchObject({ status: 2, stderr: expect.stringContaining('target-unknown') as unknown });
  expect(hc.received.map(({ path }) => path.replace(/\?.*/, ''))).toEqual([
    '/ping/verysecret/start',
    '/ping/verysecret/2',
  ]);
  // Somebody has typed it, and reads why.
  expect(slack.received).toEqual([]);
});

test('the script that looks for old backups is one line of settings', async () => {
  const here = workspace();
  const slack = await startService({ body: 'ok' });
  const settings = join(here.root, 'pgdrill.yaml');
  writeFileSync(settings, `reports: ${here.reports}\nnotify: [{ slack: { url: env:SLACK_URL } }]\n`, { mode: 0o600 });
  const env = { ...temporaryIn(here), PGDRILL_CONFIG: settings, SLACK_URL: `${slack.url}/verysecret` };
  const look = async (...words: string[]) =>
    (await command(here, ['check', '--config', here.config, '--notify', ...words], env)).status;
  const titles = () => slack.received.map(({ body }) => (JSON.parse(body) as { text: string }).text);
  // Who promises less is another monitor, and ends no alarm.
  for (const age of ['1s', '1s', '999d'])
    expect(await look('--stanza', 'shop', '--backup-age', age)).toBe(age === '1s' ? 1 : 0);
  expect(titles()).toEqual(['❌ CRITICAL: shop (backup-too-old)']);
  for (const backupAge of ['1s', '999d'])
    await look(writePlan(here, 'promised', { name: 'promised', objectives: { backupAge }, reports: here.reports }));
  expect(titles().slice(1)).toEqual(['❌ CRITICAL: promised (backup-too-old)', '✅ OK again: promised']);
  expect(slack.received[0]?.body).toMatch(/Repository 1: the newest backup is .* old, promised 1s/);
});
