import { appendFileSync, existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Signer } from '../../src/evidence/signer.ts';
import { signOff } from '../../src/evidence/sign-off.ts';
import { verifyReports } from '../../src/evidence/verify/verify-reports.ts';
import { errorCode } from '../../src/core/errors.ts';
import type { FleetDatabase } from '../../src/fleet/database/database.ts';
import { migrate } from '../../src/fleet/database/migrate.ts';
import { handIn } from '../../src/fleet/record/hand-in.ts';
import { pull } from '../../src/fleet/record/pull.ts';
import { RECORD_NAMES, roleStatements } from '../../src/fleet/record/roles.ts';
import { Ledger } from '../../src/store/ledger/ledger.ts';
import { readHistory } from '../../src/store/past-runs.ts';
import { FleetServer } from '../fixtures/fleet-server.ts';
import { newSigner } from '../fixtures/keys.ts';
import { makeKeptDirectory, temporaryDirectory } from '../fixtures/plans.ts';
import { recordRun, runIdOf } from '../fixtures/signed-reports.ts';
import { tamperings } from '../fixtures/tamper.ts';
import { knownKeys, tamperedReports } from '../fixtures/tampered-reports.ts';

let server: FleetServer;
let databases = 0;

beforeAll(async () => {
  server = await FleetServer.create();
});
afterAll(() => server.remove());

/** A database with the tables of the record, and a second connection to it for whoever looks. */
async function newRecord(): Promise<{
  database: FleetDatabase;
  name: string;
  connect: () => Promise<FleetDatabase>;
}> {
  databases += 1;
  const name = `fleet${databases}`;
  const first = await server.connect();
  await first.rows(`create database ${name}`);
  await first.close();
  const connect = (): Promise<FleetDatabase> => server.connect('postgres', name);
  const database = await connect();
  expect([await migrate(database), await migrate(database)]).toEqual([1, 0]);
  return { database, name, connect };
}

interface Worker {
  readonly reports: string;
  readonly signer: Signer;
}

function newWorker(place = temporaryDirectory()): Worker {
  return { reports: join(place, 'reports'), signer: newSigner() };
}

function problemsOf(reports: string, signers: readonly Signer[] | null): string[] {
  const keys = signers && signers.map(({ publicKey }) => publicKey);
  return verifyReports({ reports, runs: null, keys }).problems.map(
    ({ file, line, what }) => `${file}:${line}: ${what}`,
  );
}

