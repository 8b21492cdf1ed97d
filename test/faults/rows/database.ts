import type { FaultRow } from '../table.ts';

const lost = (id: string, input: string, code: FaultRow['code'], says: string | null = null): FaultRow => ({
  id,
  input,
  of: 'backup',
  ending: 'failed',
  code: code ?? null,
  says,
});

const harmless = (id: string, input: string, why: string | null = null): FaultRow => ({
  id,
  input,
  of: 'nobody',
  ending: 'passed',
  why,
});

/** What PostgreSQL refuses to start with; the data are whole. */
const mistyped = (id: string, input: string, says: string): FaultRow => ({
  id,
  input,
  of: 'person',
  ending: 'passed',
  code: 'settings-refused',
  says,
  why: 'the data are there, and whoever recovers takes the line out',
});

/** The drill asks in the database `postgres`: where no session can be opened in it, nobody can tell how recovery ended. */
const closed = (id: string, input: string, says: string): FaultRow => lost(id, input, 'recovery-failed', says);

/** Of data that were so when the backup was taken; and of what a plan asks of the copy. */
const rows: readonly FaultRow[] = [
  harmless('Q1', '`pg_hba.conf` of production lets nobody in, and is no `pg_hba.conf`'),
  mistyped('Q2', '`postgresql.auto.conf` has a line that PostgreSQL does not take', 'syntax error line'),
  mistyped('Q3', '`postgresql.auto.conf` has a setting that there is not', 'no_such_setting'),
  {
    id: 'Q4',
    input: '`postgresql.auto.conf` preloads a library that is not on the machine of the drill',
    of: 'nobody',
    ending: 'passed',
  },
  harmless('Q5', '`standby.signal` and `recovery.signal` lay in the data directory'),
  harmless('Q6', 'files of somebody else lay in the data directory'),
  closed('Q7', '`PG_VERSION` of the database `postgres` is gone', 'is not a valid data directory'),
  closed('Q8', '`pg_filenode.map` of the database `postgres` is gone', 'pg_filenode.map'),
  closed('Q9', '`pg_filenode.map` of the database `postgres` is random bytes', 'pg_filenode.map'),
  lost('Q10', '`global/pg_filenode.map` is gone', 'recovery-failed'),
  lost('Q11', 'the file of a system catalog (`pg_proc`) of the database `postgres` is gone', 'recovery-failed'),
  closed('Q12', 'the file of `pg_class` of the database `postgres` is empty', 'critical system index'),
  lost('Q13', 'the file of a table is gone', 'data-missing', 'public.orders'),
  lost('Q14', 'the file of an index is gone', 'data-missing', 'orders_pkey'),
  lost('Q15', 'the file of a table is empty, and a check counts its rows', 'check-failed'),
  {
    id: 'Q16',
    input: 'the file of a table is empty; the plan has no check, and asks for `integrity: standard`',
    of: 'backup',
    ending: 'inconclusive',
    code: 'integrity-unproven',
    says: 'public.orders has 0 pages, its statistics say',
    why: 'a table from which rows were removed looks the same to its statistics; `integrity: deep` asks its indexes',
  },
  lost('Q17', 'the file of a table is cut in half; `integrity: deep`', 'data-corrupt'),
  lost('Q18', 'a page of a table has a wrong checksum', 'backup-page-errors'),
  lost('Q19', 'a page of an index is zeros; `integrity: standard`', 'data-corrupt'),
  lost('Q20', '`pg_multixact` is gone', 'recovery-failed'),
  lost('Q21', 'a database that the plan promises is not there', 'promised-missing'),
  lost('Q22', 'a check of the plan does not hold', 'check-failed'),
  {
    id: 'Q23',
    input: 'the same, of severity warning',
    of: 'nobody',
    ending: 'passed',
    code: 'check-warning',
  },
  lost('Q24', 'a check names a database that is not there', 'check-error'),
  lost('Q25', 'a check names a role that is not there', 'check-error'),
  lost('Q26', 'a check that does not end within its timeout', 'check-error'),
  harmless('Q27', 'a command check that prints 200 MB'),
  harmless('Q28', 'a check whose answer is 100,000 rows'),
  {
    id: 'Q29',
    input: 'a check that has the server end its own session',
    of: 'person',
    ending: 'inconclusive',
    code: 'process-killed',
    says: 'or by the check itself',
    why: 'there is no answer, so no verdict; in the log of the server it looks like a signal',
  },
  {
    id: 'Q30',
    input: 'the heartbeat of the plan had stopped long ago',
    of: 'backup',
    ending: 'inconclusive',
    code: 'heartbeat-unusable',
  },
  lost('Q31', 'a check writes', 'check-error', 'read-only transaction'),
];

export const databaseRows: readonly FaultRow[] = rows.map((row) => ({ ...row, long: true }));
