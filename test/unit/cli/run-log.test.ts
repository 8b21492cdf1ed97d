import { expect, test } from 'vitest';
import { RunLog } from '../../../src/cli/run-log.ts';
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

test('stderr gets JSON lines from its level on', () => {
  const { log, lines } = logAt('warn');
  log.command({ argv: ['true'], exitCode: 0, durationMs: 1 });
  log.command({ argv: ['postgres'], exitCode: null, durationMs: null });
  log.command({ argv: ['false'], exitCode: 1, durationMs: 1 });
  log.command({ argv: ['killed'], exitCode: null, durationMs: 1 });
  expect(lines()).toMatchObject([
    { level: 'warn', argv: ['false'], exitCode: 1, msg: 'command' },
    { argv: ['killed'] },
  ]);
});

test('no secret gets through', () => {
  const { log, text } = logAt('info');
  log.command({ argv: ['pgbackrest', '--pass=sekret'], exitCode: 0 });
  expect(text()).toContain('--pass=[redacted]');
  expect(text()).not.toContain('sekret');
});

test('without a level stderr stays empty', () => {
  const { log, text } = logAt(null);
  log.command({ argv: ['false'], exitCode: 1, durationMs: 1 });
  log.event({ kind: 'phase-ended', phase: 'restore', ok: false, durationMs: 1, summary: null });
  expect(text()).toBe('');
});