describe('the record of two workers', () => {
  let database: FleetDatabase;
  const [one, two] = [newWorker(makeKeptDirectory()), newWorker(makeKeptDirectory())];
  const signers = [one.signer, two.signer];

  beforeAll(async () => {
    ({ database } = await newRecord());
    // A drill that goes to and fro, and one that stays.
    for (const index of [0, 1, 2, 3, 4, 5]) {
      const { reports, signer } = index % 2 === 0 ? one : two;
      await recordRun(reports, index, { drill: index < 4 ? 'orders' : 'users', signer });
      await handIn(database, reports, signer);
    }
    return async () => {
      await database.close();
      for (const { reports } of [one, two]) rmSync(dirname(reports), { recursive: true });
    };
  });

  test('is one ledger for both, which verifies with their keys', async () => {
    const directory = join(temporaryDirectory(), 'pulled');
    expect(await pull(database, directory)).toEqual({ lines: 7, runs: 6 });
    expect(problemsOf(directory, signers)).toEqual([]);
    const { runs, unrecorded } = readHistory(directory, null);
    expect(runs.map(({ drill, run, number }) => `${drill}/${run} ${number}`)).toEqual([
      ...[0, 1, 2, 3].map((index) => `orders/${runIdOf(index)} ${index + 1}`),
      ...[4, 5].map((index) => `users/${runIdOf(index)} ${index - 3}`),
    ]);
    expect(unrecorded).toEqual([]);
  });

  test('says what a worker alone has signed when only its key is known', async () => {
    const directory = join(temporaryDirectory(), 'pulled');
    await pull(database, directory);
    expect(problemsOf(directory, [one.signer]).join('\n')).toContain(two.signer.keyId);
  });

  test('is the same when everything is handed in again', async () => {
    const again = await handIn(database, one.reports, one.signer);
    expect(again).toEqual({ taken: [], refused: [], signOffs: 0, doubt: null });
  });

  test('has each file byte for byte', async () => {
    const directory = join(temporaryDirectory(), 'pulled');
    await pull(database, directory);
    for (const name of ['report.json', 'manifest.json', 'manifest.dsse.json', 'postgresql.log', 'report.html']) {
      const at = join('orders', runIdOf(1), name);
      expect(readFileSync(join(directory, at))).toEqual(readFileSync(join(two.reports, at)));
    }
  });

  test('is brought up to date, run by run and with what people said', async () => {
    const directory = join(temporaryDirectory(), 'pulled');
    await pull(database, directory);
    await recordRun(one.reports, 6, { drill: 'users', signer: one.signer });
    const reviewer = newSigner();
    const about = { drill: 'orders', run: runIdOf(0), number: 1 };
    await signOff(new Ledger(one.reports), about, { by: 'Ada', decision: 'accepted', note: null }, reviewer);
    expect(await handIn(database, one.reports, one.signer)).toMatchObject({ taken: [{ number: 3 }], signOffs: 1 });
    expect(await handIn(database, one.reports, one.signer)).toMatchObject({ taken: [], signOffs: 0 });
    expect(await pull(database, directory)).toEqual({ lines: 2, runs: 1 });
    expect(await pull(database, directory)).toEqual({ lines: 0, runs: 0 });
    expect(existsSync(join(directory, 'orders', runIdOf(0), 'sign-off.1.dsse.json'))).toBe(true);
    const keys = signers.map(({ publicKey }) => publicKey);
    const { problems } = verifyReports({ reports: directory, runs: null, keys, reviewers: [reviewer.publicKey] });
    expect(problems).toEqual([]);
  });
});

test('every change that is made to a copy of the record is told', async () => {
  const { database } = await newRecord();
  const made = await tamperedReports(96);
  const directory = join(temporaryDirectory(), 'pulled');
  try {
    const { first, second } = made.signers;
    const before = await handIn(database, made.reports, first);
    expect([before.taken.length, before.refused.length]).toEqual([48, 48]);
    expect(before.refused[0]?.why).toBe(`it is signed with the key ${second.keyId}, and has to be handed in with that`);
    expect((await handIn(database, made.reports, second)).taken).toHaveLength(48);
    await pull(database, directory);
    expect(verifyReports({ reports: directory, runs: null, keys: knownKeys(made) }).problems).toEqual([]);
    const missed = [];
    for await (const one of tamperings({ ...made, reports: directory }, 160, 7)) if (one !== null) missed.push(one);
    expect(missed).toEqual([]);
  } finally {
    await database.close();
    rmSync(made.reports, { recursive: true });
  }
});

