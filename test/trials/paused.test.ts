import { expect, onTestFinished } from 'vitest';
import {
  leftovers,
  startDrill,
  sweepOf,
  workspace,
  writePlan,
  type DrillProcess,
  type DrillRun,
} from '../fixtures/drill.ts';
import { pausableEngine } from '../fixtures/engine-between.ts';
import { sweepAlone } from '../fixtures/sweeping.ts';
import { isVerifying, until } from '../fixtures/until.ts';
import { claim } from './trial.ts';

/** A drill whose engine stops answering once the copy is asked, and what is done then; null: it was over before. */
async function onPausedEngine(deadline: string, then: (run: DrillProcess) => void): Promise<DrillRun | null> {
  const place = workspace();
  const engine = await pausableEngine(place.root, onTestFinished);
  const checks = [{ name: 'long', sql: 'select pg_sleep(900) is not null', timeout: '20m' }];
  const plan = writePlan(place, 'drill', { name: place.name, sandbox: { kind: 'docker' }, deadline, checks });
  const run = startDrill(place, [plan], { DOCKER_HOST: engine.address });
  let isOver = false;
  void run.finished.then(() => (isOver = true));
  await until('the copy is asked', () => isOver || isVerifying(place));
  engine.pause();
  then(run);
  const ended = await run.finished;
  return isVerifying(place) ? ended : null;
}

/** Names what it could not remove, and the engine's other clients can remove it later. */
async function expectNamedAndSwept(run: DrillRun | null): Promise<void> {
  if (run === null) throw new Error('the run was over before the copy was asked');
  const { report, workspace: place } = run;
  const left = leftovers(place);
  expect(left).toContainEqual(expect.stringMatching(/^container /));
  const failed = report?.reasons.filter(({ code }) => code === 'cleanup-failed') ?? [];
  const said = failed.map(({ message, hint }) => `${message}; ${hint ?? ''}`).join('\n');
  for (const item of left) expect(said).toContain(`could not remove the ${item}: `);
  expect(said).toContain('drill sweep tries again');
  await sweepOf(place);
  expect(leftovers(place)).toEqual([]);
}

/** A machine that is slow may need the longer one to come to the checks. */
const DEADLINES = ['30s', '3m'];

claim('F5', async () => {
  await sweepAlone();
  let run: DrillRun | null = null;
  for (const deadline of DEADLINES) run ??= await onPausedEngine(deadline, () => undefined);
  expect(run?.report?.verdict).toBe('inconclusive');
  expect(run?.report?.reasons.map(({ code }) => code)).toContain('deadline-exceeded');
  await expectNamedAndSwept(run);
});

claim('F5b', async () => {
  await sweepAlone();
  const run = await onPausedEngine('10m', ({ kill }) => kill('SIGINT'));
  expect(run).toMatchObject({ status: 130, report: { verdict: 'cancelled' } });
  await expectNamedAndSwept(run);
});
