import { describe, expect, test } from 'vitest';
import { renderMarkdown } from '../../../src/report/markdown.ts';
import { reportSchema, type DrillReport } from '../../../src/report/report.ts';
import {
  provenCopy,
  runEndedIn,
  sampleAssertion,
  sampleCheck,
  sampleCopy,
  sampleReason,
  sampleReport,
} from '../../fixtures/sample-report.ts';

/** What stands below a heading, up to the next, or in a fold of the annex. */
function section(markdown: string, title: string): string {
  const folded = new RegExp(`<summary>${title}</summary>\n([^]*?)\n</details>(?=\n\n<details>|\n$)`).exec(
    markdown,
  )?.[1];
  const after = markdown.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? folded;
  if (after === undefined) throw new Error(`no section ${title}`);
  return after;
}

function titles(markdown: string): string[] {
  return [...markdown.matchAll(/^(?:## |<summary>)(.*?)(?:<\/summary>)?$/gm)].map(([, title = '']) => title);
}

/** What a reader in a hurry sees: everything before the first fold. */
function head(markdown: string): string {
  return markdown.split('\n<details>')[0] ?? '';
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
  test('comes in the order in which people read: what matters, then what is looked up', () => {
    const failed = sampleReport({ verdict: 'failed', reasons: [sampleReason()] });
    expect(titles(renderMarkdown(failed))).toEqual([
      'How it is measured',
      'Checks',
      'Phases',
      'Copies of the backup',
      'What this drill does not prove',
      'Controls it supports',
      'Annex',
      'Proof of recovery',
      'Restore and replay',
      'Phases in detail',
      'Checks in detail',
      'Source and target',
      'Recorded settings',
      'Repeat it by hand',
      'All 6 commands of the run',
      'Cleanup',
      'Evidence',
      'Environment',
    ]);
  });

  test('a run that ended early has no empty sections', () => {
    expect(titles(renderMarkdown(runEndedIn('preflight')))).toEqual([
      'How it is measured',
      'Phases',
      'Copies of the backup',
      'What this drill does not prove',
      'Controls it supports',
      'Annex',
      'Phases in detail',
      'Source and target',
      'Recorded settings',
      'Repeat it by hand',
      'All 6 commands of the run',
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

  test('says in one sentence what was restored, and to where', () => {
    const [title, byline, proven, next] = renderMarkdown(sampleReport()).split('\n\n');
    expect(title).toBe('# ✓ Restore drill orders: passed');
    expect(byline).toBe('Run 12 of this drill, scheduled, 2026-11-21 03:00 UTC, not signed');
    expect(next).toBe('**To do:** Drill repository 1 as well: it is not proven.');
    expect(proven).toBe(
      '**Proven:** The incremental backup `20261120-010000F_20261121-010000I` (45.0 GB) of stanza `main` (PostgreSQL 17) was restored from repository 2 on drill-1 (local) and recovered to the end of the archive.',
    );
  });

  test('a run that passed with warnings says so first', () => {
    const reasons = [sampleReason({ code: 'config-not-in-backup' })];
    const [title] = renderMarkdown(sampleReport({ reasons })).split('\n\n');
    expect(title).toBe('# ⚠ Restore drill orders: passed with 1 warning');
  });

  test.each([
    ['preflight', 'was to be restored from repository 2 and recovered to the end of the archive.'],
    ['restore', 'was to be restored from repository 2 and recovered to the end of the archive.'],
    ['recover', 'was restored from repository 2 on drill-1 (local), to be recovered to the end of the archive.'],
    ['verify', 'was restored from repository 2 on drill-1 (local), to be recovered to the end of the archive.'],
  ] as const)('a run that ended in %s claims no more than it did', (phase, said) => {
    const text = head(renderMarkdown(runEndedIn(phase)));
    expect(text).toContain('# ✗ Restore drill orders: failed');
    expect(text).not.toContain('Proven:');
    expect(text).toContain('did not show that the backup can be recovered');
    expect(text).toContain(said);
  });

  test.each(['inconclusive', 'cancelled'] as const)('%s speaks neither for the backup nor against it', (verdict) => {
    const report = runEndedIn('provision', { verdict });
    expect(renderMarkdown(report)).toContain('it speaks neither for the backup nor against it');
  });

  test('what made the verdict stands before what only warns', () => {
    const reasons = [sampleReason({ code: 'config-not-in-backup' }), sampleReason({ code: 'made-by-a-later-version' })];
    const text = head(renderMarkdown(runEndedIn('recover', { reasons })));
    const wanted = [
      '- ✗ WAL segment 00000001000000000000002A is not in the archive. `made-by-a-later-version` (recover)',
      '- ⚠ WAL segment 00000001000000000000002A is not in the archive. `config-not-in-backup` (warning, recover)',
    ];
    expect(orderIn(text, wanted)).toEqual(wanted);
    expect(text.match(/Look for the segment/g)).toHaveLength(1);
  });
});

/** The line of one figure. */
function rowOf(report: DrillReport, name: string): string {
  return (
    renderMarkdown(report)
      .split('\n')
      .find((line) => line.startsWith(`| **${name}**`)) ?? ''
  );
}

describe('figures', () => {
  test('met, missed and not promised look different', () => {
    const missed = sampleReport({ rto: { ...sampleReport().rto, met: false } });
    expect(rowOf(sampleReport(), 'RTO')).toBe('| **RTO** | 12m 01s | 30m | ✓ met |');
    expect(rowOf(missed, 'RTO')).toContain('✗ missed');
    expect(rowOf(sampleReport(), 'Backup age')).toBe('| **Backup age** | 2h 00m | none |  |');
  });

  test('an RPO that is an upper bound says so, with its method', () => {
    expect(rowOf(sampleReport(), 'RPO')).toContain('| ≤ 1m 49s |');
    expect(section(renderMarkdown(sampleReport()), 'How it is measured')).toContain('minus the last replayed commit');
  });

  test('a proven zero is a number', () => {
    const rpo = {
      ...sampleReport().rpo,
      measuredMs: 0,
      method: 'stopped-before-later-commit',
      upperBound: false,
    } as const;
    expect(rowOf(sampleReport({ rpo }), 'RPO')).toContain('| 0 s | 5m | ✓ met |');
  });

  test('what was not measured is a dash, neither met nor missed, and never a zero', () => {
    const text = head(renderMarkdown(runEndedIn('preflight')));
    expect(text).toContain('| **RTO** | – | 30m | – not measured |');
    expect(text).toContain('| **RPO** | – | 5m | – not measured |');
    expect(text).not.toMatch(/\b0(\.0)? s\b/);
    expect(text).not.toContain('✓');
  });

  test('what was neither promised nor measured is left out', () => {
    const { rto, rpo } = runEndedIn('preflight');
    const report = runEndedIn('preflight', { rto: { ...rto, objectiveMs: null }, rpo: { ...rpo, objectiveMs: null } });
    expect(head(renderMarkdown(report))).not.toMatch(/\*\*(RTO|RPO|Checks|Isolation)\*\*/);
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
      'RTO objective 30m :milestone, crit, 2000-01-01 00:30:04.000, 0ms',
    ];
    expect(orderIn(text, wanted)).toEqual(wanted);
  });

  test('an objective far beyond the run is told, not drawn', () => {
    const rto = { ...sampleReport().rto, objectiveMs: 86_400_000 };
    const text = section(renderMarkdown(sampleReport({ rto })), 'Phases');
    expect(text).not.toContain('milestone');
    expect(text).toContain('The RTO objective of 1d lies far to the right');
  });

  test('phases that failed or were not run are told apart', () => {
    const markdown = renderMarkdown(runEndedIn('restore'));
    expect(section(markdown, 'Phases')).toContain('restore failed, 9m 00s :crit');
    const text = section(markdown, 'Phases in detail');
    expect(text).toContain('| restore | ✗ failed |');
    expect(text).toContain('| recover | – not run |  |  | yes |');
  });

  test('recovery is split, and WAL is counted', () => {
    const text = section(renderMarkdown(sampleReport()), 'Restore and replay');
    expect(text).toContain('1.0 MB/s, 10 segments, each compared with its SHA-1 |');
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
    ];
    expect(orderIn(text, wanted)).toEqual(wanted);
    expect(text).toContain('| nothing |');
  });

  test('isolation stands in the annex; what did not hold stands with the checks', () => {
    const held = renderMarkdown(sampleReport());
    expect(section(held, 'Checks')).not.toContain('archives no WAL');
    expect(section(held, 'Checks in detail')).toContain('| ✓ passed | the copy archives no WAL |');
    const checks = [sampleAssertion(), sampleAssertion({ name: 'leaky', status: 'failed', observed: 'always' })];
    const broken = section(renderMarkdown(sampleReport({ checks, verdict: 'failed' })), 'Checks');
    expect(broken).toContain('1 of 2 assertions did not hold');
    expect(broken).toContain('| ✗ failed | leaky |');
    expect(broken).not.toContain('archives no WAL');
  });

  test('no checks, and checks that were not reached, are not the same', () => {
    const none = renderMarkdown(sampleReport({ checks: [sampleAssertion()] }));
    expect(none).toContain('The plan has no checks of its own');
    expect(titles(renderMarkdown(runEndedIn('restore')))).not.toContain('Checks');
  });
});

describe('what a reader must know besides', () => {
  test('nothing deviates in a run like production', () => {
    expect(titles(renderMarkdown(sampleReport()))).not.toContain('Deviations from a real recovery');
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
            isolation: { readOnlyFileSystem: false, noNetwork: false, network: 'open', noPrivileges: true, shown: [] },
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
    const wanted = ['mktemp -d', '  --archive-mode=off \\\n  restore', '/bin/postgres', 'pg_ctl', 'rm -r "$here"'];
    expect(orderIn(open, wanted)).toEqual(wanted);
    expect(open).not.toMatch(/pgbackrest version|wal-feed/);
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

/** From the words “To do” to the figures. */
function toDo(report: DrillReport): string {
  return /^\*\*To do:\*\*([^]*?)\n\n\|/m.exec(renderMarkdown(report))?.[1]?.trim() ?? '';
}

describe('what to do', () => {
  const proven = [provenCopy()];

  test('is nothing where nothing is open, and that is said', () => {
    expect(toDo(sampleReport({ copies: proven }))).toBe('Nothing, as far as this drill shows.');
  });

  test('is what each reason asks for, once', () => {
    const reasons = [
      sampleReason({ code: 'rto-missed', hint: 'take the nearer repository' }),
      sampleReason({ hint: 'look for the segment' }),
      sampleReason({ code: 'wal-unreadable', hint: 'look for the segment' }),
      sampleReason({ code: 'older-cluster', hint: null }),
    ];
    expect(toDo(sampleReport({ copies: proven, verdict: 'failed', reasons: reasons.slice(0, 1) }))).toMatch(
      /^Take the nearer repository\.\n\nThe incremental backup/,
    );
    expect(toDo(sampleReport({ copies: proven, reasons }))).toBe(
      '- Take the nearer repository. (`rto-missed`)\n- Look for the segment. (`wal-missing`)',
    );
  });

  test('is to drill copies that are not proven, once this one is', () => {
    const copies = [provenCopy(), sampleCopy({ key: 3 }), sampleCopy({ key: 4 })];
    expect(toDo(sampleReport({ copies }))).toBe('Drill repositories 3, 4 as well: they are not proven.');
    expect(toDo(runEndedIn('recover', { copies }))).not.toContain('Drill repositories');
  });
});

test('many checks that passed are folded away; those that did not stand in the open', () => {
  const passed = Array.from({ length: 9 }, (_, index) => sampleCheck({ name: `check ${index}` }));
  const broken = sampleCheck({ name: 'broken', status: 'failed' });
  const all = section(renderMarkdown(sampleReport({ checks: passed })), 'Checks');
  expect(all.trim()).toMatch(/^<details>\n<summary>All 9 checks passed<\/summary>/);
  const some = section(renderMarkdown(sampleReport({ verdict: 'failed', checks: [...passed, broken] })), 'Checks');
  expect(head(some)).toContain('| ✗ failed | broken |');
  expect(head(some)).not.toContain('check 1');
  expect(some).toContain('<summary>9 other checks passed</summary>');
});

test('a run says with which key it is signed', () => {
  const signed = renderMarkdown(sampleReport({ record: { number: 3, keyId: 'SHA256:abc' } }));
  expect(signed).toContain('Run 3 of this drill, scheduled, 2026-11-21 03:00 UTC, signed with key `SHA256:abc`');
});

describe('several targets', () => {
  const commit = { xid: '725', lsn: '0/5000100', at: '2026-11-21T02:00:00.000Z' };
  const rung: DrillReport['rungs'][number] = {
    type: 'lsn',
    value: '0/5000000',
    text: 'LSN 0/5000000',
    lsn: '0/5000148',
    lastCommit: commit,
    nextCommit: null,
    reached: true,
    proof: 'it stood there',
    state: 'read-only',
    checks: [sampleCheck({ name: 'rows', observed: '7' })],
  };
  const missed = { ...rung, text: 'restore point "x"', reached: false, proof: null, state: null, checks: [] };

  test('have a row each, with what was seen there', () => {
    const markdown = renderMarkdown(sampleReport({ rungs: [rung, missed] }));
    const rows = section(markdown, 'Targets').split('\n');
    expect(rows.find((row) => row.includes('LSN 0/5000000'))).toMatch(/reached.*725.*none.*passed.*7/);
    expect(rows.find((row) => row.includes('restore point'))).toMatch(/not reached.*–/);
    expect(section(markdown, 'Proof of each target')).toContain('it stood there');
  });

  test('one target has none', () => {
    expect(titles(renderMarkdown(sampleReport()))).not.toContain('Targets');
  });
});