describe('what the owner of the database changes is found after a pull', () => {
  /** Triggers and foreign keys do not count for it. */
  const BY_FORCE = "set session_replication_role = 'replica'";

  test.each<[string, readonly string[], RegExp]>([
    [
      'a line, with its own hash made to fit',
      [
        `update pgdrill.ledger_line set text = convert_to(replace(convert_from(text, 'UTF8'), '"passed"', '"failed"'), 'UTF8'),
           sha256 = encode(sha256(convert_to(replace(convert_from(text, 'UTF8'), '"passed"', '"failed"'), 'UTF8')), 'hex') where line = 3`,
      ],
      /ledger.jsonl:4: it does not follow line 3/,
    ],
    [
      'a line that is gone',
      ['delete from pgdrill.ledger_line where line = 3'],
      /ledger.jsonl:3: it says that it is line 4/,
    ],
    [
      'a line and its run that are gone',
      ['delete from pgdrill.run where line = 3', 'delete from pgdrill.ledger_line where line = 3'],
      /ledger.jsonl:3: it says that it is line 4/,
    ],
    [
      'two lines that have changed places',
      [
        'update pgdrill.ledger_line set line = 99 where line = 3',
        'update pgdrill.ledger_line set line = 3 where line = 4',
        'update pgdrill.ledger_line set line = 4 where line = 99',
      ],
      /ledger.jsonl:3: it says that it is line 4/,
    ],
    [
      'the last lines',
      ['delete from pgdrill.run where line >= 4', 'delete from pgdrill.ledger_line where line >= 4'],
      /the end was cut off: 5 lines were signed at/,
    ],
    [
      'a piece of a file',
      ["update pgdrill.file_piece set content = 'x' where name = 'report.json' and piece = 0"],
      /report.json:null: it was changed/,
    ],
    [
      'a file that is gone',
      ["delete from pgdrill.file where name = 'postgresql.log'"],
      /postgresql.log:null: it is missing/,
    ],
    ['a run that is gone', ['delete from pgdrill.run where line = 3'], /the run is missing: line 3 of the ledger/],
    ['all that was signed', ['delete from pgdrill.signed_head'], /ledger.head.dsse.json:null: it is missing/],
  ])('%s', async (_, statements, problem) => {
    const { database } = await newRecord();
    const { reports, signer } = newWorker();
    for (const index of [0, 1, 2, 3]) await recordRun(reports, index, { signer });
    await handIn(database, reports, signer);
    for (const statement of [BY_FORCE, ...statements]) await database.rows(statement);
    const directory = join(temporaryDirectory(), 'pulled');
    await pull(database, directory);
    expect(problemsOf(directory, [signer]).join('\n')).toMatch(problem);
    await database.close();
  });

  test('a file by a name that leads elsewhere is not written', async () => {
    const { database } = await newRecord();
    const { reports, signer } = newWorker();
    await recordRun(reports, 0, { signer });
    await handIn(database, reports, signer);
    await database.rows(BY_FORCE);
    await database.rows('alter table pgdrill.file drop constraint file_name_check');
    await database.rows("update pgdrill.file set name = '../../out' where name = 'postgresql.log'");
    const directory = join(temporaryDirectory(), 'pulled');
    await expect(pull(database, directory)).rejects.toThrow(/a name that none can have/);
    expect(existsSync(join(directory, 'out'))).toBe(false);
    await database.close();
  });
});

