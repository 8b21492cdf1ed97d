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

/** Of data that were so when the backup was taken; and of what a plan asks of the copy. */
export const databaseRows: readonly FaultRow[] = [
  harmless('Q1', '`pg_hba.conf` of production lets nobody in, and is no `pg_hba.conf`'),
  lost(
    'Q2',
    '`postgresql.auto.conf` has a line that PostgreSQL does not take',
    'recovery-failed',
    'postgresql.auto.conf',
  ),
  lost('Q3', '`postgresql.auto.conf` has a setting that there is not', 'recovery-failed', 'no_such_setting'),
  {
    id: 'Q4',
    input: '`postgresql.auto.conf` preloads a library that is not on the machine of the drill',
    of: 'nobody',
    ending: 'passed',
  },
  harmless('Q5', '`standby.signal` and `recovery.signal` lay in the data directory'),
  harmless('Q6', 'files of somebody else lay in the data directory'),
  lost('Q7', '`PG_VERSION` of a database is gone', 'data-missing'),
  lost('Q8', '`pg_filenode.map` of a database is gone', 'data-missing'),
  lost('Q9', '`pg_filenode.map` of a database is random bytes', 'data-missing'),
  lost('Q10', '`global/pg_filenode.map` is gone', 'recovery-failed'),
  lost('Q11', 'the file of a system catalog (`pg_proc`) is gone', 'data-missing'),
  lost('Q12', 'the file of `pg_class` is empty', 'data-missing'),
  lost('Q13', 'the file of a table is gone', 'data-missing', 'public.orders'),
  lost('Q14', 'the file of an index is gone', 'data-missing', 'orders_pkey'),
  lost('Q15', 'the file of a table is empty, and a check counts its rows', 'check-failed'),
  lost(
    'Q16',
    'the file of a table is empty; the plan has no check, and asks for `integrity: standard`',
    'data-corrupt',
  ),
  lost('Q17', 'the file of a table is cut in half; `integrity: standard`', 'data-corrupt'),
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
    of: 'backup',
    ending: 'inconclusive',
    code: 'process-killed',
    why: 'from outside it looks like a session that something on the machine ended: there is no answer, so no verdict',
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
