import { describe, expect, test } from 'vitest';
import type { Promises, StanzaFacts } from '../../../src/check-up/facts.ts';
import { worstLevel, type Level } from '../../../src/check-up/finding-codes.ts';
import { judge } from '../../../src/check-up/judge.ts';
import { clusterFacts, hoursAgo, LOOKED_AT, promises, repositoryFacts, stanzaFacts } from '../../fixtures/check-up.ts';
import { backupSet, segment } from '../../fixtures/facts.ts';

const HOUR = 3_600_000;
const whole = { name: 'archive 15-1', checked: 9, valid: 9, faults: [] };
const [window] = clusterFacts().branches[0]?.windows ?? [];
if (window === undefined) throw new Error('no window');

const inRepository = (differences: Parameters<typeof repositoryFacts>[0]): StanzaFacts =>
  stanzaFacts({ repositories: [repositoryFacts(differences)] });
const inCluster = (differences: Parameters<typeof clusterFacts>[0]): StanzaFacts =>
  inRepository({ clusters: [clusterFacts(differences)] });
const withHole = (cause: 'missing' | 'expired' | 'duplicate', hours = 20): StanzaFacts =>
  inCluster({
    branches: [
      {
        timeline: 1,
        isWanted: true,
        windows: [{ ...window, from: hoursAgo(hours + 20), to: hoursAgo(hours + 10) }, window],
        holes: [
          {
            from: hoursAgo(hours + 10),
            to: hoursAgo(hours),
            cause,
            firstMissing: segment(5),
            missingCount: 1,
            nextPresent: segment(6),
          },
        ],
        unusable: [],
      },
    ],
  });
const fault = (code: string): StanzaFacts =>
  inRepository({ fault: { code, message: 'it says', hint: null }, clusters: [] });
const sets = (...types: ('full' | 'diff' | 'incr')[]) =>
  types.map((type, index) => backupSet({ label: `set${index}`, type, stoppedAt: hoursAgo(2 + index) }));
const verified = (status: string | null, differences: object = {}, remarks: string[] = []): StanzaFacts =>
  inRepository({ verified: { status, parts: status === null ? [] : [{ ...whole, ...differences }], remarks } });

type Row = readonly [what: string, facts: StanzaFacts, promised: Promises, level: Level, codes: readonly string[]];

