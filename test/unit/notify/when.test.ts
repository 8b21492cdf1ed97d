import { describe, expect, test } from 'vitest';
import { REMIND_MS, tellsAlarm, tellsRun, USUAL_OCCASIONS, type Before, type Told } from '../../../src/notify/when.ts';

describe('a run is told of', () => {
  test.each<[verdict: NonNullable<Before>, before: Before, on: string]>([
    ['passed', null, 'always change'],
    ['passed', 'passed', 'always'],
    ['passed', 'failed', 'always change recovered'],
    ['passed', 'inconclusive', 'always change recovered'],
    ['passed', 'cancelled', 'always change recovered'],
    ['passed', 'lost', 'always change recovered'],
    ['passed', 'missed', 'always change recovered'],
    ['failed', null, 'always failure change'],
    ['failed', 'passed', 'always failure change'],
    ['failed', 'failed', 'always failure'],
    ['inconclusive', 'failed', 'always failure change'],
    ['cancelled', 'passed', 'always failure change'],
  ])('%s after %s: on %s', (verdict, before, on) => {
    const told = (['always', 'failure', 'change', 'recovered'] as const).filter((one) =>
      tellsRun([one], verdict, before),
    );
    expect(told.join(' ')).toBe(on);
  });

  test('usually: of each failure, and of its end', () => {
    expect(tellsRun(USUAL_OCCASIONS, 'failed', 'failed')).toBe(true);
    expect(tellsRun(USUAL_OCCASIONS, 'passed', 'failed')).toBe(true);
    expect(tellsRun(USUAL_OCCASIONS, 'passed', 'passed')).toBe(false);
    expect(tellsRun(USUAL_OCCASIONS, 'passed', null)).toBe(false);
  });
});

describe('a monitor speaks', () => {
  const AT = new Date('2026-11-21T12:00:00Z');
  const told = (isBad: boolean, what: string, agoMs: number): Told => ({
    isBad,
    what,
    toldAt: new Date(AT.getTime() - agoMs).toISOString(),
  });
  const [GOOD, BAD] = [
    { isBad: false, what: '' },
    { isBad: true, what: 'backup-too-old@1' },
  ];

  test.each<[name: string, now: typeof BAD, before: Told | null, on: string]>([
    ['nothing is wrong, and nothing was', GOOD, null, 'always'],
    ['nothing is wrong, as before', GOOD, told(false, '', 1), 'always'],
    ['an alarm at the first look', BAD, null, 'always failure change'],
    ['an alarm that begins', BAD, told(false, '', 1), 'always failure change'],
    ['an alarm that stands', BAD, told(true, BAD.what, 300_000), 'always'],
    ['an alarm that stands for a day', BAD, told(true, BAD.what, REMIND_MS), 'always failure'],
    ['an alarm that was told in the future', BAD, told(true, BAD.what, -5000), 'always failure'],
    ['an alarm that became another', BAD, told(true, 'wal-missing@1', 1), 'always failure change'],
    ['the end of an alarm', GOOD, told(true, BAD.what, 1), 'always change recovered'],
  ])('%s', (_, now, before, on) => {
    const spoken = (['always', 'failure', 'change', 'recovered'] as const).filter((one) =>
      tellsAlarm([one], now, before, AT),
    );
    expect(spoken.join(' ')).toBe(on);
  });
});
