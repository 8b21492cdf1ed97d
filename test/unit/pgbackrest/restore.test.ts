import { describe, expect, test } from 'vitest';
import { RestoreLog, restoreOptions } from '../../../src/pgbackrest/restore.ts';
import { kindOf } from '../../../src/targets/index.ts';
import type { RecoveryTarget } from '../../../src/targets/index.ts';
import type { TimelineChoice } from '../../../src/targets/timeline.ts';
import { instant, lsn } from '../../fixtures/facts.ts';

type Differences = Partial<Parameters<typeof restoreOptions>[0]> & { readonly timeline?: TimelineChoice };

function optionsOf(target: RecoveryTarget, { timeline = 'latest', ...differences }: Differences = {}): string[] {
  return restoreOptions({
    repo: 2,
    label: '20261121-015906F',
    target: kindOf(target).restoreOptions(timeline),
    offline: false,
    dataDirectory: '/run/data',
    tablespaces: '/run/ts',
    processMax: 4,
    delta: false,
    ...differences,
  });
}

const TARGETS: [string, RecoveryTarget, string[]][] = [
  ['latest', { type: 'latest' }, ['--type=default']],
  ['immediate', { type: 'immediate' }, ['--type=immediate', '--target-action=promote']],
  ['standby', { type: 'standby' }, ['--type=standby']],
  [
    'time',
    { type: 'time', instant: instant('2026-11-21 04:59:12.818673+03'), asTyped: '2026-11-21T04:59:12+03' },
    ['--type=time', '--target=2026-11-21 01:59:12.818673+00', '--target-action=promote'],
  ],
  ['lsn', { type: 'lsn', lsn: lsn('16/B374D848') }, ['--type=lsn', '--target=16/B374D848', '--target-action=promote']],
  ['xid', { type: 'xid', xid: '4757' }, ['--type=xid', '--target=4757', '--target-action=promote']],
  [
    'name',
    { type: 'name', name: 'before deploy' },
    ['--type=name', '--target=before deploy', '--target-action=promote'],
  ],
];

describe.each(TARGETS)('the options for %s', (type, target, expected) => {
  test('name the target, in the words that both programs understand', () => {
    const options = optionsOf(target);
    expect(options.filter((option) => /^--(type|target)/.test(option))).toEqual(expected);
  });

  test('keep the copy from archiving, map every tablespace, and name one repository and one set', () => {
    const options = optionsOf(target);
    for (const option of [
      '--archive-mode=off',
      '--tablespace-map-all=/run/ts',
      '--repo=2',
      '--set=20261121-015906F',
      '--pg1-path=/run/data',
    ]) {
      expect(options).toContain(option);
    }
  });

  test('never say what would poison the restore_command, hide damage or touch other directories', () => {
    expect(
      optionsOf(target, { delta: true }).filter((option) =>
        /spool-path|--force|link-all|no-checksum|recovery-option|db-(in|ex)clude/.test(option),
      ),
    ).toEqual([]);
  });

  test('name a timeline where one was asked for, but never for immediate, which refuses it', () => {
    const follow = type === 'immediate' ? [] : ['--target-timeline=3'];
    expect(optionsOf(target, { timeline: 3 }).filter((option) => option.startsWith('--target-timeline'))).toEqual(
      follow,
    );
  });

  test('name each option once, as pgBackRest insists', () => {
    const names = optionsOf(target, { delta: true, timeline: 'current' }).map((option) => option.split('=')[0]);
    expect(new Set(names).size).toBe(names.length);
  });
});

test('a kept directory is restored by checksum, an empty one whole', () => {
  expect(optionsOf({ type: 'latest' }, { delta: true })).toContain('--delta');
  expect(optionsOf({ type: 'latest' })).not.toContain('--delta');
});

