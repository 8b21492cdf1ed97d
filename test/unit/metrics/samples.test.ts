import { describe, expect, test } from 'vitest';
import { CHECK_METRICS } from '../../../src/metrics/check-metrics.ts';
import { DRILL_METRICS } from '../../../src/metrics/drill-metrics.ts';
import { samplesOfCheckUps } from '../../../src/metrics/of-check-ups.ts';
import { samplesOfDrills } from '../../../src/metrics/of-drills.ts';
import { METRICS, type MetricName, type Sample } from '../../../src/metrics/sample.ts';
import type { DrillFacts } from '../../../src/metrics/of-drills.ts';
import { checkUpOf } from '../../../src/check-up/build-document.ts';
import { promises, repositoryFacts, stanzaFacts } from '../../fixtures/check-up.ts';
import { seriesOf } from '../../fixtures/exposition.ts';
import { drillFacts, fullCheckUp, fullSamples, lastRun, storeFacts } from '../../fixtures/metrics.ts';
import { sampleCopy, runEndedIn, sampleReport } from '../../fixtures/sample-report.ts';

/** The values of a metric, by the labels that are asked for. */
function values(samples: readonly Sample[], metric: MetricName, ...labels: string[]): Record<string, number> {
  const found = samples.filter((sample) => sample.metric === metric);
  return Object.fromEntries(
    found.map(({ labels: of, value }) => [labels.map((name) => of[name] ?? '').join(' '), value]),
  );
}

const ofDrill = (facts: DrillFacts): Sample[] => samplesOfDrills(storeFacts(facts));
const passedAt = Date.parse(sampleReport().startedAt) / 1000;