const ROWS: readonly Row[] = [
  ['nothing is wrong', stanzaFacts(), promises(), 'ok', []],
  [
    'all promises are kept',
    stanzaFacts(),
    promises({ backupAgeMs: 11 * HOUR, rpoMs: 300_000, recoverableMs: 9 * HOUR, retention: { full: 1, diff: 1 } }),
    'ok',
    [],
  ],
  ['the newest backup is too old', stanzaFacts(), promises({ backupAgeMs: 9 * HOUR }), 'critical', ['backup-too-old']],
  ['the newest WAL is too old', stanzaFacts(), promises({ rpoMs: 59_000 }), 'critical', ['rpo-missed']],
  [
    'less can be recovered than was promised',
    stanzaFacts(),
    promises({ recoverableMs: 10 * HOUR }),
    'critical',
    ['recoverable-short'],
  ],
  [
    'the minute that is not archived yet is allowed by the RPO',
    stanzaFacts(),
    promises({ recoverableMs: 10 * HOUR, rpoMs: 60_000 }),
    'ok',
    [],
  ],
  [
    'a stalled archive does not make a window longer',
    inCluster({
      branches: [{ timeline: 1, isWanted: true, holes: [], unusable: [], windows: [{ ...window, to: hoursAgo(9) }] }],
    }),
    promises({ recoverableMs: 2 * HOUR, rpoMs: 8.5 * HOUR }),
    'critical',
    ['rpo-missed', 'recoverable-short'],
  ],
  [
    'no window, and something was promised',
    inCluster({ branches: [] }),
    promises({ rpoMs: 1 }),
    'unknown',
    ['not-measured'],
  ],
  [
    'the newest backup is dated in the future',
    inCluster({ sets: [backupSet({ stoppedAt: hoursAgo(-1) })] }),
    promises({ backupAgeMs: HOUR }),
    'unknown',
    ['clock-doubtful'],
  ],
  [
    'the newest WAL is dated in the future',
    inCluster({
      branches: [{ timeline: 1, isWanted: true, holes: [], unusable: [], windows: [{ ...window, to: hoursAgo(-1) }] }],
    }),
    promises(),
    'unknown',
    ['clock-doubtful'],
  ],
  [
    'fewer full sets than promised',
    stanzaFacts(),
    promises({ retention: { full: 2, diff: null } }),
    'critical',
    ['retention-short'],
  ],
  [
    'full sets count as differential ones',
    inCluster({ sets: sets('diff', 'incr', 'full') }),
    promises({ retention: { full: 1, diff: 2 } }),
    'ok',
    [],
  ],
  [
    'incremental sets do not',
    inCluster({ sets: sets('incr', 'full') }),
    promises({ retention: { full: null, diff: 2 } }),
    'critical',
    ['retention-short'],
  ],
  [
    'a set that should have expired',
    inCluster({ sets: sets('full', 'full', 'full') }),
    promises({ retention: { full: 2, diff: null } }),
    'warning',
    ['retention-overdue'],
  ],
  [
    'expire had no time yet',
    inCluster({ sets: [backupSet({ label: 'new', stoppedAt: hoursAgo(0.5) }), ...sets('full', 'full')] }),
    promises({ retention: { full: 2, diff: null } }),
    'ok',
    [],
  ],
  [
    'damaged pages in the newest set',
    inCluster({ sets: [backupSet({ pageErrors: true })] }),
    promises(),
    'critical',
    ['backup-page-errors'],
  ],
  [
    'damaged pages in a set that the newest builds on',
    inCluster({
      sets: [
        backupSet({ pageErrors: true }),
        backupSet({ label: 'i', type: 'incr', stoppedAt: hoursAgo(1), reference: [backupSet().label] }),
      ],
    }),
    promises(),
    'critical',
    ['backup-page-errors'],
  ],
  [
    'damaged pages in an older set',
    inCluster({ sets: [backupSet({ label: 'old', pageErrors: true }), ...sets('full')] }),
    promises(),
    'warning',
    ['older-page-errors'],
  ],
  ['a hole between two windows', withHole('missing'), promises(), 'critical', ['wal-missing']],
  [
    'a hole further back than was promised',
    withHole('missing'),
    promises({ recoverableMs: 5 * HOUR }),
    'warning',
    ['older-wal-missing'],
  ],
  [
    'a hole within what was promised',
    withHole('missing', 8),
    promises({ recoverableMs: 9 * HOUR }),
    'critical',
    ['wal-missing'],
  ],
  ['WAL was expired on purpose', withHole('expired'), promises(), 'warning', ['wal-expired']],
  ['a segment twice', withHole('duplicate'), promises(), 'critical', ['wal-duplicate']],
  [
    'a drill would say that WAL is missing',
    inCluster({ archiveFault: { code: 'wal-missing', message: 'm', hint: null, missing: null } }),
    promises(),
    'critical',
    ['wal-missing'],
  ],
  [
    'another timeline is left aside',
    inCluster({ warnings: [{ code: 'other-branch', message: 'm', hint: null }] }),
    promises(),
    'warning',
    ['other-branch'],
  ],
  [
    'a push was overtaken',
    inCluster({ overtaken: { missing: segment(8), next: segment(9), nextAt: LOOKED_AT } }),
    promises(),
    'warning',
    ['wal-late'],
  ],
  [
    'a set without its own WAL',
    inCluster({
      branches: [
        { timeline: 1, isWanted: true, holes: [], windows: [window], unusable: [{ label: 'a', missing: segment(1) }] },
      ],
    }),
    promises(),
    'critical',
    ['set-unusable'],
  ],
  [
    'a set that is listed alone',
    inCluster({ notThere: [{ label: 'a', missing: 'b' }] }),
    promises(),
    'critical',
    ['backup-file-missing'],
  ],
  [
    'production is another cluster by now',
    inRepository({ leftBehind: { code: 'cluster-not-backed-up', message: 'm', hint: null } }),
    promises(),
    'critical',
    ['cluster-not-backed-up'],
  ],
  ['the stanza is not there', fault('stanza-not-found'), promises({ rpoMs: 1 }), 'critical', ['stanza-not-found']],
  ['the passphrase is wrong', fault('cipher-passphrase-wrong'), promises(), 'critical', ['cipher-passphrase-wrong']],
  ['the repository cannot be read', fault('repo-unreadable'), promises(), 'unknown', ['repo-unreadable']],
  ['the repository does not answer', fault('repo-timeout'), promises(), 'unknown', ['repo-timeout']],
  ['an error of another kind', fault('process-killed'), promises(), 'unknown', ['look-failed']],
  ['nothing was found out', inRepository({ clusters: [] }), promises(), 'unknown', ['look-failed']],
  [
    'a repository is behind',
    inRepository({ lag: { leader: 2, segments: 3, since: hoursAgo(1) } }),
    promises(),
    'critical',
    ['repo-behind'],
  ],
  [
    'a repository is behind for a moment',
    inRepository({ lag: { leader: 2, segments: 1, since: hoursAgo(0.1) } }),
    promises(),
    'ok',
    [],
  ],
  [
    'a repository is behind for longer than the RPO',
    inRepository({ lag: { leader: 2, segments: 1, since: hoursAgo(0.1) } }),
    promises({ rpoMs: 300_000 }),
    'critical',
    ['repo-behind'],
  ],
  [
    'a bucket with versions and locks',
    inRepository({ protection: { versioning: 'enabled', objectLock: { mode: 'compliance', days: 30 } } }),
    promises(),
    'ok',
    [],
  ],
  [
    'a bucket without',
    inRepository({ protection: { versioning: 'off', objectLock: null } }),
    promises(),
    'warning',
    ['versioning-off', 'object-lock-off'],
  ],
  [
    'a bucket that keeps no new versions',
    inRepository({ protection: { versioning: 'suspended', objectLock: { mode: 'governance', days: 1 } } }),
    promises(),
    'warning',
    ['versioning-off'],
  ],
  [
    'a bucket that does not say',
    inRepository({ protection: { code: 'repo-permission-denied', message: 'm', hint: null } }),
    promises(),
    'unknown',
    ['protection-unknown'],
  ],
  ['verify found nothing wrong', verified('ok'), promises(), 'ok', []],
  [
    'verify found damage',
    verified('error', { valid: 8, faults: ['checksum invalid: 1'] }),
    promises(),
    'critical',
    ['verify-failed'],
  ],
  ['verify says ok of damaged files', verified('ok', { valid: 8 }), promises(), 'critical', ['verify-failed']],
  ['verify said nothing', verified(null), promises(), 'unknown', ['verify-unknown']],
  ['verify said something else', verified('ok', {}, ['a word']), promises(), 'unknown', ['verify-unknown']],
  [
    'verify was killed',
    inRepository({ verified: { code: 'process-killed', message: 'm', hint: null } }),
    promises(),
    'unknown',
    ['verify-unknown'],
  ],
  ['a backup holds its lock', stanzaFacts({ locks: [{ path: '/l', pid: 1, heldMs: 2 * HOUR }] }), promises(), 'ok', []],
  [
    'a backup holds its lock for longer than a backup may be old',
    stanzaFacts({ locks: [{ path: '/l', pid: 1, heldMs: 12 * HOUR }] }),
    promises({ backupAgeMs: 11 * HOUR }),
    'warning',
    ['lock-held-long'],
  ],
  ['locks are elsewhere', stanzaFacts({ locks: null }), promises(), 'ok', []],
  [
    'an option that is not known',
    stanzaFacts({ remarks: [{ code: 'config-option-unknown', message: 'm', hint: null }] }),
    promises(),
    'warning',
    ['config-option-unknown'],
  ],
  [
    'the worst comes first',
    stanzaFacts({
      repositories: [
        repositoryFacts({
          clusters: [clusterFacts({ warnings: [{ code: 'other-branch', message: 'm', hint: null }] })],
        }),
        repositoryFacts({ key: 2, clusters: [], fault: { code: 'repo-unreadable', message: 'm', hint: null } }),
        repositoryFacts({ key: 3, clusters: [], fault: { code: 'stanza-not-found', message: 'm', hint: null } }),
      ],
    }),
    promises(),
    'critical',
    ['stanza-not-found', 'repo-unreadable', 'other-branch'],
  ],
];

describe('a check-up', () => {
  test.each(ROWS)('%s', (_, facts, promised, level, codes) => {
    const findings = judge(facts, promised);
    expect(findings.map(({ code }) => code)).toEqual(codes);
    expect(worstLevel(findings.map((finding) => finding.level))).toBe(level);
  });
});
