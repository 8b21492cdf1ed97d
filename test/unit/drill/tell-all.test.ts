import { expect, test } from 'vitest';
import { Redactor } from '../../../src/core/redact.ts';
import type { DrillEvent } from '../../../src/drill/events.ts';
import { tellAll } from '../../../src/drill/tell-all.ts';

const started = (phase: 'preflight' | 'restore'): DrillEvent => ({ kind: 'phase-started', phase });

test('each listener is told each event, in their order', () => {
  const heard: string[] = [];
  const { emit, throwFault } = tellAll(
    [(event) => heard.push(`a ${event.kind}`), (event) => heard.push(`b ${event.kind}`)],
    new Redactor(),
  );
  emit(started('preflight'));
  expect(heard).toEqual(['a phase-started', 'b phase-started']);
  expect(throwFault).not.toThrow();
});

test('one that throws holds nothing up, is told no more, and its error is not lost', () => {
  const heard: DrillEvent[] = [];
  let calls = 0;
  const { emit, throwFault } = tellAll(
    [
      () => {
        calls += 1;
        throw new Error('the screen is gone');
      },
      (event) => heard.push(event),
    ],
    new Redactor(),
  );
  emit(started('preflight'));
  emit(started('restore'));
  expect(heard).toEqual([started('preflight'), started('restore')]);
  expect(calls).toBe(1);
  expect(throwFault).toThrow('the screen is gone');
});

test('no listener is told a secret, though the redactor learnt of it only now', () => {
  const redactor = new Redactor();
  const heard: DrillEvent[] = [];
  const { emit } = tellAll([(event) => heard.push(event)], redactor);
  redactor.add('sekret');
  const argv = ['pgbackrest', 'info'];
  emit({ kind: 'command-ended', phase: 'preflight', argv, exitCode: 1, durationMs: 1, stderr: 'key sekret refused' });
  expect(heard).toMatchObject([{ kind: 'command-ended', phase: 'preflight', stderr: 'key [redacted] refused' }]);
});
