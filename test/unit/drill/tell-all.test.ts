import { expect, test } from 'vitest';
import type { DrillEvent } from '../../../src/drill/events.ts';
import { tellAll } from '../../../src/drill/tell-all.ts';

const started = (phase: 'preflight' | 'restore'): DrillEvent => ({ kind: 'phase-started', phase });

test('each listener is told each event, in their order', () => {
  const heard: string[] = [];
  const { emit, throwFault } = tellAll([
    (event) => heard.push(`a ${event.kind}`),
    (event) => heard.push(`b ${event.kind}`),
  ]);
  emit(started('preflight'));
  expect(heard).toEqual(['a phase-started', 'b phase-started']);
  expect(throwFault).not.toThrow();
});

test('one that throws holds nothing up, is told no more, and its error is not lost', () => {
  const heard: DrillEvent[] = [];
  let calls = 0;
  const { emit, throwFault } = tellAll([
    () => {
      calls += 1;
      throw new Error('the screen is gone');
    },
    (event) => heard.push(event),
  ]);
  emit(started('preflight'));
  emit(started('restore'));
  expect(heard).toEqual([started('preflight'), started('restore')]);
  expect(calls).toBe(1);
  expect(throwFault).toThrow('the screen is gone');
});
