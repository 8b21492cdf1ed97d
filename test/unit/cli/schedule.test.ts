import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listText, withoutPlanText, type ListedDrill } from '../../../src/cli/view/schedule-list.ts';
import { plain } from '../../../src/cli/view/style.ts';
import { widthOf } from '../../../src/cli/view/table.ts';
import { commandLine } from '../../fixtures/command-line.ts';
import { temporaryDirectory } from '../../fixtures/plans.ts';
import { recordRun } from '../../fixtures/signed-reports.ts';

/** Plans in a directory of their own, and its reports. */
function plansOf(texts: Readonly<Record<string, string>>): { plan: (name: string) => string; reports: string } {
  const root = temporaryDirectory();
  mkdirSync(join(root, 'drills'));
  for (const [name, text] of Object.entries(texts)) {
    const head = `name: ${name}\nsource: { stanza: main }\nreports: ../reports\n`;
    writeFileSync(join(root, 'drills', `${name}.yaml`), `${head}${text}\n`);
  }
  return { plan: (name) => join(root, 'drills', `${name}.yaml`), reports: join(root, 'reports') };
}

const MONTHLY = 'schedule: monthly';

test('what is printed starts the plan by its path, for the user who is named', async () => {
  const { plan } = plansOf({ orders: MONTHLY });
  const { status, stdout } = await commandLine([
    'schedule',
    'print',
    plan('orders'),
    '--with',
    'systemd',
    '--user-name',
    'root',
  ]);
  expect(status).toBe(0);
  expect(stdout).toMatch(
    /^# \/etc\/systemd\/system\/pgdrill-orders\.service\n# pgdrill begin orders [0-9a-f]{16} of \//,
  );
  expect(stdout).toContain(`"run" "--scheduled" "--quiet" "${plan('orders')}"`);
  expect(stdout).toContain('User=root\n');
  const options = [
    '--with',
    'systemd',
    '--user-name',
    'root',
    '--reports',
    '/srv/reports',
    '--metrics',
    '/srv/m/a.prom',
  ];
  const more = await commandLine(['schedule', 'print', plan('orders'), ...options]);
  expect(more.stdout).toContain('"--quiet" "--reports" "/srv/reports" "--metrics" "/srv/m/a.prom" "/');
  expect(more.stdout).toMatch(/^ReadWritePaths="\/srv\/reports" "\/var\/lib\/pgdrill" "\/srv\/m" "\/tmp"/m);
}, 60_000);

test('every problem of every plan is told at once, and nothing is done', async () => {
  const { plan } = plansOf({
    idle: '',
    wrong: 'schedule: fortnightly',
    boxed: `${MONTHLY}\nsandbox: { kind: docker }`,
    fine: MONTHLY,
  });
  const files = ['idle', 'wrong', 'boxed', 'fine'].map(plan);
  const words = ['--with', 'kubernetes', '--delay', '2h', '--uid', '0'];
  const { status, stdout, stderr } = await commandLine(['schedule', 'print', ...files, ...words]);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain('5 problems');
  expect(stderr).toMatch(/idle: .* write "schedule: monthly" into it/);
  expect(stderr).toMatch(/wrong\.yaml:4:1: schedule: /);
  expect(stderr).toMatch(/boxed: its sandbox needs a container engine/);
  expect(stderr).toMatch(/--delay: at most 45m/);
  expect(stderr).toMatch(/--uid: "0"/);
});

test('Kubernetes is told by kubectl, and nothing here sets it up', async () => {
  const { plan } = plansOf({ orders: MONTHLY });
  expect((await commandLine(['schedule', 'install', plan('orders'), '--with', 'kubernetes'])).status).toBe(2);
});

test('two plans of one name are no two timers', async () => {
  const { plan } = plansOf({ orders: MONTHLY });
  const other = plansOf({ orders: MONTHLY });
  const { status, stderr } = await commandLine([
    'schedule',
    'print',
    plan('orders'),
    other.plan('orders'),
    '--with',
    'kubernetes',
  ]);
  expect(status).toBe(2);
  expect(stderr).toContain('orders is the name of two plans');
});

test('a list says when drills ran, and which need somebody', async () => {
  const { plan, reports } = plansOf({ fine: 'schedule: yearly', idle: MONTHLY, never: '' });
  await recordRun(reports, 0, { drill: 'fine', signer: null, startedAt: new Date().toISOString() });
  const { status, stdout } = await commandLine(['schedule', 'list', ...['fine', 'idle', 'never'].map(plan)]);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^idle {2}✗ overdue\n {2}due +at 03:00 on day 1 of the month/);
  expect(stdout).toMatch(/^fine {2}✓ in time$/m);
  expect(stdout).toMatch(/^never {2}– no schedule$/m);
  const json = await commandLine(['schedule', 'list', plan('fine'), '--json']);
  expect(JSON.parse(json.stdout)).toMatchObject({
    drills: [{ drill: 'fine', words: expect.stringContaining('January') as string, alarm: null, startedBy: [] }],
  });
});

test('a list fits 80 columns', () => {
  const drill: ListedDrill = {
    drill: 'orders-of-the-european-shop',
    schedule: '0 3 1,2,3,4,5,6,7 * 1 America/Argentina/ComodRivadavia',
    words:
      'at 03:00 on day 1, 2, 3, 4, 5, 6 and 7 of the month and on every Monday, time of America/Argentina/ComodRivadavia',
    lastBegun: '2026-11-01T03:00:09.123Z',
    lastPassed: '2026-10-01T03:00:09.123Z',
    dueAt: '2026-11-01T03:00:00.000Z',
    nextDue: '2026-12-01T03:00:00.000Z',
    alarm: 'not-passed',
    startedBy: [
      {
        drill: 'orders-of-the-european-shop',
        planFile: '/etc/pgdrill/drills/orders.yaml',
        with: 'systemd',
        place: 'pgdrill-orders-of-the-european-shop.timer',
        state: 'outdated',
      },
    ],
  };
  const text = listText([drill], plain, 80);
  expect(widthOf(text)).toBeLessThanOrEqual(80);
  expect(text).toContain('✗ failing');
  expect(text).toContain('drill schedule install');
  expect(withoutPlanText([], plain)).toBe('');
  expect(withoutPlanText(drill.startedBy, plain)).toContain('drill schedule remove orders-of-the-european-shop');
});

test('a timer that asks for a drill without a schedule is refused: it would run whenever it is asked for', async () => {
  const { plan, reports } = plansOf({ open: '' });
  const { status, stderr } = await commandLine(['run', '--scheduled', '--quiet', plan('open')]);
  expect(status).toBe(2);
  expect(stderr).toMatch(/open: its plan has no schedule, so it is never due\n.*hint: write "schedule: monthly"/);
  expect(existsSync(reports)).toBe(false);
});

test('a timer that asks too early is told when the drill is due, or with --quiet nothing', async () => {
  const { plan, reports } = plansOf({ fine: 'schedule: yearly' });
  await recordRun(reports, 0, { drill: 'fine', signer: null, startedAt: new Date().toISOString() });
  const asked = await commandLine(['run', '--scheduled', plan('fine')]);
  expect(asked).toMatchObject({ status: 0, stdout: expect.stringMatching(/^fine is not due: /) as string });
  const quiet = await commandLine(['run', '--scheduled', '--quiet', plan('fine')]);
  expect(quiet).toEqual({ status: 0, stdout: '', stderr: '' });
});