describe('RestoreLog', () => {
  const MB = 1024 * 1024;
  test.each([
    ['restore file /scratch/data/base/5/16399 (8MB, 26.55%) checksum a3ee', 0.2655, 0],
    ['restore file /scratch/data/base/5/16399 (bi 64.3MB, 76.53%) checksum a3ee', 0.7653, 0],
    [
      'restore file /scratch/data/base/5/16401_fsm (bundle 20261121-025241F_20261121-025246D/1/0, bi 24KB, 76.55%) checksum a3ee',
      0.7655,
      0,
    ],
    [
      'restore file /scratch/data/base/1/2650 (bundle 20261121-025241F/1/5552, bi 16KB, 79.67%) checksum a3ee',
      0.7967,
      0,
    ],
    ['restore file /scratch/data/backup_label (258B, 10.95%) checksum a3ee', 0.1095, 0],
    [
      'restore file /scratch/data/base/5/16407 (bi 8.1MB/10.7MB, 11.00%) checksum a3ee',
      0.11,
      Math.round(10.7 * MB) - Math.round(8.1 * MB),
    ],
    [
      'restore file /scratch/data/base/5/16407 - exists and matches backup (10.7MB, 10.95%) checksum a3ee',
      0.1095,
      Math.round(10.7 * MB),
    ],
    [
      'restore file /scratch/data/base/1/2650 - exists and matches backup (bundle 1/0, 8KB, 26.58%) checksum a3ee',
      0.2658,
      8192,
    ],
    [
      'restore file /scratch/data/base/1/2650 - exists and matches backup (bundle 1/0, bi 8KB, 26.58%) checksum a3ee',
      0.2658,
      8192,
    ],
    ['restore file /scratch/data/global/4177 - exists and is zero size (0B, 34.42%)', 0.3442, 0],
    [
      'restore file /scratch/data/base/5/16399 - exists and matches size 67395584 and modification time 1795229570 (64.3MB, 65.58%) checksum a3ee',
      0.6558,
      Math.round(64.3 * MB),
    ],
    [
      'restore file /scratch/data/global/pg_control.pgbackrest.tmp (bundle 1/27784, 8KB, 31.97%) checksum a3ee',
      0.3197,
      0,
    ],
    ['restore zeroed file /scratch/data/base/16384/2601 (16KB, 50.00%)', 0.5, 0],
    ['restore file /scratch (odd, 1.00%) name/data/base/1 (8KB, 100.00%) checksum a3ee', 1, 0],
  ])('%s', (text, fraction, bytesReused) => {
    const log = new RestoreLog();
    expect(log.push(`2026-11-21 02:00:00.000 P01 DETAIL: ${text}`)).toBe(true);
    expect(log.progress).toMatchObject({ files: 1, bytesReused });
    expect(log.progress.fraction).toBeCloseTo(fraction, 10);
  });

  test.each([
    "P00 DETAIL: remove 'global/pg_control' so cluster will not start if restore does not complete",
    "P00   INFO: remove invalid files/links/paths from '/scratch/data'",
    "P00 DETAIL: remove invalid file '/scratch/data/recovery.signal'",
    "P00 DETAIL: create path '/scratch/data/base'",
    'P00   INFO: restore size = 30.3MB, file total = 970',
    'P00   INFO: restore command end: completed successfully (880ms)',
    'P00   WARN: invalid page checksum(s) found in file /scratch/data/base/5/16424 (50.00%)',
    '',
  ])('%j tells of no file', (line) => {
    const log = new RestoreLog();
    expect(log.push(line)).toBe(false);
    expect(log.progress).toEqual({ fraction: 0, files: 0, bytesReused: 0 });
  });

  test('what may tell why it failed is kept, and no more', () => {
    const log = new RestoreLog();
    for (const line of [
      'P00   INFO: restore command begin 2.45',
      'P01 DETAIL: restore file /d/base/1 (8KB, 1.00%) checksum a3ee',
      'P00  ERROR: [041]: unable to open file',
      '             [RETRY DETAIL OMITTED]',
      '            HINT: is it there?',
    ])
      log.push(line);
    expect(log.messages).toEqual(['P00  ERROR: [041]: unable to open file', '            HINT: is it there?']);
  });

  test('processes finish in any order: progress does not go back, and all files are counted', () => {
    const log = new RestoreLog();
    for (const [process, percent] of [
      [1, '10.00'],
      [2, '30.00'],
      [1, '20.00'],
    ]) {
      log.push(`P0${process} DETAIL: restore file /d/${percent} (8KB, ${percent}%) checksum a`);
    }
    expect(log.progress).toMatchObject({ fraction: 0.3, files: 3 });
  });
});

test('a backup that was taken offline is not recovered, whatever the target', () => {
  for (const type of ['latest', 'immediate'] as const) {
    const options = optionsOf({ type }, { offline: true });
    expect(options.filter((word) => /^--(type|target)/.test(word))).toEqual(['--type=none']);
  }
});
