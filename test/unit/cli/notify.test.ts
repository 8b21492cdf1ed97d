import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Ledger } from '../../../src/store/ledger/ledger.ts';
import { commandLine } from '../../fixtures/command-line.ts';
import { directoryWith, temporaryDirectory } from '../../fixtures/plans.ts';
import { recordRun, runIdOf } from '../../fixtures/signed-reports.ts';
import { startService, type Service } from '../../fixtures/service.ts';

const titles = ({ received }: Service): string[] =>
  received.map(({ body }) => (JSON.parse(body) as { text: string }).text.replace(/^\S+ /, ''));

/** A machine whose settings name a channel, and a plan with one of its own. */
async function machine(plan = '') {
  const [ops, dba] = [await startService({ body: 'ok' }), await startService({ body: 'ok' })];
  const root = temporaryDirectory();
  const reports = join(root, 'reports');
  const config = join(root, 'pgdrill.yaml');
  writeFileSync(config, `reports: ${reports}\nnotify:\n  - slack: { url: env:OPS }\n    name: ops\n`, { mode: 0o600 });
  mkdirSync(join(root, 'drills'));
  const file = join(root, 'drills/orders.yaml');
  writeFileSync(file, `name: orders\nsource: { stanza: main }\n${plan}`);
  const env = { PGDRILL_CONFIG: config, OPS: `${ops.url}/verysecret`, DBA: `${dba.url}/verysecret` };
  return { ops, dba, root, reports, file, config, run: (...args: string[]) => commandLine(args, env) };
}

const OWN = 'notify:\n  - slack: { url: env:DBA }\n    name: dba\n    on: always\n';

describe('drill notify test', () => {
  test('shows what each channel answered', async () => {
    const { ops, dba, file, run } = await machine(OWN);
    dba.answers = [{ status: 404, body: 'no_service' }];
    const { status, stdout, stderr } = await run('notify', 'test', file);
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    expect(stdout).toMatch(/^CHANNEL +GOES TO +ANSWER$/m);
    expect(stdout).toMatch(/^✓ ops +an incoming webhook +ok$/m);
    expect(stdout).toMatch(/^✗ dba +an incoming webhook +it answered 404: no_service$/m);
    expect(titles(ops)).toEqual(['TEST: notifications of orders']);
    expect(stdout).not.toContain('verysecret');
  });

  test('without a plan: the channels of the machine', async () => {
    const { ops, dba, run } = await machine(OWN);
    expect((await run('notify', 'test')).status).toBe(0);
    expect([ops.received.length, dba.received.length]).toEqual([1, 0]);
  });

  test('where nobody is named', async () => {
    const { status, stderr } = await commandLine(['notify', 'test'], { PGDRILL_CONFIG: '' });
    expect(status).toBe(2);
    expect(stderr).toContain('the settings of this machine name no channel');
  });
});

test('drill validate says who is told, and which file says so', async () => {
  const { file, config, run } = await machine(OWN);
  const { status, stdout } = await run('validate', file);
  expect(status).toBe(0);
  expect(stdout).toContain(`✓ ${file}\n    tells dba (slack): an incoming webhook; on always\n`);
  expect(stdout).toContain(
    `${config}: reports, notify\n  tells ops (slack): an incoming webhook; on failure and recovered`,
  );
});

test('the reports of the settings are those that drill history reads', async () => {
  const { reports, run } = await machine();
  await recordRun(reports, 0, { signer: null });
  expect((await run('history')).stdout).toContain('orders');
});

const due = (name: string): string =>
  `name: ${name}\nsource: { stanza: main }\nschedule: { cron: "0 3 * * *", timezone: UTC }\n`;

describe('drill overdue --notify', () => {
  test('tells a drill that does not run, once, and that it runs again', async () => {
    const { ops, dba, file, reports, run } = await machine(OWN);
    writeFileSync(file, `${due('orders')}${OWN}`);
    const before = new Date(Date.now() - 5 * 86_400_000).toISOString();
    await recordRun(reports, 0, { signer: null, startedAt: before });
    for (let look = 0; look < 2; look += 1) expect((await run('overdue', '--notify', file)).status).toBe(1);
    expect(titles(ops)).toEqual([expect.stringMatching(/^OVERDUE: orders has not run since it was due at /)]);
    expect(dba.received).toHaveLength(2);
    await recordRun(reports, 1, { signer: null, startedAt: new Date(Date.now() - 1000).toISOString() });
    expect((await run('overdue', '--notify', file)).status).toBe(0);
    expect(titles(ops).at(-1)).toBe('IN TIME again: orders');
  });

  test('that cannot look at all is told, once', async () => {
    const { ops, file, run } = await machine();
    writeFileSync(file, due('orders'));
    for (let look = 0; look < 2; look += 1)
      expect((await run('overdue', '--notify', '--grace', 'soon', file)).status).toBe(2);
    expect(titles(ops)).toEqual([`NOT RUN: ${file} (plan-invalid)`]);
  });

  test('without it nobody is told', async () => {
    const { ops, file, run } = await machine();
    writeFileSync(file, due('orders'));
    await run('overdue', file);
    expect(ops.received).toEqual([]);
  });

  test('a channel that is dead is said, and the status is the same', async () => {
    const { ops, file, run } = await machine();
    writeFileSync(file, due('orders'));
    ops.answers = [{ status: 403 }];
    const { status, stderr } = await run('overdue', '--notify', file);
    expect(status).toBe((await run('overdue', file)).status);
    expect(stderr).toMatch(/^! ops \(slack\) could not be told: it answered 403; it is kept, and sent again by /m);
    ops.answers = [{ body: 'ok' }];
    const sent = await run('notify', 'send', file);
    expect(sent).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('ops (slack) was told of what') as unknown,
    });
    expect((await run('notify', 'send', file)).stdout).toBe('There is nothing to be sent.\n');
  });
});

