import type { TrialRow } from '../row.ts';

/** What production's own settings, data and machine do to the questions of a drill. */
export const sessionRows: readonly TrialRow[] = [
  {
    id: 'A6',
    input:
      '`redact: true` on an SQL check whose error quotes a value, and on a command check that writes values to stderr and asks the copy a query that fails',
    ending: null,
    code: null,
    says: 'the values are in no file of the run',
  },
  {
    id: 'B10',
    input: 'the backup was told to leave the file of a table out (`exclude`); the plan has no check',
    ending: 'failed',
    code: 'data-missing',
    says: 'database shop lacks 1 file: public.orders',
  },
  {
    id: 'B10b',
    input: 'the backup was told to leave a whole database out; the plan has no check',
    ending: 'failed',
    code: 'data-missing',
    says: 'every database takes a connection: expected',
  },
  {
    id: 'B10c',
    input: 'the backup was told to leave out a whole database that takes no connections; the plan has no check',
    ending: 'failed',
    code: 'data-missing',
    says: 'database closed has no files at all',
  },
  {
    id: 'B10d',
    input: 'the backup was told to leave `pg_xact` out; PostgreSQL takes it for zeros while it recovers',
    ending: 'failed',
    code: 'data-missing',
    says: 'the backup lacks pg_xact/0000',
  },
  {
    id: 'B14',
    input:
      '`ALTER ROLE postgres SET zero_damaged_pages = on` in production, and a check reads a table with a damaged page',
    ending: 'failed',
    code: 'check-error',
    says: 'invalid page in block 0',
  },
  {
    id: 'B16',
    input: 'a check `expect: { equals: true }` whose query returns two rows, the second of them false',
    ending: 'failed',
    code: 'check-error',
    says: 'the query returns more than one row, and one value is expected',
  },
  {
    id: 'B20',
    input: 'a check `expect: { atLeast: 1 }` whose query returns two values, the second of them 0',
    ending: 'failed',
    code: 'check-error',
    says: 'the query returns more than one column, and one value is expected',
  },
  {
    id: 'B20b',
    input: 'a check `expect: { equals: true, rows: 2 }`, of which the first row was compared, and no other',
    ending: 'refused',
    code: 'plan-invalid',
    says: 'expects a value, which is looked for in one row',
  },
  {
    id: 'B17',
    input:
      'command checks that ask by `psql -f` and by `psql -c … -c …`, of which the first statement fails and the last does not',
    ending: 'failed',
    code: 'check-failed',
    says: 'relation "nowhere" does not exist',
  },
  {
    id: 'C3',
    input: 'a database of production has a locale that the machine of the drill does not have',
    ending: 'inconclusive',
    code: 'environment-lacks',
    says: 'the locale "xx_YY.utf8"',
  },
  {
    id: 'C3b',
    input: 'a check calls a function whose library is not on the machine of the drill',
    ending: 'inconclusive',
    code: 'environment-lacks',
    says: 'the library "$libdir/no_such_library"',
  },
  {
    id: 'C3c',
    input:
      'production has no role `postgres`, its database `postgres` takes no connections, and neither plan nor configuration say who and what does',
    ending: 'passed',
    code: null,
    says: null,
  },
  {
    id: 'C3d',
    input:
      'production allowed more prepared transactions after the backup, and more are open than pg_control of the backup tells',
    ending: 'passed',
    code: 'prepared-transactions',
    says: '12 prepared transactions are open',
  },
  {
    id: 'C8',
    input:
      'a database of the encoding SQL_ASCII with bytes that are not UTF-8; a check asks for them, and a role sets DateStyle to `SQL, DMY`',
    ending: 'passed',
    code: null,
    says: null,
  },
  {
    id: 'C9',
    input:
      'roles and databases of production set statement_timeout, idle timeouts, lock_timeout, role, session_authorization, search_path, read-only transactions, preloaded libraries and 20 more; whoever runs the drill has PGSSLMODE, PGOPTIONS, PGHOST and PGUSER set',
    ending: 'passed',
    code: null,
    says: null,
  },
  {
    id: 'C10',
    input: 'a check with `user:` of an ordinary role, who has settings of its own',
    ending: 'passed',
    code: null,
    says: null,
  },
  {
    id: 'D15',
    input:
      'a check that is `copy … to stdout`; one whose answer is a value of 600 MB; one that is a comment; one that is `;`; one that is a `do` block',
    ending: 'failed',
    code: 'check-error',
    says: 'ask with a select',
  },
  {
    id: 'D19',
    input: 'the backup was made with `--no-checksum-page`',
    ending: 'passed',
    code: null,
    says: 'The pages of this backup were not compared with their checksums',
  },
  {
    id: 'E1',
    input: 'the collation versions in the catalog are not those of the machine of the drill',
    ending: 'passed',
    code: 'collation-version',
    says: 'REINDEX',
  },
  {
    id: 'E2',
    input: 'a prepared transaction is open at the recovery target',
    ending: 'passed',
    code: 'prepared-transactions',
    says: "'two-phase' in shop",
  },
  {
    id: 'E3',
    input: 'a table of production is unlogged',
    ending: 'passed',
    code: 'unlogged-tables',
    says: 'shop (public.cache)',
  },
  {
    id: 'E3b',
    input: 'a DROP DATABASE was interrupted in production, which leaves a database that lets nobody in',
    ending: 'passed',
    code: 'invalid-database',
    says: 'nobody can connect to what is left, there or here: gone',
  },
  {
    id: 'E4',
    input: "`db-exclude` in the section `[shop:restore]` of the user's configuration",
    ending: 'passed',
    code: 'restore-options-ignored',
    says: 'the configuration gives db-exclude to every restore',
  },
];
