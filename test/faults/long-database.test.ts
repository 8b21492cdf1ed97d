import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { drill, flipByte, workspace, writePlan, type DrillRun } from '../fixtures/drill.ts';
import { empty, overwrite, remove, scramble, type Harm } from '../fixtures/harm.ts';
import { ALL_THERE, makePrepared, placeOf, placeOfData, type Prepared } from '../fixtures/prepared.ts';
import { trial } from '../trials/trial.ts';

/** Where the files of relations are, below the data directory. */
interface Files {
  readonly database: string;
  readonly orders: string;
  readonly ordersKey: string;
  readonly pgClass: string;
  readonly pgProc: string;
}

let prepared: Prepared;
let files: Files;

beforeAll(async () => {
  prepared = await makePrepared();
  const { cluster } = prepared;
  await cluster.start();
  const path = (relation: string): Promise<string> => cluster.value(`select pg_relation_filepath('${relation}')`);
  const [orders, ordersKey] = [await path('orders'), await path('orders_pkey')];
  const [pgClass, pgProc] = [await path('pg_class'), await path('pg_proc')];
  await cluster.stop();
  files = { database: orders.replace(/\/\d+$/, ''), orders, ordersKey, pgClass, pgProc };
});
afterAll(() => rmSync(prepared.root, { recursive: true, force: true }));

/** Drills a backup of data to which something was done. */
function data(harm: (directory: string) => void, ...words: string[]): () => Promise<DrillRun> {
  return async () => drill(await placeOfData(prepared, harm), ...words);
}

const file = (which: (of: Files) => string, harm: Harm, ...words: string[]): (() => Promise<DrillRun>) =>
  data((directory) => harm(join(directory, which(files))), ...words);

/** The same, with a plan that has the pages, tables and indexes of the copy looked at. */
const lookedAt =
  (which: (of: Files) => string, harm: Harm, integrity = 'standard') =>
  async (): Promise<DrillRun> => {
    const place = await placeOfData(prepared, (directory) => harm(join(directory, which(files))));
    return drill(place, writePlan(place, 'deep', { integrity }));
  };

const auto = (line: string, ...words: string[]): (() => Promise<DrillRun>) =>
  data((directory) => appendFileSync(join(directory, 'postgresql.auto.conf'), `${line}\n`), ...words);

trial(
  'Q1',
  data((directory) => writeFileSync(join(directory, 'pg_hba.conf'), 'nobody gets in\n'), ...ALL_THERE),
);
trial('Q2', auto('this is no setting at all'));
trial('Q3', auto("no_such_setting = 'on'"));
trial('Q4', auto("shared_preload_libraries = 'no_such_library'", ...ALL_THERE));
trial(
  'Q5',
  data(
    (directory) => {
      for (const name of ['standby.signal', 'recovery.signal']) writeFileSync(join(directory, name), '');
    },
    ...ALL_THERE,
  ),
);
trial(
  'Q6',
  data(
    (directory) => {
      writeFileSync(join(directory, 'notes.txt'), 'of somebody else');
      writeFileSync(join(directory, 'base', 'notes.txt'), 'of somebody else');
    },
    ...ALL_THERE,
  ),
);
trial(
  'Q7',
  file(({ database }) => `${database}/PG_VERSION`, remove),
);
trial(
  'Q8',
  file(({ database }) => `${database}/pg_filenode.map`, remove),
);
trial(
  'Q9',
  file(({ database }) => `${database}/pg_filenode.map`, scramble),
);
trial(
  'Q10',
  file(() => 'global/pg_filenode.map', remove),
);
trial(
  'Q11',
  file(({ pgProc }) => pgProc, remove),
);
trial(
  'Q12',
  file(({ pgClass }) => pgClass, empty),
);
trial(
  'Q13',
  file(({ orders }) => orders, remove),
);
trial(
  'Q14',
  file(({ ordersKey }) => ordersKey, remove),
);
trial(
  'Q15',
  file(({ orders }) => orders, empty, ...ALL_THERE),
);
trial(
  'Q16',
  lookedAt(({ orders }) => orders, empty),
);
trial(
  'Q17',
  lookedAt(({ orders }) => orders, cutPages, 'deep'),
);
trial(
  'Q18',
  file(
    ({ orders }) => orders,
    (path) => flipByte(path, 5000),
  ),
);
trial(
  'Q19',
  lookedAt(
    ({ ordersKey }) => ordersKey,
    (path) => overwrite(path, (content) => content.fill(0, 8192, 16_384)),
  ),
);
trial(
  'Q20',
  data((directory) => rmSync(join(directory, 'pg_multixact'), { recursive: true })),
);

/** Half of the pages, and no page cut in two. */
function cutPages(path: string): void {
  const content = readFileSync(path);
  overwrite(path, () => content.subarray(0, Math.floor(content.length / 16_384) * 8192));
}

/** Drills what is whole with a plan that says this. */
const planned = (plan: Readonly<Record<string, unknown>>) => (): Promise<DrillRun> => {
  const place = placeOf(prepared);
  return drill(place, writePlan(place, 'asks', plan));
};

const asked = (check: Readonly<Record<string, unknown>>): (() => Promise<DrillRun>) =>
  planned({ checks: [{ name: 'asked', ...check }] });

trial('Q21', planned({ integrity: { promised: { databases: ['no_such_database'] } } }));
trial('Q22', asked({ sql: 'select count(*) > 5000 from orders' }));
trial('Q23', asked({ sql: 'select count(*) > 5000 from orders', severity: 'warning' }));
trial('Q24', asked({ sql: 'select true', database: 'no_such_database' }));
trial('Q25', asked({ sql: 'select true', user: 'no_such_role' }));
trial('Q26', asked({ sql: 'select pg_sleep(600) is not null', timeout: '500ms' }));
trial('Q27', asked({ command: ['head', '-c', '200M', '/dev/zero'] }));
trial('Q28', asked({ sql: 'select n from generate_series(1, 100000) n', expect: { rows: 100_000 } }));
trial('Q29', asked({ sql: 'select pg_terminate_backend(pg_backend_pid())' }));
trial('Q30', () => {
  const place = workspace();
  const checks = [{ name: 'beats', heartbeat: { table: 'stopped_beats' } }];
  return drill(place, writePlan(place, 'beat', { checks }));
});
trial('Q31', asked({ sql: 'delete from orders returning true' }));
