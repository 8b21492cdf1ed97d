import { rmSync } from 'node:fs';
import { afterAll, beforeAll } from 'vitest';
import { errorCode } from '../../src/core/errors.ts';
import { processes, processesOf, type ProcessInfo } from '../../src/sandbox/processes.ts';
import { startDrill, writePlan, type DrillRun, type Workspace } from '../fixtures/drill.ts';
import { HELD } from '../fixtures/held-check.ts';
import { makePrepared, placeOf, type Prepared } from '../fixtures/prepared.ts';
import { until, untilVerifying } from '../fixtures/until.ts';
import { withHeld } from '../fixtures/stand-in.ts';
import { trial } from '../trials/trial.ts';

let prepared: Prepared;

beforeAll(async () => {
  prepared = await makePrepared();
});
afterAll(() => rmSync(prepared.root, { recursive: true, force: true }));

type Which = (process: ProcessInfo) => boolean;

/** A drill is held in a phase, and something is done to the processes of it. */
interface Blow {
  /** What pgBackRest is told to do when it is held; null: a check is. */
  readonly heldAt: string | null;
  readonly signal: NodeJS.Signals;
  /** Which process of the run gets it; pgdrill: the runner itself. */
  readonly to: Which | 'pgdrill';
  readonly deadline?: string;
  readonly plan?: Readonly<Record<string, unknown>>;
}

const stub =
  (command: string): Which =>
  ({ argv }) =>
    argv[0] === '/bin/sh' && argv[1]?.endsWith('/pgbackrest') === true && argv.includes(command);
const titled =
  (title: string): Which =>
  ({ argv }) =>
    argv[0]?.startsWith('postgres: ') === true && argv[0].includes(title);
const postmaster: Which = ({ argv }) => argv[0]?.endsWith('/bin/postgres') === true && argv.includes('-D');
const anyServer: Which = (process) => postmaster(process) || titled('')(process);

async function struck({ heldAt, signal, to, deadline = '10m', plan = {} }: Blow): Promise<DrillRun> {
  const place = placeOf(prepared);
  const checks = heldAt === null ? { checks: [{ name: 'held', sql: HELD, timeout: '5m' }] } : {};
  const file = writePlan(place, 'struck', { deadline, ...checks, ...plan });
  const run = startDrill(place, [file], {}, heldAt === null ? [] : withHeld(place, heldAt));
  await (heldAt === null ? untilVerifying(place) : untilThere(place, stub(heldAt)));
  if (to === 'pgdrill') run.kill(signal);
  else await strike(place, to, signal);
  return run.finished;
}

const ofRun = (place: Workspace, which: Which): ProcessInfo[] =>
  [
    ...processesOf(place.scratch),
    ...processes().filter(({ argv }) => argv.some((word) => word.includes(place.root))),
  ].filter(which);

const untilThere = (place: Workspace, which: Which): Promise<void> =>
  until('the process is there', () => ofRun(place, which).length > 0);

async function strike(place: Workspace, which: Which, signal: NodeJS.Signals): Promise<void> {
  await untilThere(place, which);
  for (const { pid } of ofRun(place, which)) killIfThere(pid, signal);
}

/** One of them that is killed takes others along. */
function killIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error;
  }
}

const blow =
  (heldAt: string | null, signal: NodeJS.Signals, to: Blow['to'], more: Partial<Blow> = {}) =>
  () =>
    struck({ heldAt, signal, to, ...more });

trial('P1', blow('info', 'SIGKILL', stub('info')));
trial('P2', blow('restore', 'SIGKILL', stub('restore')));
trial('P3', blow('restore', 'SIGTERM', stub('restore')));
trial('P4', blow('archive-get', 'SIGKILL', stub('archive-get')));
trial('P5', blow('archive-get', 'SIGTERM', stub('archive-get')));
trial('P6', blow('archive-get', 'SIGKILL', postmaster));
trial('P7', blow('archive-get', 'SIGTERM', postmaster));
trial('P8', blow('archive-get', 'SIGKILL', titled('startup')));
trial('P9', blow('archive-get', 'SIGKILL', titled('checkpointer')));
trial('P10', blow(null, 'SIGKILL', postmaster));
trial('P11', blow(null, 'SIGINT', postmaster));
trial('P12', blow(null, 'SIGKILL', titled('SELECT')));
trial('P13', blow(null, 'SIGTERM', titled('SELECT')));
trial('P14', blow(null, 'SIGKILL', titled('checkpointer')));

const sleeps: Which = ({ argv }) => argv[0] === 'sleep' && argv[1] === '86398';
trial('P15', blow(null, 'SIGKILL', sleeps, { plan: { checks: [{ name: 'held', command: ['sleep', '86398'] }] } }));
trial(
  'P16',
  blow(null, 'SIGKILL', ({ argv }) => argv[0]?.endsWith('bwrap') === true && argv.includes('-D')),
);
trial('P17', blow(null, 'SIGSTOP', anyServer, { deadline: '15s' }));
trial('P18', blow('restore', 'SIGSTOP', stub('restore'), { deadline: '10s' }));
trial('P19', blow('info', 'SIGTERM', 'pgdrill'));
trial('P20', blow('restore', 'SIGINT', 'pgdrill'));
trial('P21', blow('archive-get', 'SIGTERM', 'pgdrill'));
trial('P22', blow(null, 'SIGHUP', 'pgdrill'));
trial('P23', blow('info', 'SIGKILL', 'pgdrill'));
trial('P24', blow('restore', 'SIGKILL', 'pgdrill'));
trial('P25', blow('archive-get', 'SIGKILL', 'pgdrill'));
trial('P26', blow(null, 'SIGKILL', 'pgdrill'));
