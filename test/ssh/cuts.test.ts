import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { ExecHost } from '../../src/host/exec-host.ts';
import {
  command,
  leftovers,
  startDrill,
  workspace,
  writePlan,
  type DrillRun,
  type Workspace,
} from '../fixtures/drill.ts';
import { openGate, type Gate } from '../fixtures/repositories/gate.ts';
import { serverOf, startSupervisor } from '../fixtures/ssh-server.ts';
import { HELD, letGo } from '../fixtures/held-check.ts';
import { LONG_MS, until } from '../fixtures/until.ts';
import { moments } from './moments.ts';

const server = serverOf(inject('server'));
type Check = typeof QUICK;
const QUICK = { name: 'quick', sql: 'select true' };
const SECOND: Readonly<Partial<Record<keyof typeof moments, Check>>> = { check: { name: 'held', sql: HELD } };

interface CutDrill {
  readonly place: Workspace;
  readonly gate: Gate;
  readonly finished: Promise<DrillRun>;
}

/** Starts a drill whose way to the server is a gate. */
async function startBehindGate(sandbox: Readonly<Record<string, unknown>>, second: Check = QUICK): Promise<CutDrill> {
  const place = workspace();
  const gate = await openGate('127.0.0.1', { host: server.address, port: 22 });
  onTestFinished(() => gate.end());
  const plan = {
    name: place.name,
    sandbox: { host: '127.0.0.1', port: gate.port, ...sandbox },
    checks: [QUICK, second],
  };
  const { finished } = startDrill(place, [writePlan(place, 'drill', plan)]);
  return { place, gate, finished };
}

const ofKind = ['restore', 'recovery', 'check'] as const;

describe('a connection that breaks and comes back', () => {
  test.each(ofKind)('during the %s: the run goes on, and the report tells', async (moment) => {
    const { place, gate, finished } = await startBehindGate({ grace: '60s' }, SECOND[moment]);
    await moments[moment](place);
    gate.close();
    await delay(700);
    gate.open();
    if (moment === 'check') letGo(place, server);
    const run = await finished;
    expect(run.report?.reasons).toEqual([]);
    expect(run).toMatchObject({ status: 0, report: { verdict: 'passed' } });
    expect(run.report?.sandbox.server?.outages).toBeGreaterThanOrEqual(1);
    expect(run.report?.sandbox.server?.outageMs).toBeGreaterThan(100);
    expect(leftovers(place)).toEqual([]);
  });

  test('again and again: nothing is lost, nothing comes twice, either way', async () => {
    const gate = await openGate('127.0.0.1', { host: server.address, port: 22 });
    onTestFinished(() => gate.end());
    const supervisor = await startSupervisor(server, 'torture', { host: '127.0.0.1', port: gate.port });
    const host = new ExecHost({
      start: (request) => supervisor.exec(request),
      where: 'there',
      notes: supervisor.memory,
      env: {},
    });
    const over = new AbortController();
    const cutting = (async () => {
      while (!over.signal.aborted) {
        gate.open();
        // After the login and a little more, however long that takes.
        gate.closeAfter(400_000);
        while (!gate.isClosed() && !over.signal.aborted) await delay(2);
      }
      gate.open();
    })();
    const numbers = Array.from({ length: 200_000 }, (_, index) => `${index + 1}\n`).join('');
    expect((await host.run(['seq', '1', '200000'])).stdout).toBe(numbers);
    await host.writeFile(`${supervisor.memory}/numbers`, numbers, 0o600);
    expect(await host.readFile(`${supervisor.memory}/numbers`)).toBe(numbers);
    expect(supervisor.outages.count).toBeGreaterThan(5);
    over.abort();
    await cutting;
    await supervisor.finish(AbortSignal.timeout(LONG_MS));
    expect(server.sh(`ls ${supervisor.memory} ${supervisor.root} 2>&1; true`)).not.toContain('numbers');
  });

  test('that is cut without a word is noticed', async () => {
    const { place, gate, finished } = await startBehindGate({ grace: '60s' });
    await moments.recovery(place);
    gate.stall();
    const run = await finished;
    expect(run.report?.reasons).toEqual([]);
    expect(run).toMatchObject({ status: 0, report: { verdict: 'passed' } });
    expect(run.report?.sandbox.server?.outages).toBeGreaterThanOrEqual(1);
    expect(leftovers(place)).toEqual([]);
  });
});

describe('a connection that does not come back', () => {
  test.each(ofKind)('during the %s: inconclusive, and the server cleans itself up', async (moment) => {
    const { place, gate, finished } = await startBehindGate({ grace: '5s' }, SECOND[moment]);
    await moments[moment](place);
    gate.close();
    const run = await finished;
    expect(run).toMatchObject({ status: 3, report: { verdict: 'inconclusive', cleanup: { done: false } } });
    expect(run.report?.reasons.map(({ code }) => code)).toContain('connection-lost');
    expect(run.report?.rto.validatedMs).toBeNull();
    await until('nothing is left', () => leftovers(place).length === 0, 100);
    gate.open();
    const swept = await command(place, ['sweep', '--sandbox', 'ssh']);
    expect(swept.stdout).toContain(`removed ${place.name}`);
    expect((await command(place, ['sweep', '--sandbox', 'ssh'])).stdout).not.toContain(place.name);
  });
});
