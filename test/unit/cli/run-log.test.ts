import { expect, test } from 'vitest';
import { RunLog } from '../../../src/cli/run-log.ts';
import type { DrillEvent } from '../../../src/drill/events.ts';
import { Redactor } from '../../../src/core/redact.ts';

function logAt(level: 'warn' | 'info' | null): {
  log: RunLog;
  lines: () => unknown[];
  text: () => string;
} {
  let text = '';
  const redactor = new Redactor();
  redactor.add('sekret');
  const log = new RunLog({ level, redactor, stderr: (more) => (text += more) });
  const lines = (): unknown[] =>
    text
      .split('\n')
      .filter(Boolean)
      .map((line): unknown => JSON.parse(line));
  return { log, lines, text: () => text };
}

function command(argv: readonly string[], exitCode: number | null, durationMs: number | null): DrillEvent {
  return { kind: 'command-ended', phase: 'preflight', argv, exitCode, durationMs, stderr: '' };
}

test('stderr gets JSON lines from its level on', () => {
  const { log, lines } = logAt('warn');
  log.event(command(['true'], 0, 1));
  log.event(command(['postgres'], null, null));
  log.event(command(['false'], 1, 1));
  log.event(command(['killed'], null, 1));
  expect(lines()).toMatchObject([
    { level: 'warn', argv: ['false'], exitCode: 1, msg: 'command' },
    { argv: ['killed'] },
  ]);
});

test('no secret gets through', () => {
  const { log, text } = logAt('info');
  log.event(command(['pgbackrest', '--pass=sekret'], 0, 1));
  expect(text()).toContain('--pass=[redacted]');
  expect(text()).not.toContain('sekret');
});

test('without a level stderr stays empty', () => {
  const { log, text } = logAt(null);
  log.event(command(['false'], 1, 1));
  log.event({ kind: 'phase-ended', phase: 'restore', ok: false, durationMs: 1, summary: null });
  expect(text()).toBe('');
});
