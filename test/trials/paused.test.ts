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
import { untilVerifying } from '../fixtures/until.ts';
import { claim } from './trial.ts';

/** A drill whose engine stops answering once the copy is asked; `then` is done after that. */
async function onPausedEngine(deadline: string, then: (run: DrillProcess) => void): Promise<DrillRun> {
  const place = workspace();
  const engine = await pausableEngine(place.root, onTestFinished);
  const checks = [{ name: 'long', sql: 'select pg_sleep(100) is not null', timeout: '5m' }];
  const plan = writePlan(place, 'drill', { name: place.name, sandbox: { kind: 'docker' }, deadline, checks });
  const run = startDrill(place, [plan], { DOCKER_HOST: engine.address });
  await untilVerifying(place);
  engine.pause();
  then(run);
  return run.finished;
}

/** Names what it could not remove, and the engine's other clients can remove it later. */
async function expectNamedAndSwept({ report, workspace: place }: DrillRun): Promise<void> {
  const left = leftovers(place);
  expect(left).toContainEqual(expect.stringMatching(/^container /));
  const failed = report?.reasons.filter(({ code }) => code === 'cleanup-failed') ?? [];
  const said = failed.map(({ message, hint }) => `${message}; ${hint ?? ''}`).join('\n');
  for (const item of left) expect(said).toContain(`could not remove the ${item}: `);
  expect(said).toContain('drill sweep tries again');
  await sweepOf(place);
  expect(leftovers(place)).toEqual([]);
}

claim('F5', async () => {
  const run = await onPausedEngine('60s', () => undefined);
  expect(run.report?.verdict).toBe('inconclusive');
  expect(run.report?.reasons.map(({ code }) => code)).toContain('deadline-exceeded');
  await expectNamedAndSwept(run);
});

claim('F5b', async () => {
  const run = await onPausedEngine('10m', ({ kill }) => kill('SIGINT'));
  expect(run).toMatchObject({ status: 130, report: { verdict: 'cancelled' } });
  await expectNamedAndSwept(run);
});
