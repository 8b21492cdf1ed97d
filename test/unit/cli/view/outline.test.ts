import { describe, expect, test } from 'vitest';
import { outlineText } from '../../../../src/cli/view/outline.ts';
import { plain } from '../../../../src/cli/view/style.ts';
import type { DrillOutline } from '../../../../src/drill/plan-drill.ts';

const OUTLINE: DrillOutline = {
  drill: 'orders',
  stanza: 'main',
  repo: { key: 2, type: 's3', host: null, cipher: 'aes-256-cbc' },
  backup: {
    label: '20261120-030000F',
    type: 'full',
    stoppedAt: '2026-11-20T03:10:00.000Z',
    ageMs: 86_400_000,
    sizeBytes: 1024 ** 3,
    reference: [],
  },
  wal: {
    from: '00000001000000000000002A',
    to: '00000001000000000000002F',
    segments: 6,
    bytes: 6 * 16 * 1024 ** 2,
    newestArchivedAt: null,
  },
  target: { type: 'time', text: '2026-11-20T12:00:00.000Z', asTyped: '2026-11-20 15:00:00+03', timeline: 'latest' },
  versions: { pgbackrest: '2.56.0', postgres: '17.2' },
  disk: { path: '/srv/drills', reserveBytes: 0, neededBytes: 1.1 * 1024 ** 3, freeBytes: 20 * 1024 ** 3 },
  sandbox: {
    kind: 'local',
    place: '',
    user: 'postgres',
    readOnlyFileSystem: true,
    network: 'open',
    image: null,
    start: 'empty',
  },
  selection: { kind: 'latest', reason: 'it is the newest', seed: null, candidates: [] },
  objectives: {
    rtoMs: 1_800_000,
    rpoMs: null,
    backupAgeMs: null,
    recoverableMs: null,
    forecastMs: null,
    regression: null,
  },
  compare: { dsn: 'env:PROD', queries: ['orders', 'totals'] },
  checks: [{ name: 'totals', kind: 'sql', severity: 'warning' }],
  integrity: null,
  commands: [{ phase: 'recover', argv: ['postgres', '-D', '/srv/drills/RUN/data', '-c', "restore_command=exec 'x'"] }],
  environment: [],
  findings: [
    {
      code: 'config-option-unknown',
      message: 'a.conf:2: repo1-pth is not known',
      phase: 'preflight',
      hint: 'look at it',
    },
  ],
  fallback: [{ failed: 'the archive', tried: 'repository 1' }],
  left: [],
};

describe('the outline of a drill', () => {
  const text = outlineText(OUTLINE);

  test.each([
    [/nothing was restored/],
    [/stanza main, repository 2 \(s3, cipher aes-256-cbc\)/],
    [/20261120-030000F \(full, ended 2026-11-20 03:10:00 UTC/],
    [/target +2026-11-20T12:00:00\.000Z, as typed: 2026-11-20 15:00:00\+03/],
    [/6 segments, 96\.0 MB: 00000001000000000000002A to 00000001000000000000002F/],
    [/1\.1 GB needed \(1\.0 GB restored, and WAL\), 20\.0 GB free/],
    [/checks +totals \(warning\)/],
    [/production +would be asked \(read only, by env:PROD\): orders; totals/],
    [/objectives +RTO 30m 00s$/m],
    [/fallback +for the archive: repository 1$/m],
    [/^ {2}! config-option-unknown: a\.conf:2: repo1-pth is not known\n {4}hint: look at it$/m],
  ])('says %s', (part) => {
    expect(text).toMatch(part);
  });

  test('keeps to the width of the terminal, but for the commands', () => {
    const [head = ''] = outlineText({ ...OUTLINE, commands: [] }, plain, 60).split('\n\n');
    expect(head.split('\n').filter((line) => line.length > 60)).toEqual([]);
  });

  test('of a drill on a server names it', () => {
    const sandbox = { ...OUTLINE.sandbox, kind: 'ssh', place: ' on standby-1' };
    expect(outlineText({ ...OUTLINE, sandbox })).toMatch(
      /sandbox +ssh on standby-1, in \/srv\/drills, as postgres; fenced off/,
    );
  });

  test('of a drill on a server that is still to be made says only what is known of it', () => {
    const unknown = { user: null, readOnlyFileSystem: null, network: null };
    const sandbox = { ...OUTLINE.sandbox, kind: 'ssh', place: ', on a server that is made for the run', ...unknown };
    const made = outlineText({ ...OUTLINE, sandbox, versions: { pgbackrest: '2.56.0', postgres: null } });
    expect(made).toMatch(/ssh, on a server that is made for the run, in .*, is known once it is there$/m);
    expect(made).toMatch(/PostgreSQL +still to be installed/);
    expect(made).not.toMatch(/fenced off:/);
  });

  test('has commands that can be pasted', () => {
    expect(text).toContain(
      `    postgres \\\n      -D /srv/drills/RUN/data \\\n      -c 'restore_command=exec '\\''x'\\'''`,
    );
  });

  test('does not hide that the copy would not be fenced off', () => {
    const unfenced = { ...OUTLINE.sandbox, readOnlyFileSystem: false };
    expect(outlineText({ ...OUTLINE, sandbox: unfenced })).toMatch(/NOT fenced off/);
  });

  test('does not hide what could not be removed', () => {
    expect(outlineText({ ...OUTLINE, left: ['could not remove /srv/drills/R'] })).toMatch(/! could not remove/);
  });
});
