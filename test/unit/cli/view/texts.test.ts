import { describe, expect, test } from 'vitest';
import { doctorText, readyText } from '../../../../src/cli/view/findings.ts';
import { bugText, showError } from '../../../../src/cli/view/show-error.ts';
import { sweptLine } from '../../../../src/cli/view/swept.ts';
import { DrillError } from '../../../../src/core/errors.ts';

describe('showError', () => {
  test('says what happened, what to do, and the code', () => {
    const error = new DrillError('busy', 'the drill is running', { hint: 'wait' });
    expect(showError(error)).toBe('drill: the drill is running\n  hint: wait\n  code: busy\n');
  });

  test('has no empty hint', () => {
    expect(showError(new DrillError('busy', 'the drill is running'))).not.toContain('hint');
  });
});

test('a bug shows its stack, its causes and where to report it', () => {
  const text = bugText(new TypeError('outer', { cause: new RangeError('inner') }));
  expect(text).toMatch(/this is a bug in pgdrill/);
  expect(text).toMatch(/TypeError: outer\n\s+at /);
  expect(text).toMatch(/caused by: RangeError: inner/);
  expect(text).toMatch(/report it/);
  expect(bugText('a string')).toContain('a string');
});

describe('sweptLine', () => {
  const run = { runId: 'R1', drill: 'orders', path: '/s/R1', message: null };

  test.each([
    ['removed', false, 'removed orders R1 (/s/R1)\n'],
    ['removed', true, 'would remove orders R1 (/s/R1)\n'],
    ['running', false, 'left alone orders R1 (/s/R1): its run is still going on\n'],
    ['kept', false, 'left alone orders R1 (/s/R1)\n'],
  ] as const)('%s (dry run: %s)', (action, dryRun, line) => {
    expect(sweptLine({ ...run, action }, dryRun)).toBe(line);
  });

  test('tells why something is still there', () => {
    expect(sweptLine({ ...run, action: 'failed', message: 'busy' }, false)).toBe(
      'could not remove orders R1 (/s/R1): busy\n',
    );
  });
});

test('doctor says in which sandboxes drills can run where not all are ready', () => {
  const [local, docker] = [
    { name: 'local', isReady: true },
    { name: 'docker', isReady: false },
  ];
  expect(readyText([local, docker])).toMatch(/in the sandbox local: one kind is enough/);
  expect([readyText([local]), readyText([docker])]).toEqual(['', '']);
});

describe('doctorText', () => {
  test('fits a terminal of 80 columns', () => {
    const detail = 'repository 1 was read: 2 backups, the newest 20261129-193613F_20261129-193616I is 35.0 s old';
    const text = doctorText('local', [{ what: 'backups of shop', ok: false, detail, fix: detail }], undefined, 80);
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  const there = { what: 'Node.js', ok: true, detail: 'v24', fix: null };
  const missing = { what: 'bubblewrap', ok: false, detail: 'is not installed', fix: 'install it' };

  test('is ready when nothing is missing', () => {
    expect(doctorText('local', [there])).toMatch(/^local sandbox: ready\n  ✓ Node\.js  v24\n/);
  });

  test('says what is missing and how to get it', () => {
    const text = doctorText('local', [there, missing]);
    expect(text).toMatch(/lacks 1 of 2 things/);
    expect(text).toMatch(/✗ bubblewrap  is not installed\n +→ install it/);
  });
});
