import { expect, test } from 'vitest';
import type { Clock } from '../../../src/core/clock.ts';
import type { DrillEvent } from '../../../src/drill/events.ts';
import { Timeline } from '../../../src/drill/timeline.ts';

/** A clock that goes on only when told; the wall is set back by an hour in the middle, as a time correction does. */
class SteppedClock implements Clock {
  #ms = 1000;
  #wall = Date.UTC(2026, 10, 21, 2);
  now(): Date {
    return new Date(this.#wall);
  }
  monotonicMs(): number {
    return this.#ms;
  }
  pass(ms: number): void {
    this.#ms += ms;
    this.#wall += ms;
  }
  setWallBack(ms: number): void {
    this.#wall -= ms;
  }
}

function setUp(): { clock: SteppedClock; timeline: Timeline; events: DrillEvent[] } {
  const clock = new SteppedClock();
  const events: DrillEvent[] = [];
  return { clock, timeline: new Timeline(clock, (event) => events.push(event)), events };
}

function lasting(clock: SteppedClock, ms: number): () => Promise<void> {
  return () => {
    clock.pass(ms);
    return Promise.resolve();
  };
}

test('durations are of the monotonic clock, whatever the wall does; spans hold what lies between', async () => {
  const { clock, timeline } = setUp();
  await timeline.phase('provision', lasting(clock, 100));
  clock.pass(7);
  await timeline.phase('restore', async () => {
    clock.setWallBack(3_600_000);
    await lasting(clock, 2000)();
  });
  await timeline.phase('recover', lasting(clock, 300));
  expect(timeline.durationMs('restore')).toBe(2000);
  expect(timeline.span('provision', 'recover')).toBe(2407);
  expect(timeline.report().map(({ status }) => status)).toEqual([
    'not-run',
    'done',
    'done',
    'done',
    'not-run',
    'not-run',
  ]);
});

test('a phase that failed has no span: a number built from nothing is worse than none', async () => {
  const { clock, timeline } = setUp();
  await timeline.phase('provision', lasting(clock, 100));
  const failing = timeline.phase('restore', async () => {
    await lasting(clock, 5)();
    throw new Error('broken');
  });
  await expect(failing).rejects.toThrow('broken');
  expect(timeline.isDone('restore')).toBe(false);
  expect(timeline.durationMs('restore')).toBeNull();
  expect(timeline.span('provision', 'restore')).toBeNull();
  expect(timeline.span('provision', 'recover')).toBeNull();
  expect(timeline.report()[2]).toMatchObject({ id: 'restore', status: 'failed', durationMs: 5 });
});

test('the report has every phase, run or not, with the wall time at which it began', async () => {
  const { clock, timeline } = setUp();
  await timeline.phase('preflight', lasting(clock, 1));
  expect(timeline.report()).toMatchObject([
    { id: 'preflight', countsTowardsRto: false, startedAt: '2026-11-21T02:00:00.000Z', durationMs: 1 },
    { id: 'provision', countsTowardsRto: true, startedAt: null, durationMs: null },
    { id: 'restore', countsTowardsRto: true },
    { id: 'recover', countsTowardsRto: true },
    { id: 'verify', countsTowardsRto: false },
    { id: 'cleanup', countsTowardsRto: false },
  ]);
});

test('those who watch hear of each phase as it begins and ends, with its summary', async () => {
  const { clock, timeline, events } = setUp();
  await timeline.phase('preflight', async () => {
    timeline.summarize('full backup');
    await lasting(clock, 5)();
  });
  await timeline.phase('provision', lasting(clock, 1));
  expect(timeline.current).toBe('provision');
  expect(events).toEqual([
    { kind: 'phase-started', phase: 'preflight' },
    { kind: 'phase-ended', phase: 'preflight', ok: true, durationMs: 5, summary: 'full backup' },
    { kind: 'phase-started', phase: 'provision' },
    { kind: 'phase-ended', phase: 'provision', ok: true, durationMs: 1, summary: null },
  ]);
});
