import { expect, test } from 'vitest';
import { sessionEndedBy, struckDownBy, wasCutOff } from '../../../src/postgres/struck-down.ts';

const KILLED = 'LOG:  server process (PID 71) was terminated by signal 9: Killed';
const CRASHED = 'LOG:  server process (PID 71) was terminated by signal 11: Segmentation fault';
const ABORTED = 'LOG:  startup process (PID 71) was terminated by signal 6: Aborted';
const TOLD = 'LOG:  received fast shutdown request';
const SESSION = 'FATAL:  terminating connection due to administrator command';
const OTHERS = 'WARNING:  terminating connection because of crash of another server process';

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
  ['LOG:  startup process (PID 71) exited with exit code 1', false, false],
  ['', false, false],
])('%j: from outside %j, or of a session %j', (log, server, session) => {
  expect(struckDownBy(log) !== null).toBe(server);
  expect(sessionEndedBy(log) !== null).toBe(session);
});

test.each([
  ['Connection terminated unexpectedly', true],
  ['terminating connection due to administrator command', true],
  ['connect ECONNREFUSED /run/.s.PGSQL.1', true],
  ['the database system is in recovery mode', true],
  ['relation "orders" does not exist', false],
  ['canceling statement due to statement timeout', false],
])('%s: cut off %j', (message, cutOff) => {
  expect(wasCutOff(message)).toBe(cutOff);
});
