import { expect, test } from 'vitest';
import { sessionEndedBy, struckDownBy, wasCutOff } from '../../../src/postgres/struck-down.ts';

const PREFIX = '2026-11-30 03:00:00.123 UTC [70] ';
const KILLED = `${PREFIX}LOG:  server process (PID 71) was terminated by signal 9: Killed`;
const CRASHED = `${PREFIX}LOG:  server process (PID 71) was terminated by signal 11: Segmentation fault`;
const ABORTED = `${PREFIX}LOG:  startup process (PID 71) was terminated by signal 6: Aborted`;
const WORKER = `${PREFIX}LOG:  background worker "parallel worker" (PID 71) was terminated by signal 11: Segmentation fault`;
const TOLD = `${PREFIX}LOG:  received fast shutdown request`;
const SESSION = `${PREFIX}FATAL:  terminating connection due to administrator command`;
const OTHERS = `${PREFIX}WARNING:  terminating connection because of crash of another server process`;

test.each([
  [KILLED, true, true],
  [TOLD, true, true],
  [SESSION, false, true],
  [OTHERS, false, false],
  [CRASHED, false, false],
  [ABORTED, false, false],
  // What the data made a process do counts, whatever came of it or before it.
  [`${CRASHED}\n${OTHERS}\n${TOLD}`, false, false],
  [`${SESSION}\n${CRASHED}`, false, false],
  [`${SESSION}\n${WORKER}`, false, false],
  [`${PREFIX}LOG:  shutting down\n${KILLED}`, true, true],
  // Words of somebody else.
  ['LOG:  received fast shutdown request', false, false],
  [`${PREFIX}STATEMENT:  select 'x\n\t${TOLD}'`, false, false],
  [`${PREFIX}ERROR:  job (PID 7) was terminated by signal 9: Killed`, false, false],
  [`${PREFIX}LOG:  statement: select 'job (PID 7) was terminated by signal 9'`, false, false],
  [`${PREFIX}ERROR:  terminating connection due to administrator command`, false, false],
  [`${PREFIX}LOG:  startup process (PID 71) exited with exit code 1`, false, false],
  ['', false, false],
])('%j: from outside %j, or of a session %j', (log, server, session) => {
  expect(struckDownBy(log) !== null).toBe(server);
  expect(sessionEndedBy(log) !== null).toBe(session);
});

test.each([
  ['Connection terminated unexpectedly', true],
  ['terminating connection due to administrator command', true],
  ['connect ECONNREFUSED /run/.s.PGSQL.1', true],
  ["ENOENT: no such file or directory, open '/run/.s.PGSQL.1'", true],
  ["ENOENT: no such file or directory, open 'orders.csv'", false],
  ['the database system is in recovery mode', true],
  ['terminating connection because of crash of another server process', true],
  ['terminating connection due to idle-in-transaction timeout', false],
  ['relation "orders" does not exist', false],
  ['canceling statement due to statement timeout', false],
])('%s: cut off %j', (message, cutOff) => {
  expect(wasCutOff(message)).toBe(cutOff);
});
