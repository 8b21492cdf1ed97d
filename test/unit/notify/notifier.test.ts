import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { notifierOf } from '../../../src/notify/notifier.ts';
import type { DrillReport } from '../../../src/report/report.ts';
import { channelsFor, servicesWith } from '../../fixtures/notify.ts';
import { temporaryDirectory } from '../../fixtures/plans.ts';
import { runEndedIn, sampleReport } from '../../fixtures/sample-report.ts';
import { recordRun, runIdOf } from '../../fixtures/signed-reports.ts';
import { startService, type Service } from '../../fixtures/service.ts';
import { until } from '../../fixtures/until.ts';

const NEVER = new AbortController().signal;

async function place() {
  const [slack, hc] = [await startService(), await startService()];
  const reports = temporaryDirectory();
  const env = { SLACK: slack.url, HC: `${hc.url}/ping` };
  const notifier = (
    isScheduled = true,
    on?: readonly string[],
    now = new Date('2026-12-01T03:00:00Z'),
    fallbackOf: string | null = null,
  ) => {
    const channels = channelsFor([
      { slack: { url: 'env:SLACK' }, ...(on && { on }) },
      { healthchecks: { url: 'env:HC' } },
    ]);
    const about = { drill: 'orders', reports, channels, isScheduled, fallbackOf };
    const { signal: _, ...services } = servicesWith(env, { now: () => now });
    return notifierOf(about, services);
  };
  return { slack, hc, reports, notifier };
}

const titles = ({ received }: Service): string[] =>
  received.map(({ body }) => (JSON.parse(body) as { text: string }).text.replace(/^\S+ /, ''));
const ends = ({ received }: Service): string[] => received.map(({ path }) => path.replace(/^\/ping\/|\?.*$/g, ''));
const runIds = ({ received }: Service): Set<string> => new Set(received.map(({ path }) => path.replace(/^.*rid=/, '')));

/** A moment of a day, so many hours after three. */
const at = (hours: number): Date => new Date(Date.UTC(2026, 11, 1, 3 + hours));

/** The run after those that are on record. */
function runNumbered(index: number, changes: Partial<DrillReport> = {}): DrillReport {
  return sampleReport({ runId: runIdOf(index), ...changes });
}

test('a beginning and an end, with one id', async () => {
  const { slack, hc, notifier } = await place();
  const one = notifier();
  one.began();
  await until('the beginning was told', () => hc.received.length > 0);
  const told = await one.ended(runEndedIn('recover'), '/reports/x', NEVER);
  expect(told.map(({ name, sent }) => [name, sent])).toEqual([
    ['slack', true],
    ['healthchecks', true],
  ]);
  expect(ends(hc)).toEqual(['start', '1']);
  expect(runIds(hc).size).toBe(1);
  expect(titles(slack)).toEqual(['FAILED: orders, repository 2 (wal-missing)']);
});

test('a beginning that hangs does not keep the end back', async () => {
  const { hc, notifier } = await place();
  hc.answers = [{ hangs: true }, { body: 'OK' }];
  const one = notifier();
  one.began();
  await until('the beginning was told', () => hc.received.length > 0);
  expect(await one.ended(sampleReport(), '/reports/x', NEVER)).toMatchObject([{ name: 'healthchecks', sent: true }]);
  expect(ends(hc)).toEqual(['start', '0']);
});

test('an end that Healthchecks did not hear is not sent again: it would be a sign of life', async () => {
  const { hc, reports, notifier } = await place();
  hc.answers = [{ status: 404, body: 'not found' }];
  expect(await notifier().ended(sampleReport(), '/reports/x', NEVER)).toMatchObject([{ sent: false, kept: false }]);
  expect(existsSync(join(reports, '.notify-outbox.json'))).toBe(false);
});

