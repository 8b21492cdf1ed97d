import { describe, expect, test } from 'vitest';
import { runMessage } from '../../../src/notify/messages/run.ts';
import type { DrillReport } from '../../../src/report/report.ts';
import type { EndBefore } from '../../../src/store/ledger/index-answers.ts';
import { runEndedIn, sampleAssertion, sampleCheck, sampleReason, sampleReport } from '../../fixtures/sample-report.ts';

const ID = '9a1d1e6c-3c2f-4f0e-9a63-0d7f1e2a3b4c';

function messageOf(report: DrillReport, before: EndBefore | null = null) {
  return runMessage(report, { id: ID, folder: '/srv/reports/orders/20261121T030000Z-3f9a', before });
}

test('a run that passed', () => {
  const { lines, log, details, ...head } = messageOf(sampleReport());
  expect(head).toEqual({
    id: ID,
    about: 'run',
    drill: 'orders',
    state: 'passed',
    tone: 'good',
    title: 'PASSED: orders, repository 2',
    at: '2026-11-21T03:12:44.000Z',
    host: 'drill-1',
    exitStatus: 0,
  });
  expect(lines).toEqual([
    '1 of 1 check passed.',
    'RTO 12m 01s, promised 30m: met',
    'RPO at most 1m 49s (upper bound), promised 5m: met',
    'Backup age 2h 00m',
    'Backup 20261120-010000F_20261121-010000I (incr) of stanza main, repository 2',
    'Run 20261121T030000Z-3f9a, number 12, scheduled, on drill-1; report: /srv/reports/orders/20261121T030000Z-3f9a/report.md',
  ]);
  expect(log[0]).toBe('2026-11-21T03:00:00.000Z preflight: done, 4.0 s');
  expect(details).toMatchObject({ report: { verdict: 'passed', rto: { measuredMs: 721_000, met: true } } });
});

test('a run that failed says why, in words of its own', () => {
  const { title, tone, lines, exitStatus } = messageOf(runEndedIn('recover'));
  expect({ title, tone, exitStatus }).toEqual({
    title: 'FAILED: orders, repository 2 (wal-missing)',
    tone: 'bad',
    exitStatus: 1,
  });
  expect(lines[0]).toBe('wal-missing (recover): WAL that recovery needs is not in the archive.');
});

test.each([
  ['inconclusive', 3, 'warning'],
  ['cancelled', 130, 'warning'],
] as const)('%s is told as what it is', (verdict, exitStatus, tone) => {
  const message = messageOf(runEndedIn('restore', { verdict, reasons: [sampleReason({ code: 'disk-full' })] }));
  expect(message).toMatchObject({ state: verdict, exitStatus, tone });
  expect(message.title).toMatch(new RegExp(`^${verdict.toUpperCase()}: orders`));
});

test('a run that passed and left something behind', () => {
  const report = sampleReport();
  expect(messageOf({ ...report, cleanup: { ...report.cleanup, done: false } }).exitStatus).toBe(4);
});

describe('what came before', () => {
  const at = '2026-10-21T03:00:00.000Z';

  test('a run that passes again', () => {
    const { title } = messageOf(sampleReport(), { state: 'failed', run: '20261021T030000Z-aaaa', at });
    expect(title).toBe('PASSED again: orders, repository 2');
  });

  test('a run that was killed, and a run that never came', () => {
    const [lost] = messageOf(sampleReport(), { state: 'lost', run: '20261021T030000Z-aaaa', at }).lines;
    expect(lost).toBe(
      'The run before it, 20261021T030000Z-aaaa of 2026-10-21 03:00 UTC, was killed and has no report.',
    );
    const [missed] = messageOf(sampleReport(), { state: 'missed', run: null, at }).lines;
    expect(missed).toBe('Before it, it was due at 2026-10-21 03:00 UTC and did not run.');
  });
});

describe('no value of restored data is told', () => {
  /** What pgdrill, the plan and pgBackRest say: nothing else of a report may come into a message. */
  const MAY_BE_TOLD = [
    'runId',
    'drill',
    'verdict',
    'reasons[].code',
    'reasons[].phase',
    'startedAt',
    'finishedAt',
    'record.keyId',
    'trigger.kind',
    'source.stanza',
    'source.repo.type',
    'source.backup.label',
    'source.backup.type',
    'source.backup.startedAt',
    'source.backup.stoppedAt',
    'target.type',
    'sandbox.kind',
    'phases[].id',
    'phases[].status',
    'phases[].startedAt',
    'checks[].name',
    'checks[].kind',
    'checks[].severity',
    'checks[].status',
    'commands[].phase',
    'rpo.method',
    'environment.host',
    'environment.pgdrill',
    'controls[]',
  ];

  const LEAK = 'restored-personal-data';

  function poisoned(value: unknown, path = ''): unknown {
    if (typeof value === 'string') return MAY_BE_TOLD.includes(path) ? value : LEAK;
    if (Array.isArray(value)) return value.map((item: unknown) => poisoned(item, `${path}[]`));
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, poisoned(item, path === '' ? key : `${path}.${key}`)]),
    );
  }

  test.each([
    ['passed', sampleReport()],
    ['failed early', runEndedIn('preflight')],
    [
      'failed checks',
      sampleReport({
        verdict: 'failed',
        reasons: [sampleReason({ code: 'check-failed', phase: 'verify' }), sampleReason({ code: 'of-tomorrow' })],
        checks: [
          sampleCheck({ status: 'failed' }),
          sampleCheck({ name: 'dump', kind: 'command', sql: null, status: 'error' }),
          sampleAssertion({ status: 'failed', name: LEAK }),
          sampleAssertion({ status: 'failed', name: LEAK, kind: 'wholeness' }),
        ],
        commands: [{ phase: 'verify', argv: [`/opt/${LEAK}/psql`, '-c', LEAK], exitCode: 3, durationMs: 1 }],
      }),
    ],
  ])('of a report whose other texts all hold some: %s', (_, report) => {
    const message = messageOf({ ...(poisoned(report) as DrillReport), commands: report.commands });
    expect(JSON.stringify(message)).not.toContain(LEAK);
    expect(message.log.join('\n')).not.toContain('-c');
  });

  test('a query that was given as an option is its own name: it is not told', () => {
    const sql = "select count(*) > 0 from people where name = 'Ada Lovelace'";
    const cut = `${sql.slice(0, 40)}…`;
    const checks = [
      sampleCheck({ name: sql, sql, status: 'failed' }),
      sampleCheck({ name: cut, sql, status: 'failed' }),
    ];
    const message = JSON.stringify(messageOf(sampleReport({ verdict: 'failed', checks })));
    expect(message).not.toContain('select count');
    expect(message).toContain('Check failed: a query of the command line');
  });
});
