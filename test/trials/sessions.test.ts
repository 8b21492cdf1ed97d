import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, onTestFinished } from 'vitest';
import { drill, startDrill, workspace, writePlan, type DrillRun, type Workspace } from '../fixtures/drill.ts';
import { makePoisoned, type Poisoned } from '../fixtures/poisoned.ts';
import { claim, trial } from './trial.ts';

let poisoned: Poisoned;

beforeAll(async () => {
  poisoned = await makePoisoned();
});

function place(whenFinished = onTestFinished): Workspace {
  return workspace({ ...inject('golden'), ...poisoned }, whenFinished);
}

/** Drills the poisoned production to a restore point with the checks of a plan. */
function asked(
  point: string,
  checks: readonly object[],
  where = place(),
  env: Record<string, string> = {},
): Promise<DrillRun> {
  const plan = writePlan(where, 'sessions', { target: { name: point }, checks });
  return startDrill(where, [plan], env).finished;
}

/** How each check of the plan ended. */
function endings({ report }: DrillRun): Record<string, string> {
  const own = report?.checks.filter(({ kind }) => kind === 'sql' || kind === 'command') ?? [];
  return Object.fromEntries(own.map(({ name, status }) => [name, status]));
}

function endingsOf(status: string, checks: readonly { readonly name: string }[]): Record<string, string> {
  return Object.fromEntries(checks.map(({ name }) => [name, status]));
}

const onShop = { database: 'shop' };

trial('B14', async () => {
  const run = await asked('poisoned', [
    { name: 'damaged', ...onShop, sql: 'select count(*) from damaged', expect: { atLeast: 0 } },
  ]);
  expect(endings(run)).toEqual({ damaged: 'error' });
  return run;
});

/** What whoever runs the drill may have in the environment. */
const FOREIGN = { PGSSLMODE: 'require', PGOPTIONS: '-c nonsense=1', PGHOST: '/nowhere', PGUSER: 'nobody', PGPORT: '1' };

const MANY_SETTINGS = [
  { name: 'orders', ...onShop, sql: 'select count(*) from orders', expect: { equals: 16 } },
  { name: 'fresh', ...onShop, sql: 'select max(at) from orders', expect: { maxAge: '1h' } },
  {
    name: 'settings of roles and databases',
    ...onShop,
    sql: "select name from pg_settings where source in ('user', 'database', 'database user', 'global')",
    expect: { rows: 0 },
  },
  { name: 'time zone', ...onShop, sql: "select current_setting('timezone') <> 'Asia/Tokyo'" },
  { name: 'application', ...onShop, sql: "select current_setting('app.tenant', true) = ''" },
  { name: 'who', ...onShop, sql: "select session_user = 'postgres' and current_user = 'postgres'" },
  { name: 'slow', ...onShop, sql: 'select pg_sleep(0.1) is not null' },
  { name: 'program', ...onShop, command: ['psql', '-X', '-c', 'select count(*), pg_sleep(0.1) from public.orders'] },
];
const ODD_BYTES = [
  { name: 'odd', database: 'bytes', sql: 'select word from words', expect: { equals: String.raw`caf\xe9` } },
  { name: 'time', database: 'bytes', sql: 'select now() from words', expect: { maxAge: '1h' } },
];
const ORDINARY_ROLE = [
  {
    name: 'own rows',
    ...onShop,
    user: 'app',
    sql: "select string_agg(owner, ',') from mine",
    expect: { equals: 'app' },
  },
  { name: 'own name', ...onShop, user: 'app', sql: "select session_user = 'app' and current_user = 'app'" },
];

/** One drill whose report several rows look at. */
let sharedRun: Promise<DrillRun> | null = null;
const roots: string[] = [];
afterAll(() => {
  for (const root of roots) rmSync(root, { recursive: true, force: true });
});

async function shared(checks: readonly { readonly name: string }[] = []): Promise<DrillRun> {
  if (sharedRun === null) {
    const where = place(() => undefined);
    roots.push(where.root);
    sharedRun = asked('poisoned', [...MANY_SETTINGS, ...ODD_BYTES, ...ORDINARY_ROLE], where, FOREIGN);
  }
  const run = await sharedRun;
  expect(endings(run)).toMatchObject(endingsOf('passed', checks));
  return run;
}

trial('C9', () => shared(MANY_SETTINGS));