describe('what is in the way', () => {
  test.each([
    [
      'another content under one id',
      (reports: string) => replaceIn(join(reports, 'ledger.jsonl'), /"report":"[0-9a-f]{4}/, '"report":"0000'),
      /another run with this id/,
    ],
  ])('%s', async (_, change, why) => {
    const { database } = await newRecord();
    const { reports, signer } = newWorker();
    await recordRun(reports, 0, { signer });
    await handIn(database, reports, signer);
    change(reports);
    const again = await handIn(database, reports, signer);
    expect(again).toMatchObject({ taken: [], refused: [{ run: runIdOf(0), why: expect.stringMatching(why) }] });
    await database.close();
  });

  test('a link in the folder of a run is not followed, whether the run is signed or not', async () => {
    const { database } = await newRecord();
    const { reports, signer } = newWorker();
    for (const [index, key] of [signer, null].entries()) {
      const { folder } = await recordRun(reports, index, { signer: key });
      symlinkSync('/etc/passwd', join(folder, 'leads-away'));
    }
    const { taken, refused } = await handIn(database, reports, signer);
    expect(taken).toEqual([]);
    expect(refused.map(({ why }) => why)).toEqual(Array(2).fill('leads-away is no plain file'));
    expect(await database.rows('select name from pgdrill.file')).toEqual([]);
    await database.close();
  });

  test('a run of which anything was changed since it ended stays where it is', async () => {
    const { database } = await newRecord();
    const { reports, signer } = newWorker();
    await recordRun(reports, 0, { signer });
    const { folder } = await recordRun(reports, 1, { signer });
    appendFileSync(join(folder, 'postgresql.log'), 'more\n');
    const { taken, refused } = await handIn(database, reports, signer);
    expect(taken).toMatchObject([{ run: runIdOf(0) }]);
    expect(refused).toMatchObject([{ run: runIdOf(1), why: expect.stringMatching(/postgresql.log: it was changed/) }]);
    await database.close();
  });

  test('a database that is gone in the middle: nothing half is there, and the next occasion brings all', async () => {
    const { database, connect } = await newRecord();
    const { reports, signer } = newWorker();
    for (const index of [0, 1, 2]) await recordRun(reports, index, { signer });
    let statements = 0;
    const dying: FleetDatabase = {
      ...database,
      transaction: (work) =>
        database.transaction((inside) =>
          work({
            rows: async (sql, values) => {
              statements += 1;
              if (statements === 30) await server.stop();
              return inside.rows(sql, values);
            },
          }),
        ),
    };
    await expect(handIn(dying, reports, signer)).rejects.toThrow(/terminat|closed|connection/i);
    await server.start();
    const again = await connect();
    const [half] = await again.rows<{ lines: number; runs: number }>(
      "select (select count(*)::int from pgdrill.ledger_line where kind = 'ended') as lines, (select count(*)::int from pgdrill.run) as runs",
    );
    expect(half?.lines).toBe(half?.runs);
    expect(half?.runs).toBeLessThan(3);
    await handIn(again, reports, signer);
    const directory = join(temporaryDirectory(), 'pulled');
    expect(await pull(again, directory)).toMatchObject({ runs: 3 });
    expect(problemsOf(directory, [signer])).toEqual([]);
    await again.close();
  });

  test('a worker that finds less than it has signed signs nothing more, and says so', async () => {
    const { database } = await newRecord();
    const { reports, signer } = newWorker();
    await recordRun(reports, 0, { signer });
    await handIn(database, reports, signer);
    await database.rows("set session_replication_role = 'replica'");
    for (const table of ['file_piece', 'file', 'run', 'ledger_line'])
      await database.rows(`delete from pgdrill.${table}`);
    await database.rows("set session_replication_role = 'origin'");
    const again = await handIn(database, reports, signer);
    expect(again.taken).toHaveLength(1);
    expect(again.doubt).toMatch(/does not go on from line 2, which this worker signed at/);
    await database.close();
  });

  test('a directory with a record of its own is no copy, and is left', async () => {
    const { database } = await newRecord();
    const [worker, other] = [newWorker(), newWorker()];
    await recordRun(worker.reports, 0, { signer: worker.signer });
    await recordRun(other.reports, 1, { signer: other.signer });
    await handIn(database, worker.reports, worker.signer);
    const before = readFileSync(join(other.reports, 'ledger.jsonl'));
    await expect(pull(database, other.reports)).rejects.toThrow(/is not the one of the central record/);
    expect(readFileSync(join(other.reports, 'ledger.jsonl'))).toEqual(before);
    await database.close();
  });
});

test('two workers that hand in at one time wait for each other', async () => {
  const { database, connect } = await newRecord();
  const workers = [newWorker(), newWorker(), newWorker()];
  for (const [at, { reports, signer }] of workers.entries())
    for (const index of [0, 1, 2, 3, 4]) await recordRun(reports, at * 5 + index, { signer });
  await Promise.all(
    workers.map(async ({ reports, signer }) => {
      const own = await connect();
      await handIn(own, reports, signer);
      await own.close();
    }),
  );
  const directory = join(temporaryDirectory(), 'pulled');
  expect(await pull(database, directory)).toEqual({ lines: 16, runs: 15 });
  expect(
    problemsOf(
      directory,
      workers.map(({ signer }) => signer),
    ),
  ).toEqual([]);
  await database.close();
});

test('a run that was killed is on the record, too', async () => {
  const { database } = await newRecord();
  const { reports, signer } = newWorker();
  await recordRun(reports, 0, { signer });
  await new Ledger(reports).append((state) => [
    {
      kind: 'begun',
      drill: 'orders',
      run: runIdOf(1),
      number: state.nextNumber('orders'),
      startedAt: '2026-11-01T01:00:00.000Z',
      stanza: 'main',
      trigger: 'scheduled',
      user: 'pgdrill',
      host: 'drill-1',
    },
  ]);
  for (const count of [2, 0]) expect((await handIn(database, reports, signer)).taken).toHaveLength(count);
  const directory = join(temporaryDirectory(), 'pulled');
  await pull(database, directory);
  expect(problemsOf(directory, [signer])).toEqual([]);
  expect(readHistory(directory, null).withoutReport).toMatchObject([{ run: runIdOf(1), number: 2, state: 'lost' }]);
  await database.close();
});

function replaceIn(file: string, from: RegExp, to: string): void {
  writeFileSync(file, readFileSync(file, 'utf8').replace(from, to));
}

describe('the logins of a fleet', () => {
  let workerOf: FleetDatabase;
  let readerOf: FleetDatabase;
  const worker = newWorker(makeKeptDirectory());

  beforeAll(async () => {
    const { database, name } = await newRecord();
    for (const statement of roleStatements()) await database.rows(statement);
    await database.rows('create role w1 login in role pgdrill_worker');
    await database.rows('create role r1 login in role pgdrill_reader');
    workerOf = await server.connect('w1', name);
    readerOf = await server.connect('r1', name);
    await recordRun(worker.reports, 0, { signer: worker.signer });
    await handIn(workerOf, worker.reports, worker.signer);
    return async () => {
      for (const one of [database, workerOf, readerOf]) await one.close();
      rmSync(dirname(worker.reports), { recursive: true });
    };
  });

  test('a worker hands in and pulls; who wrote is for the server to say', async () => {
    await recordRun(worker.reports, 1, { signer: worker.signer });
    expect((await handIn(workerOf, worker.reports, worker.signer)).taken).toHaveLength(1);
    const directory = join(temporaryDirectory(), 'pulled');
    expect(await pull(workerOf, directory)).toMatchObject({ runs: 2 });
    expect(problemsOf(directory, [worker.signer])).toEqual([]);
    const who = await workerOf.rows('select distinct handed_in_by from pgdrill.run');
    expect(who).toEqual([{ handed_in_by: 'w1' }]);
  });

  test('a reader pulls', async () => {
    expect((await pull(readerOf, join(temporaryDirectory(), 'pulled'))).runs).toBeGreaterThan(0);
  });

  const CHANGES = RECORD_NAMES.flatMap((table) => [
    `delete from pgdrill.${table}`,
    `truncate pgdrill.${table} cascade`,
    `alter table pgdrill.${table} disable trigger all`,
    `drop table pgdrill.${table} cascade`,
  ]);
  const FORBIDDEN = [
    ...CHANGES,
    "update pgdrill.run set report = ''",
    "update pgdrill.ledger_line set text = ''",
    "update pgdrill.file_piece set content = ''",
    "insert into pgdrill.run (drill, run_id, line, report, handed_in_by) values ('a', '20261101T000000Z-0000', 1, '', 'w2')",
    'create table pgdrill.mine ()',
    'insert into pgdrill.migration values (9)',
    'create role mine',
  ];

  test.each(FORBIDDEN)('a worker may not: %s', async (sql) => {
    expect(await codeOf(workerOf, sql)).toBe('42501');
  });

  test.each([...FORBIDDEN, "insert into pgdrill.key_file (name, text) values ('a', '')"])(
    'a reader may not: %s',
    async (sql) => {
      expect(await codeOf(readerOf, sql)).toBe('42501');
    },
  );

  test('a worker adds no line that does not follow the last one', async () => {
    const text = Buffer.from('{"v":1,"line":9,"previous":null,"kind":"lost"}');
    const sql = `insert into pgdrill.ledger_line (line, text, sha256, starts_at, kind)
      values (9, $1, encode(sha256($1::bytea), 'hex'), 0, 'lost')`;
    expect(await codeOf(workerOf, sql, [text])).toBe('23000');
  });
});

test.each(RECORD_NAMES)('not even their owner changes %s by mistake', async (table) => {
  const { database } = await newRecord();
  expect(await codeOf(database, `delete from pgdrill.${table}`)).toBe('42501');
  await database.close();
});

/** What PostgreSQL says against a statement; null: nothing. */
async function codeOf(database: FleetDatabase, sql: string, values: readonly unknown[] = []): Promise<string | null> {
  try {
    await database.rows(sql, values);
    return null;
  } catch (error) {
    return errorCode((error as Error).cause);
  }
}
