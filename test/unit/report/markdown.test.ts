import { describe, expect, test } from 'vitest';
import { renderMarkdown } from '../../../src/report/markdown.ts';
import { reportSchema, type DrillReport } from '../../../src/report/report.ts';
import { runEndedIn, sampleAssertion, sampleCheck, sampleReason, sampleReport } from '../../fixtures/sample-report.ts';

/** What stands below a heading, up to the next. */
function section(markdown: string, title: string): string {
  const after = markdown.split(`\n## ${title}\n`)[1];
  if (after === undefined) throw new Error(`no section ${title}`);
  return after.split('\n## ')[0] ?? '';
}

function titles(markdown: string): string[] {
  return [...markdown.matchAll(/^## (.*)$/gm)].map(([, title = '']) => title);
}

/** The parts in the order in which they stand in a text; one that is not there comes first. */
function orderIn(text: string, parts: readonly string[]): string[] {
  const there = parts.filter((part) => text.includes(part));
  const missing = parts.filter((part) => !text.includes(part)).map((part) => `not there: ${part}`);
  return [...missing, ...there.toSorted((a, b) => text.indexOf(a) - text.indexOf(b))];
}

test.each([
  ['passed', sampleReport()],
  ['ended in preflight', runEndedIn('preflight')],
  ['ended in recover', runEndedIn('recover')],
] as const)('the sample that %s is a report', (_name, report) => {
  expect(reportSchema.parse(report)).toEqual(report);
});

describe('the whole', () => {
  test('comes in the order in which an auditor reads', () => {
    const failed = sampleReport({ verdict: 'failed', reasons: [sampleReason()] });
    expect(titles(renderMarkdown(failed))).toEqual([
      'Reasons',
      'Objectives and measurements',
      'Phases',
      'Restore and replay',
      'Proof of recovery',
      'Checks',
      'Deviations from a real recovery',
      'Source and target',
      'Copies of the backup',
      'What this drill does not prove',
      'Controls it supports',
      'Repeat it by hand',
      'Cleanup',
      'Evidence',
      'Environment',
    ]);
  });

  test('is the same for the same report, and knows nothing but the report', () => {
    const report = sampleReport();
    const copy: DrillReport = JSON.parse(JSON.stringify(report));
    expect(renderMarkdown(copy)).toBe(renderMarkdown(report));
  });

  test('says in one paragraph what was restored, to where, and what is proven', () => {
    const [title, verdict, summary = ''] = renderMarkdown(sampleReport()).split('\n\n');
    expect(title).toBe('# Restore drill orders: passed');
    expect(verdict).toContain('✓ PASSED');
    expect(summary).toContain('incremental backup `20261120-010000F_20261121-010000I` (45.0 GB) of stanza `main`');
    expect(summary).toContain('from repository 2 into an empty directory of the local sandbox on drill-1');
    expect(summary).toContain('recovered to the end of the archive');
    expect(summary).toContain('read-write connections 12m 01s after');
    expect(summary).toContain('Checks of the data passed: 1 of 1; isolation assertions held: 2 of 2.');
  });

  test.each([
    ['preflight', 'Nothing was restored.'],
    ['restore', 'The restore did not come to its end.'],
    ['recover', 'PostgreSQL did not recover to the target.'],
    ['verify', 'nothing shows that it ended at the target.'],
  ] as const)('a run that ended in %s claims no more than it did', (phase, said) => {
    const [, verdict, summary] = renderMarkdown(runEndedIn(phase)).split('\n\n');
    expect(verdict).toContain('✗ FAILED');
    expect(verdict).toContain('did not show that the backup can be recovered');
    expect(summary).toContain(said);
    expect(summary).not.toContain('and recovered to the end of the archive. PostgreSQL replayed');
  });

  test.each(['inconclusive', 'cancelled'] as const)('%s speaks neither for the backup nor against it', (verdict) => {
    const report = runEndedIn('provision', { verdict });
    expect(renderMarkdown(report)).toContain('it speaks neither for the backup nor against it');
  });

  test('what made the verdict stands before what only warns', () => {
    const reasons = [sampleReason({ code: 'config-not-in-backup' }), sampleReason({ code: 'made-by-a-later-version' })];
    const text = section(renderMarkdown(runEndedIn('recover', { reasons })), 'Reasons');
    const wanted = ['✗ `made-by-a-later-version` (recover)', '⚠ `config-not-in-backup` (warning, recover)'];
    expect(orderIn(text, wanted)).toEqual(wanted);
    expect(text).toContain('**Hint:** look for the segment');
  });
});

/** The line of one objective. */
function rowOf(report: DrillReport, name: string): string {
  return (
    section(renderMarkdown(report), 'Objectives and measurements')
      .split('\n')
      .find((line) => line.startsWith(`| ${name}`)) ?? ''
  );
}

describe('objectives', () => {
  test('met, missed and not stated look different', () => {
    const missed = sampleReport({ rto: { ...sampleReport().rto, met: false } });
    expect(rowOf(sampleReport(), '**RTO**')).toContain('| 30m 00s | 12m 01s | ✓ met |');
    expect(rowOf(missed, '**RTO**')).toContain('✗ missed');
    expect(rowOf(sampleReport(), '**Backup age**')).toContain('| none stated | 2h 00m | – no objective |');
  });

  test('an RPO that is an upper bound says so, with its method', () => {
    const row = rowOf(sampleReport(), '**RPO**');
    expect(row).toContain('at most 1m 49s (upper bound)');
    expect(row).toContain('minus the last replayed commit');
  });

  test('a proven zero is a number', () => {
    const rpo = {
      ...sampleReport().rpo,
      measuredMs: 0,
      method: 'stopped-before-later-commit',
      upperBound: false,
    } as const;
    expect(rowOf(sampleReport({ rpo }), '**RPO**')).toContain('| 0 s | ✓ met | against the target: recovery stopped');
  });

  test('what was not measured is never a zero, and never meets an objective', () => {
    const text = section(renderMarkdown(runEndedIn('preflight')), 'Objectives and measurements');
    expect(text).toContain('| **RTO** | 30m 00s | not measured | ✗ not shown |');
    expect(text).toContain('| **RPO** | 5m 00s | not measured | ✗ not shown |');
    expect(text).toContain('| Validated |  | not measured |');
    expect(text).not.toMatch(/\b0(\.0)? s\b/);
    expect(text).not.toContain('✓');
  });
});

describe('phases and recovery', () => {
  test('the gantt places every phase after the one before, and the objective at the RTO clock', () => {
    const text = section(renderMarkdown(sampleReport()), 'Phases');
    const wanted = [
      '```mermaid\ngantt',
      ':done, 2000-01-01 00:00:00.000, 4000ms',
      'provision, 500 ms :active, 2000-01-01 00:00:04.000, 500ms',
      'restore, 9m 00s :active, 2000-01-01 00:00:04.500, 540000ms',
      'RTO objective 30m 00s :milestone, crit, 2000-01-01 00:30:04.000, 0ms',
      '| Phase | Status |',
    ];
    expect(orderIn(text, wanted)).toEqual(wanted);
  });

  test('an objective far beyond the run is told, not drawn', () => {
    const rto = { ...sampleReport().rto, objectiveMs: 86_400_000 };
    const text = section(renderMarkdown(sampleReport({ rto })), 'Phases');
    expect(text).not.toContain('milestone');
    expect(text).toContain('The RTO objective of 1d 00h lies far to the right');
  });

  test('phases that failed or were not run are told apart', () => {
    const text = section(renderMarkdown(runEndedIn('restore')), 'Phases');
    expect(text).toContain('restore failed, 9m 00s :crit');
    expect(text).toContain('| restore | ✗ failed |');
    expect(text).toContain('| recover | – not run |  |  | yes |');
  });

  test('recovery is split, and WAL is counted', () => {
    const text = section(renderMarkdown(sampleReport()), 'Restore and replay');
    expect(text).toContain('| WAL segments | 10, each compared with its SHA-1 |');
    expect(text).toContain('| Server start to consistent state | 19.0 s |');
    expect(text).toContain('| Replay, from its start to its end | 2m 40s |');
    expect(text).toMatch(/checkpoint\) \| 1\.2 s \|/);
    expect(text).toContain('45.0 GB at 85.3 MB/s');
  });

  test("the proof is in PostgreSQL's own words where it has said something", () => {
    const stoppedBefore = 'recovery stopping before commit of transaction 757, time 2026-11-21 02:58:12+00';
    const recovery = { ...recoveryOf(sampleReport()), stoppedBefore };
    const text = section(renderMarkdown(sampleReport({ recovery })), 'Proof of recovery');
    expect(text).toContain(`> \`${stoppedBefore}\``);
    expect(section(renderMarkdown(runEndedIn('recover')), 'Proof of recovery')).toContain('None:');
  });

  test('a recovery that was not proven is no success', () => {
    const recovery = { ...recoveryOf(sampleReport()), reached: false, proof: null };
    const text = section(renderMarkdown(sampleReport({ verdict: 'failed', recovery })), 'Proof of recovery');
    expect(text).toContain('✗ not reached');
    expect(text).not.toContain('✓');
  });
});

function recoveryOf({ recovery }: DrillReport): NonNullable<DrillReport['recovery']> {
  if (!recovery) throw new Error('the sample has a recovery');
  return recovery;
}

describe('checks', () => {
  test('what did not hold stands first, and a skipped check never looks like a passed one', () => {
    const checks = [
      sampleCheck({ name: 'fine' }),
      sampleCheck({ name: 'left out', status: 'skipped', observed: null, message: 'the run was ended before' }),
      sampleCheck({ name: 'broken', status: 'error', observed: null, message: 'no such table' }),
      sampleCheck({ name: 'soft', status: 'failed', severity: 'warning' }),
      sampleCheck({ name: 'wrong', status: 'failed', observed: null }),
      sampleAssertion(),
    ];
    const text = section(renderMarkdown(sampleReport({ checks })), 'Checks');
    const wanted = [
      '| ✗ failed | wrong |',
      '| ⚠ failed | soft |',
      '| ✗ error | broken |',
      '| ⚠ skipped | left out |',
      '| ✓ passed | fine |',
      'Isolation: all 1 assertions held',
    ];
    expect(orderIn(text, wanted)).toEqual(wanted);
    expect(text).toContain('| nothing |');
  });

  test('isolation is folded when all of it held, and open when something did not', () => {
    const held = section(renderMarkdown(sampleReport()), 'Checks');
    expect(held).toContain('<summary>Isolation: all 2 assertions held</summary>');
    const checks = [sampleAssertion(), sampleAssertion({ name: 'leaky', status: 'failed', observed: 'always' })];
    const broken = section(renderMarkdown(sampleReport({ checks, verdict: 'failed' })), 'Checks');
    expect(broken).not.toContain('<details>');
    const wanted = [
      '1 of 2 assertions did not hold',
      '| ✗ failed | leaky |',
      '| ✓ passed | the copy archives no WAL |',
    ];
    expect(orderIn(broken, wanted)).toEqual(wanted);
  });

  test('no checks, and checks that were not reached, are not the same', () => {
    const none = renderMarkdown(sampleReport({ checks: [sampleAssertion()] }));
    expect(none).toContain('The plan has no checks of its own');
    expect(none).toContain('No check of the data was made');
    expect(renderMarkdown(runEndedIn('restore'))).toContain('did not get as far as the checks');
  });
});

describe('what a reader must know besides', () => {
  test('nothing deviates in a run like production', () => {
    expect(section(renderMarkdown(sampleReport()), 'Deviations from a real recovery')).toContain('None is recorded.');
  });

  test('every deviation is listed', () => {
    const { sandbox, restore } = sampleReport();
    const settings = [
      {
        name: 'shared_buffers',
        production: '64GB',
        drill: '6GB',
        why: 'capped: this machine has 16384 MB of memory free',
      },
      { name: 'fsync', production: 'off', drill: 'on', why: 'always' },
      { name: 'work_mem', production: null, drill: '64MB', why: 'from the plan' },
    ];
    const text = section(
      renderMarkdown(
        sampleReport({
          sandbox: {
            ...sandbox,
            settings,
            isolation: { readOnlyFileSystem: false, noNetwork: false, network: 'open', noPrivileges: true },
          },
          restore: restore && { ...restore, start: 'delta' },
          target: { type: 'standby', value: null, asTyped: null, timeline: 'latest', action: 'stay-standby' },
          reasons: [sampleReason({ code: 'config-not-in-backup', message: 'postgresql.conf is not in the backup' })],
        }),
      ),
      'Deviations from a real recovery',
    );
    expect(text).toContain('- Setting `shared_buffers`: production `64GB`, drill `6GB`');
    expect(text).toContain('- Setting `fsync`: production `off`, drill `on`');
    expect(text).toContain('- Setting `work_mem`: production does not state it in the backup, drill `64MB`');
    expect(text).toContain('- Confinement was off');
    expect(text).toContain('- The copy was not cut off from the network.');
    expect(text).toContain('(delta)');
    expect(text).toContain('promotion was not rehearsed');
    expect(text).toContain('- postgresql.conf is not in the backup.');
  });

  test('controls are supported; nobody is called compliant', () => {
    const markdown = renderMarkdown(sampleReport());
    expect(section(markdown, 'Controls it supports')).toContain('- `SOC2-A1.3`');
    expect(markdown).not.toMatch(/complian/i);
  });

  test('the commands that matter can be pasted; the others are folded', () => {
    const text = section(renderMarkdown(sampleReport()), 'Repeat it by hand');
    const [open = '', folded = ''] = text.split('<details>');
    const wanted = ['info', '  --archive-mode=off \\\n  restore', '/bin/postgres'];
    expect(orderIn(open, wanted)).toEqual(wanted);
    expect(open).not.toMatch(/pgbackrest version|pg_controldata|pg_ctl/);
    expect(folded).toContain('All 6 commands of the run');
    expect(folded).toContain('# preflight: exit status 0, 20 ms\npgbackrest version');
  });

  test('what could not be removed, and what was kept, is said', () => {
    const steps = [{ label: 'remove /scratch', ok: false, message: 'device busy' }];
    const text = section(
      renderMarkdown(sampleReport({ cleanup: { done: false, kept: 'the instance', steps } })),
      'Cleanup',
    );
    expect(text).toContain('✗ incomplete');
    expect(text).toContain('| ✗ failed | remove /scratch | device busy |');
    expect(text).toContain('**Kept as asked:** the instance.');
  });

  test('evidence comes with its digest', () => {
    const text = section(renderMarkdown(sampleReport()), 'Evidence');
    expect(text).toContain(`| \`postgresql.log\` | 3.1 kB | \`${'5e'.repeat(32)}\` |`);
  });
});
