import { describe, expect, test } from 'vitest';
import { resultText } from '../../../src/cli/view/show-result.ts';
import { renderMarkdown } from '../../../src/report/markdown.ts';
import { describeRestorePace } from '../../../src/report/document/restore-pace.ts';
import type { DrillReport } from '../../../src/report/report.ts';
import { sampleReport } from '../../fixtures/sample-report.ts';

const sample = sampleReport();
const recovery = sample.recovery as NonNullable<DrillReport['recovery']>;
const restore = sample.restore as NonNullable<DrillReport['restore']>;

const option = (name: string, production: string, drill: string): DrillReport['sandbox']['settings'][number] => ({
  name,
  production,
  drill,
  why: 'archive-get: the plan has WAL fetched ahead',
});

function ahead(): DrillReport {
  const settings = [
    ...sample.sandbox.settings,
    option('archive-async', 'n', 'y'),
    option('archive-get-queue-max', '128MiB', '536870912'),
    option('process-max', '1', '4'),
    option('job-retry', '1', '0'),
  ];
  return { ...sample, recovery: { ...recovery, walFetch: 'ahead' }, sandbox: { ...sample.sandbox, settings } };
}

describe('an RTO of WAL that was fetched ahead', () => {
  test('is marked as such wherever it stands, and says what a real recovery needs for it', () => {
    const text = renderMarkdown(ahead());
    expect(text).toContain('Measured with WAL fetched ahead of the replay, and not as configured.');
    expect(text).toContain('`drill recover-script` prints one.');
    expect(text).toContain('`archive-async=y`, `archive-get-queue-max=536870912`, `process-max=4`;');
    expect(text).toContain('Setting `archive-async`: production `n`, drill `y`');
    const result = resultText({ report: ahead(), folder: '/reports' });
    expect(result).toMatch(/RTO .*; with WAL fetched ahead of the replay, and not as configured/);
  });

  test('is not said of a recovery as configured, nor of an older report', () => {
    for (const walFetch of ['as-configured', null] as const) {
      const report = { ...sample, recovery: { ...recovery, walFetch } };
      expect(renderMarkdown(report)).not.toContain('ahead of the replay');
      expect(resultText({ report, folder: '/reports' })).not.toContain('ahead');
    }
  });

  test('does not make settings of PostgreSQL of the options of pgBackRest, where the run is repeated by hand', () => {
    const conf = renderMarkdown(ahead()).split("<<'END'")[1] ?? '';
    expect(conf).toContain('shared_buffers = ');
    expect(conf.split('\nEND')[0]).not.toMatch(/archive-async|process-max/);
  });
});

test('an earlier run that fetched its WAL the other way stands beside this one', () => {
  const otherWalFetch = { walFetch: 'ahead', runId: 'earlier', recoverMs: 61_000, walBytes: 2 * 1024 ** 3 } as const;
  const text = renderMarkdown({ ...sample, recovery: { ...recovery, otherWalFetch } });
  expect(text).toMatch(/WAL fetched ahead of the replay, in an earlier run.*1m 01s.*2\.0 GB.*`earlier`/);
});

const wordsOf = (report: DrillReport): string => JSON.stringify(describeRestorePace(report));

describe('the pace of a restore', () => {
  const slow = (changes: Partial<NonNullable<DrillReport['restore']>> = {}): DrillReport => ({
    ...sample,
    sandbox: { ...sample.sandbox, processMax: 2 },
    phases: sample.phases.map((phase) => (phase.id === 'restore' ? { ...phase, durationMs: 60_000 } : phase)),
    restore: { ...restore, files: 1200, alone: { files: 1200, small: 1150, smallBytes: 41 * 1024 ** 2 }, ...changes },
  });

  test('over a network says what more processes and bundles would make of it, and that this is arithmetic', () => {
    const words = wordsOf(slow());
    expect(words).toContain('100 ms for each file in each process');
    expect(words).toContain('process-max 8 makes it 15.0 s');
    expect(words).toContain('in about 53 requests');
    expect(words.match(/plain arithmetic/g)).toHaveLength(2);
  });

  test.each([
    ['of files that came fast', slow({ files: 100_000 })],
    [
      'of a repository on this machine',
      { ...slow(), source: { ...sample.source, repo: { ...sample.source.repo, type: 'posix' } } },
    ],
    ['of a delta', slow({ start: 'delta' })],
  ])('says nothing %s', (_, report) => {
    expect(describeRestorePace(report as DrillReport)).toEqual([]);
  });

  test('says nothing of bundles where most files lie in some', () => {
    expect(wordsOf(slow({ alone: { files: 20, small: 2, smallBytes: 9 } }))).not.toContain('bundle');
    expect(wordsOf(slow({ alone: null }))).not.toContain('bundle');
  });
});