describe('a drill that a timer cannot begin is told', () => {
  test('its plan cannot be loaded: by the channels of the machine, once', async () => {
    const { ops, file, run } = await machine('objectivs: {}\n');
    for (let tries = 0; tries < 2; tries += 1) {
      const { status, stderr } = await run('run', '--scheduled', '--quiet', file);
      expect(status).toBe(2);
      expect(stderr).toContain('objectivs: is not known here; did you mean objectives?');
    }
    expect(titles(ops)).toEqual([`NOT RUN: ${file} (plan-invalid)`]);
    expect(ops.received[0]?.body).not.toContain('objectivs');
  });

  test('pgBackRest has no configuration: by those of the plan as well', async () => {
    const { ops, dba, file, run, root } = await machine(OWN);
    writeFileSync(
      file,
      `name: orders\nsource: { stanza: main, config: ${join(root, 'none.conf')} }\nschedule: monthly\n${OWN}`,
    );
    const { status, stderr } = await run('run', '--scheduled', '--quiet', file);
    expect(status).toBe(2);
    expect(stderr).toContain('none.conf');
    expect([titles(ops), titles(dba)]).toEqual([
      ['NOT RUN: orders (config-missing)'],
      ['NOT RUN: orders (config-missing)'],
    ]);
  });

  test('when somebody runs it by hand, it stands on the screen', async () => {
    const { ops, file, run } = await machine('objectivs: {}\n');
    expect((await run('run', file)).status).toBe(2);
    expect(ops.received).toEqual([]);
  });

  test('and so is a check-up', async () => {
    const { ops, run, root } = await machine();
    const args = ['check', '--stanza', 'main', '--config', join(root, 'none.conf'), '--notify'];
    expect((await run(...args)).status).toBe(2);
    expect(titles(ops)).toEqual(['NOT RUN: the check of main (config-missing)']);
  });
});

test('a plan that cannot be looked at keeps no other from its turn', async () => {
  const { ops, root, run } = await machine();
  const files = ['orders', 'users'].map((name) => {
    const file = join(root, `drills/${name}.yaml`);
    writeFileSync(file, `name: ${name}\nsource: { stanza: main, config: ${join(root, 'none.conf')} }\n`);
    return file;
  });
  const { status, stderr } = await run('check', '--notify', ...files);
  expect({ status, problems: stderr.match(/code: config-missing/g) }).toMatchObject({
    status: 2,
    problems: { length: 2 },
  });
  expect(titles(ops)).toEqual(['orders', 'users'].map((name) => `NOT RUN: the check of ${name} (config-missing)`));
  const nagios = await run('check', '--nagios', ...files);
  expect(nagios.status).toBe(3);
  expect(nagios.stdout).toMatch(
    /^PGDRILL UNKNOWN - config-missing: .* \(and 1 more\)\n\[UNKNOWN\] .*\n\[UNKNOWN\] .*\n$/,
  );
});

/** A drill that is not due, whose last run was killed. */
async function killed() {
  const here = await machine();
  writeFileSync(here.file, `name: orders\nsource: { stanza: main }\nschedule: monthly\n`);
  const startedAt = new Date().toISOString();
  const run = runIdOf(0);
  const about = { stanza: 'main', trigger: 'scheduled', user: 'root', host: 'vm' } as const;
  await new Ledger(here.reports).append(() => [
    { kind: 'begun', drill: 'orders', run, number: 1, startedAt, ...about },
  ]);
  return here;
}

describe('a run that was killed', () => {
  test('is told by the timer that asks next, once', async () => {
    const { ops, file, run } = await killed();
    for (let asked = 0; asked < 2; asked += 1) await run('run', '--scheduled', '--quiet', file);
    expect(titles(ops)).toEqual(['LOST: orders']);
    expect(ops.received[0]?.body).toContain(`The run ${runIdOf(0)}, which began at `);
  });

  test('is told no more when another one has followed', async () => {
    const { ops, file, reports, run } = await killed();
    await run('run', '--scheduled', '--quiet', file);
    await recordRun(reports, 1, { signer: null, startedAt: new Date().toISOString(), verdict: 'failed' });
    await run('run', '--scheduled', '--quiet', file);
    expect(titles(ops)).toEqual(['LOST: orders']);
    expect(readFileSync(join(reports, '.notify-state.json'), 'utf8')).not.toContain('lost/');
  });

  test('is not told to who asks by hand', async () => {
    const { ops, file, run } = await killed();
    await run('run', file, '--config', '/nowhere.conf');
    expect(ops.received).toEqual([]);
  });
});

test('settings that are wrong end every command, with each line', async () => {
  const file = join(directoryWith({ 'pgdrill.yaml': 'scratch: here\n' }), 'pgdrill.yaml');
  const { status, stderr } = await commandLine(['notify', 'test'], { PGDRILL_CONFIG: file });
  expect(status).toBe(2);
  expect(stderr).toContain(`${file}:1:1: scratch: has to be a whole path`);
  expect(readFileSync(file, 'utf8')).toBe('scratch: here\n');
});