describe('by what is on record of the run before', () => {
  test('a failure, the next failure, and its end', async () => {
    const { slack, reports, notifier } = await place();
    await recordRun(reports, 0, { signer: null });
    await notifier().ended(runNumbered(1), '/r', NEVER);
    expect(titles(slack)).toEqual([]);
    await recordRun(reports, 1, { signer: null, verdict: 'failed' });
    await notifier().ended(runNumbered(2), '/r', NEVER);
    expect(titles(slack)).toEqual(['PASSED again: orders, repository 2']);
    await notifier(true, ['change']).ended(runNumbered(2, { verdict: 'failed' }), '/r', NEVER);
    expect(slack.received).toHaveLength(1);
    await notifier(true, ['change']).ended(runNumbered(2, { verdict: 'inconclusive' }), '/r', NEVER);
    expect(slack.received).toHaveLength(2);
  });

  test('of a drill that goes to two repositories, a run is compared with that of its own', async () => {
    const { slack, reports, notifier } = await place();
    const ofFirst: Partial<DrillReport> = {
      copies: [],
      source: { ...sampleReport().source, repo: { key: 1, type: 's3', host: null, cipher: 'none', writable: null } },
    };
    await recordRun(reports, 0, { signer: null });
    await recordRun(reports, 1, { signer: null, verdict: 'failed', ...ofFirst });
    await notifier().ended(runNumbered(2), '/r', NEVER);
    expect(slack.received).toEqual([]);
    await notifier().ended(runNumbered(2, ofFirst), '/r', NEVER);
    expect(titles(slack)).toEqual(['PASSED again: orders']);
  });
});

describe('a run that was refused', () => {
  test('is told once a day, and so is that it runs again', async () => {
    const { slack, hc, notifier } = await place();
    await notifier(true, undefined, at(0)).refused('config-missing', NEVER);
    await notifier(true, undefined, at(1)).refused('config-missing', NEVER);
    expect(titles(slack)).toEqual(['NOT RUN: orders (config-missing)']);
    await notifier(true, undefined, at(2)).refused('tool-missing', NEVER);
    await notifier(true, undefined, at(27)).refused('tool-missing', NEVER);
    await notifier(true, undefined, at(27)).refused(null, NEVER);
    expect(titles(slack).slice(1)).toEqual([
      'NOT RUN: orders (tool-missing)',
      'NOT RUN: orders (tool-missing)',
      'NO RESULT: orders (bug)',
    ]);
    expect(ends(hc)).toEqual(['2', '2', '2', '2', '70']);
    await notifier().ended(sampleReport(), '/r', NEVER);
    expect(titles(slack).at(-1)).toBe('PASSED again: orders, repository 2');
    await notifier().ended(sampleReport(), '/r', NEVER);
    expect(slack.received).toHaveLength(5);
  });

  test('by hand is told by the screen', async () => {
    const { slack, hc, notifier } = await place();
    expect(await notifier(false).refused('config-missing', NEVER)).toEqual([]);
    expect([slack.received, hc.received]).toEqual([[], []]);
  });

  test('by hand ends for whoever was told that it had begun', async () => {
    const { slack, hc, notifier } = await place();
    const one = notifier(false);
    one.began();
    await until('the beginning was told', () => hc.received.length > 0);
    await one.refused('target-unknown', NEVER);
    expect(ends(hc)).toEqual(['start', '2']);
    expect(slack.received).toEqual([]);
  });
});

test('a ledger that cannot be read keeps nobody from being told', async () => {
  const { slack, reports, notifier } = await place();
  await recordRun(reports, 0, { signer: null });
  rmSync(join(reports, 'ledger.jsonl'));
  mkdirSync(join(reports, 'ledger.jsonl'));
  await notifier().ended(runEndedIn('restore'), '/r', NEVER);
  expect(titles(slack)).toHaveLength(1);
});

describe('a fallback', () => {
  const FALLBACK_OF = '20261121T030000Z-aaaa';

  test('is told as news of the failure, to those who heard of that, and never as an end of it', async () => {
    const { slack, hc, notifier } = await place();
    const one = notifier(true, ['failure'], at(0), FALLBACK_OF);
    one.began();
    const told = await one.ended(sampleReport({ fallbackOf: FALLBACK_OF }), '/reports/x', NEVER);
    expect(told).toMatchObject([{ name: 'slack', sent: true }]);
    expect(titles(slack)).toEqual([expect.stringContaining('STILL FAILED: orders; its fallback recovers')]);
    expect(hc.received).toEqual([]);
  });

  test('is not told to those who only want to hear that it passes again', async () => {
    const { slack, notifier } = await place();
    await notifier(true, ['recovered'], at(0), FALLBACK_OF).ended(sampleReport(), '/reports/x', NEVER);
    expect(slack.received).toEqual([]);
  });

  test('that could not begin is told to those who wait for it', async () => {
    const { slack, notifier } = await place();
    await notifier(false, ['failure'], at(0), FALLBACK_OF).refused('config-invalid', NEVER);
    expect(titles(slack)).toEqual([expect.stringContaining('its fallback could not be run')]);
  });
});