trial('C8', () => shared(ODD_BYTES));

trial('C10', () => shared(ORDINARY_ROLE));

trial('D19', () => shared());

trial('E1', () => shared());

trial('E2', () => shared());

trial('E3', () => shared());

trial('C3', () => drill(place(), '--backup', poisoned.labels.otherLocale, '--target-immediate'));

trial('C3b', () => asked('poisoned', [{ name: 'function', ...onShop, sql: 'select of_a_library() = 1' }]));

trial('C3c', async () => {
  const run = await asked('renamed', [{ name: 'one', sql: 'select true' }]);
  const connections = run.report?.checks.find(({ name }) => name === 'every database takes a connection');
  expect(connections?.observed).toContain('"dba"');
  return run;
});

trial('C3d', () => asked('prepared', []));

trial('B10', () => drill(place(), '--backup', poisoned.labels.lacksTable, '--target-immediate'));

trial('B10b', () => drill(place(), '--backup', poisoned.labels.lacksDatabase, '--target-immediate'));

trial('E4', () => {
  const base = place();
  const config = join(base.root, 'pgbackrest.conf');
  writeFileSync(config, `${readFileSync(base.config, 'utf8')}\n[shop:restore]\ndb-exclude=shop\n`);
  return drill({ ...base, config }, '--target-immediate');
});

const NO_QUESTIONS = [
  { name: 'copy', ...onShop, sql: 'copy orders to stdout', expect: { rows: 0 } },
  { name: 'huge', ...onShop, sql: "select repeat('x', 600000000)", expect: { rows: 1 } },
  { name: 'comment', ...onShop, sql: '-- nothing', expect: { rows: 0 } },
  { name: 'semicolon', ...onShop, sql: ';', expect: { rows: 0 } },
  { name: 'do', ...onShop, sql: 'do $$ begin end $$', expect: { rows: 0 } },
];
const QUESTIONS = [
  { name: 'after them', ...onShop, sql: 'select count(*) = 5 from orders' },
  { name: 'many', ...onShop, sql: "select repeat('y', 1000) from generate_series(1, 50000)", expect: { rows: 50_000 } },
];

trial('D15', async () => {
  const run = await asked('prepared', [...NO_QUESTIONS, ...QUESTIONS]);
  expect(run.status).toBe(1);
  expect(endings(run)).toEqual({ ...endingsOf('error', NO_QUESTIONS), ...endingsOf('passed', QUESTIONS) });
  return run;
});

trial('B16', () =>
  asked('prepared', [{ name: 'parts', sql: 'select n < 2 from generate_series(1, 2) n', expect: { equals: true } }]),
);

trial('B20', () => asked('prepared', [{ name: 'counts', sql: 'select 5, 0', expect: { atLeast: 1 } }]));
trial('B20b', () =>
  asked('prepared', [
    { name: 'parts', sql: 'select n < 2 from generate_series(1, 2) n', expect: { equals: true, rows: 2 } },
  ]),
);

const GOES_ON = [
  { name: 'words', command: ['psql', '-c', 'select * from nowhere', '-c', 'select 1'] },
  { name: 'file', command: ['sh', '-c', 'echo "select * from nowhere; select 1;" | psql -f -'] },
];

trial('B17', async () => {
  const run = await asked('prepared', GOES_ON);
  expect(endings(run)).toEqual(endingsOf('failed', GOES_ON));
  return run;
});

claim('A6', async () => {
  const leak =
    'psql -X -c "select secret::int from public.orders"; psql -X -Atc "select secret from public.orders" >&2';
  const run = await asked('prepared', [
    { name: 'sql', redact: true, ...onShop, sql: 'select secret::int from orders' },
    { name: 'program', redact: true, ...onShop, command: ['sh', '-c', `${leak}; exit 3`] },
  ]);
  expect(endings(run)).toEqual({ sql: 'error', program: 'failed' });
  const files = readdirSync(run.folder);
  expect(files).toEqual(expect.arrayContaining(['postgresql.log', 'pgdrill.log', 'report.json', 'report.md']));
  const leaks = files.filter((file) => /secret-\d/.test(readFileSync(join(run.folder, file), 'utf8')));
  expect({ leaks, said: /secret-\d/.test(run.stderr + run.stdout) }).toEqual({ leaks: [], said: false });
});
