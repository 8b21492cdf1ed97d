import { describe, expect, test } from 'vitest';
import { recoverySettings } from '../../../../src/drill/recover/recovery-settings.ts';
import type { RecoveryTarget } from '../../../../src/targets/index.ts';
import { parseConf } from '../../../../src/postgres/conf-file.ts';
import { instant, lsn } from '../../../fixtures/facts.ts';

/** The settings as PostgreSQL reads them, but for those that every recovery has. */
const settings = (target: RecoveryTarget, timeline: Parameters<typeof recoverySettings>[1] = 'latest'): object =>
  Object.fromEntries(parseConf(recoverySettings(target, timeline)).map(({ name, value }) => [name, value]));

const LATEST = { archive_mode: 'off', recovery_target_timeline: 'latest' };
const PROMOTE = { ...LATEST, recovery_target_action: 'promote' };

describe('the recovery target in postgresql.auto.conf', () => {
  test.each<[string, RecoveryTarget, object]>([
    ['latest', { type: 'latest' }, LATEST],
    ['standby', { type: 'standby' }, LATEST],
    ['an LSN', { type: 'lsn', lsn: lsn('1/2A') }, { ...PROMOTE, recovery_target_lsn: '1/2A' }],
    ['an xid with a leading zero', { type: 'xid', xid: '0725' }, { ...PROMOTE, recovery_target_xid: '725' }],
    ['an xid with its epoch', { type: 'xid', xid: '4294968021' }, { ...PROMOTE, recovery_target_xid: '725' }],
    [
      'a time',
      { type: 'time', instant: instant('2026-11-21 01:59:12.818673+00'), asTyped: '' },
      { ...PROMOTE, recovery_target_time: '2026-11-21 01:59:12.818673+00' },
    ],
    [
      'consistency',
      { type: 'immediate' },
      { ...PROMOTE, recovery_target: 'immediate', recovery_target_timeline: 'current' },
    ],
  ])('%s', (_, target, expected) => {
    expect(settings(target)).toEqual(expected);
  });

  test.each(["it's", 'back\\slash', 'space ', ' ', 'a # b', "\\'", '%f'])('a restore point named %j', (name) => {
    expect(settings({ type: 'name', name })).toEqual({ ...PROMOTE, recovery_target_name: name });
  });

  test.each(['current', 7] as const)('the timeline %s', (timeline) => {
    expect(settings({ type: 'latest' }, timeline)).toMatchObject({ recovery_target_timeline: String(timeline) });
  });
});