describe('each metric', () => {
  const { drills, checkUps } = fullSamples();

  test('has a sample where everything was measured, in the file that it belongs to', () => {
    expect(new Set(drills.map(({ metric }) => metric))).toEqual(new Set(Object.keys(DRILL_METRICS)));
    expect(new Set(checkUps.map(({ metric }) => metric))).toEqual(new Set(Object.keys(CHECK_METRICS)));
  });

  test('is in one of the files alone: node_exporter refuses all of them otherwise', () => {
    expect(Object.keys(DRILL_METRICS).filter((name) => name in CHECK_METRICS)).toEqual([]);
  });

  test('has the labels that its catalogue names, and no series twice', () => {
    const all = [...drills, ...checkUps];
    for (const { metric, labels } of all) {
      expect(
        Object.keys(labels).filter((name) => !(METRICS[metric].labels as readonly string[]).includes(name)),
      ).toEqual([]);
    }
    const series = all.map(({ metric, labels }) => seriesOf(metric, labels));
    expect(new Set(series).size).toBe(series.length);
  });

  test.each(Object.entries(METRICS))('%s says its unit in its name', (name, { unit, type, means }) => {
    const endings = {
      seconds: /_seconds$/,
      'seconds since 1970': /_timestamp_seconds$/,
      bytes: /_bytes$/,
      'bytes per second': /_bytes_per_second$/,
      'always 1': /_(info|reason)$/,
      count: type === 'counter' ? /_total$/ : /(?<!_total|_seconds|_bytes|_count)$/,
      '0 or 1': /(?<!_total|_seconds|_bytes)$/,
    } as const;
    expect(name).toMatch(endings[unit]);
    expect(means).toMatch(/^[^"\\\n]+\.$/);
  });
});

describe('a drill', () => {
  test('that passed', () => {
    const samples = ofDrill(drillFacts());
    expect(values(samples, 'pgdrill_verdict', 'verdict')).toEqual({
      passed: 1,
      failed: 0,
      inconclusive: 0,
      cancelled: 0,
      lost: 0,
    });
    expect(values(samples, 'pgdrill_last_success_timestamp_seconds')).toEqual({ '': passedAt });
    expect(values(samples, 'pgdrill_runs_total', 'verdict')).toEqual({
      passed: 2,
      failed: 1,
      inconclusive: 0,
      cancelled: 0,
      lost: 0,
    });
    expect(values(samples, 'pgdrill_overdue', 'alarm')).toEqual({ 'not-run': 0, 'not-passed': 0 });
    const { rto, phases } = sampleReport();
    expect(values(samples, 'pgdrill_rto_seconds')).toEqual({ '': (rto.measuredMs ?? 0) / 1000 });
    const ran = phases.flatMap(({ id, durationMs }) => (durationMs === null ? [] : [[id, durationMs / 1000]]));
    expect(values(samples, 'pgdrill_phase_duration_seconds', 'phase')).toEqual(Object.fromEntries(ran));
  });

  test('that failed has measured nothing, and says so by what is absent', () => {
    const failed = lastRun(runEndedIn('restore'), { passedAt: sampleReport().startedAt });
    const samples = ofDrill(drillFacts({ last: [failed] }));
    expect(values(samples, 'pgdrill_verdict', 'verdict')).toMatchObject({ passed: 0, failed: 1 });
    for (const metric of ['pgdrill_rto_seconds', 'pgdrill_rpo_seconds', 'pgdrill_restored_bytes'] as const)
      expect(values(samples, metric)).toEqual({});
    expect(values(samples, 'pgdrill_objective_met', 'objective')).toEqual({});
    expect(values(samples, 'pgdrill_rto_objective_seconds')).not.toEqual({});
    expect(values(samples, 'pgdrill_last_success_timestamp_seconds')).toEqual({ '': passedAt });
    expect(values(samples, 'pgdrill_run_reason', 'code')).not.toEqual({});
  });

  test('to a chosen target has no RPO', () => {
    const { rpo } = sampleReport();
    const samples = ofDrill(drillFacts({ last: [lastRun({ rpo: { ...rpo, applies: false } })] }));
    expect(values(samples, 'pgdrill_rpo_seconds')).toEqual({});
    expect(values(samples, 'pgdrill_objective_met', 'objective')).not.toHaveProperty('rpo');
  });

  test('whose last run was killed is told by that alone, whatever came before it', () => {
    const samples = ofDrill(drillFacts({ lastLost: '2027-01-01T00:00:00.000Z' }));
    expect(values(samples, 'pgdrill_verdict', 'verdict')).toMatchObject({ passed: 0, lost: 1 });
    expect(values(samples, 'pgdrill_rto_seconds')).toEqual({});
    expect(values(samples, 'pgdrill_last_run_timestamp_seconds')).toEqual({ '': Date.UTC(2027, 0, 1) / 1000 });
    expect(values(samples, 'pgdrill_last_success_timestamp_seconds')).toEqual({ '': passedAt });
    const before = ofDrill(drillFacts({ lastLost: '2020-01-01T00:00:00.000Z' }));
    expect(values(before, 'pgdrill_verdict', 'verdict')).toMatchObject({ passed: 1, lost: 0 });
  });

  test('that never ran has no verdict, and was passed never', () => {
    const never = { repository: null, run: null, passedAt: null };
    const schedule = { nextDue: null, alarm: 'not-run' } as const;
    const samples = ofDrill(drillFacts({ runs: {}, last: [never] }, { schedule }));
    expect(values(samples, 'pgdrill_verdict', 'verdict')).toEqual({});
    expect(values(samples, 'pgdrill_last_success_timestamp_seconds')).toEqual({});
    expect(values(samples, 'pgdrill_overdue', 'alarm')).toEqual({ 'not-run': 1, 'not-passed': 0 });
    expect(values(samples, 'pgdrill_next_due_timestamp_seconds')).toEqual({});
  });

  test('without a schedule is never overdue, and has missed nothing', () => {
    const samples = ofDrill(drillFacts({}, { schedule: null }));
    expect(values(samples, 'pgdrill_overdue')).toEqual({});
    expect(values(samples, 'pgdrill_missed_total')).toEqual({});
  });

  test('that names two repositories has a verdict for each', () => {
    const second = lastRun({ verdict: 'failed', copies: [sampleCopy({ key: 2, thisRun: true })] }, { repository: 2 });
    const samples = ofDrill(drillFacts({ last: [lastRun({}, { repository: 1 }), second] }));
    expect(values(samples, 'pgdrill_verdict', 'repository', 'verdict')).toMatchObject({
      '1 passed': 1,
      '1 failed': 0,
      '2 passed': 0,
      '2 failed': 1,
    });
  });

  test('whose backup is dated after its run has no age of it', () => {
    const { source } = sampleReport();
    if (source.backup === null) throw new Error('the sample has no backup');
    const backup = { ...source.backup, stoppedAt: '2030-01-01T00:00:00Z' };
    const samples = ofDrill(drillFacts({ last: [lastRun({ source: { ...source, backup } })] }));
    expect(values(samples, 'pgdrill_restored_backup_age_seconds')).toEqual({});
  });
});

describe('a check-up', () => {
  test('tells what it found, and what was measured by which promise', () => {
    const samples = samplesOfCheckUps([fullCheckUp()]);
    expect(values(samples, 'pgdrill_check_level', 'level')).toEqual({ ok: 0, warning: 0, critical: 1, unknown: 0 });
    expect(values(samples, 'pgdrill_check_findings', 'repository', 'code', 'level')).toMatchObject({
      '1 backup-too-old critical': 1,
      '2 recoverable-short critical': 1,
    });
    expect(values(samples, 'pgdrill_backup_age_seconds', 'repository')).toEqual({ 1: 36_000, 2: 36_000 });
    expect(values(samples, 'pgdrill_backup_age_objective_seconds', 'repository')).toEqual({ 1: 3600, 2: 3600 });
    expect(values(samples, 'pgdrill_wal_age_seconds', 'repository')).toEqual({ 1: 60, 2: 60 });
    expect(Object.keys(values(samples, 'pgdrill_backup_timestamp_seconds', 'repository', 'type'))).toEqual([
      '1 full',
      '2 full',
      '2 diff',
      '2 incr',
    ]);
    expect(values(samples, 'pgdrill_repository_behind_segments', 'repository')).toEqual({ 2: 7 });
  });

  test('of a repository that cannot be looked at has nothing but that', () => {
    const repository = repositoryFacts({
      fault: { code: 'repo-timeout', message: 'it says', hint: null },
      clusters: [],
    });
    const about = { name: 'orders', durationMs: 1 };
    const samples = samplesOfCheckUps([checkUpOf(stanzaFacts({ repositories: [repository] }), promises(), about)]);
    expect(new Set(samples.map(({ metric }) => metric))).toEqual(
      new Set([
        'pgdrill_check_timestamp_seconds',
        'pgdrill_check_level',
        'pgdrill_check_findings',
        'pgdrill_repository_looked_at',
      ]),
    );
    expect(values(samples, 'pgdrill_repository_looked_at')).toEqual({ '': 0 });
  });
});
