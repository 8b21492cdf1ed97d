import { createHash } from 'node:crypto';
import { basename, isAbsolute, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatProblem, loadPlans, type PlanOverride } from '../../../src/plan/load.ts';
import { rungsIn } from '../../../src/targets/ladder.ts';
import { drillErrorOf } from '../../fixtures/errors.ts';
import { directoryWith, NOW, planOf, plansOf, problemsOf } from '../../fixtures/plans.ts';

const MINIMAL = 'name: orders\nsource: { stanza: main }\n';

function override(option: string, path: (string | number)[], value: unknown): PlanOverride {
  return { option, path, value };
}

test.each(['keys', 'ledger.jsonl', 'bundle.json', 'INDEX.html', 'SHA256SUMS', 'VERIFY.md'])(
  'a drill cannot have the name of what lies beside its folder: %s',
  (name) => {
    const problems = problemsOf(`name: ${name}\nsource: { stanza: main }\n`).map(
      ({ path, message }) => `${path} ${message}`,
    );
    expect(problems).toEqual([expect.stringMatching(/^name is the name of something else/)]);
  },
);

test('a canary cannot be the SHA-256 of nothing, which an empty variable comes to', () => {
  const digest = createHash('sha256').digest('hex');
  const checks = `checks: [{ name: canary, sql: select token from canary, expect: { sha256: ${digest} } }]\n`;
  expect(problemsOf(`${MINIMAL}${checks}`)).toEqual([
    expect.objectContaining({
      path: 'checks[0].expect.sha256',
      message: expect.stringMatching(/^is the SHA-256 of nothing/),
    }),
  ]);
});

describe('a plan', () => {
  test('needs a name and a stanza, and has a default for everything else', () => {
    expect(planOf(MINIMAL)).toMatchObject({
      name: 'orders',
      source: { stanza: 'main', config: null, repo: null, backup: 'latest', processMax: null },
      target: { type: 'latest' },
      timeline: 'latest',
      sandbox: {
        kind: 'local',
        reuse: false,
        reserve: '10%',
        settings: {},
        preload: [],
        superuser: 'postgres',
        confine: 'auto',
      },
      objectives: {
        rtoMs: null,
        rpoMs: null,
        backupAgeMs: null,
        recoverableMs: null,
        regression: { percent: 40, runs: 6 },
      },
      retention: null,
      checks: [],
      deadlineMs: 86_400_000,
      reports: join(process.cwd(), 'reports'),
    });
  });

  test('with several targets has them in the order of their times, of which a text is one', () => {
    const targets = '["2026-11-21T12:00:00Z", { xid: 725 }, { time: "2026-11-21T11:00:00Z" }, { lsn: 0/2A }]';
    const { target, timeline } = planOf(`${MINIMAL}targets: ${targets}\n`);
    expect(timeline).toBe('latest');
    expect(target).toMatchObject({ type: 'ladder' });
    expect(rungsIn(target)?.map((rung) => (rung.type === 'time' ? rung.asTyped : rung.type))).toEqual([
      '2026-11-21T11:00:00Z',
      'xid',
      '2026-11-21T12:00:00Z',
      'lsn',
    ]);
    const longer = `${MINIMAL}target: { ladder: [{ xid: 7 }, { xid: 8 }], timeline: 2 }\n`;
    expect(planOf(longer)).toMatchObject({ timeline: 2, target: { rungs: [{ xid: '7' }, { xid: '8' }] } });
  });

  test.each([
    ['targets: ["2026-11-21T12:00:00Z"]', 'targets', 'has to have at least two targets'],
    ['targets: [{ xid: 7 }, { xid: "2" }]', 'targets[1]', '"2" is no transaction id'],
    ['targets: [{ xid: 7 }, soon]', 'targets[1]', '"soon" is no time'],
    ['targets: [{ xid: 7 }, { latest: true }]', 'targets[1]', 'is not known here; known are time, lsn, xid, name'],
    ['targets: [{ xid: 7 }, { xid: 8, timeline: 2 }]', 'targets[1]', ''],
    ['targets: [{ xid: 7 }, { xid: 8 }]\ntarget: latest', 'targets', 'cannot stand beside target'],
  ])('%s is refused at %s: %s', (written, path, words) => {
    const problems = problemsOf(`${MINIMAL}${written}\n`);
    expect(problems.map((problem) => problem.path)).toEqual([expect.stringContaining(path)]);
    expect(problems[0]?.message).toContain(words);
  });

  test('does not take turns with several targets', () => {
    const problems = problemsOf(
      'name: x\nsource: { stanza: main, backup: rotate }\ntargets: [{ xid: 7 }, { xid: 8 }]\n',
    );
    expect(problems.map(({ message }) => message).join()).toContain('does not go with source.backup: rotate');
  });

  test('is frozen, down to its last value', () => {
    const plan = planOf(`${MINIMAL}checks: [{ name: a, sql: select true }]\n`);
    const frozen = (value: unknown): boolean =>
      typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(frozen));
    expect(frozen(plan)).toBe(true);
  });

  test('with a list of repositories is one drill for each, and none twice', () => {
    const plans = plansOf('name: orders\nsource: { stanza: main, repo: [1, 2, 1] }\n');
    expect(plans.map(({ source }) => source.repo)).toEqual([1, 2]);
  });

  test('reads its queries and paths from beside its file', () => {
    const directory = directoryWith({
      'drills/plan.yaml': `name: orders
source: { stanza: main, config: ../etc/pgbackrest.conf }
checks: [{ name: orphans, file: checks/orphans.sql, expect: { rows: 0 } }]
reports: ../evidence
`,
      'drills/checks/orphans.sql': 'select 1 where false',
    });
    const [plan] = loadPlans({ file: join(directory, 'drills/plan.yaml'), overrides: [], now: NOW });
    expect(plan?.source.config).toBe(join(directory, 'etc/pgbackrest.conf'));
    expect(plan?.reports).toBe(join(directory, 'evidence'));
    expect(plan?.checks[0]).toMatchObject({
      kind: 'sql',
      sql: 'select 1 where false',
      severity: 'critical',
      timeout: 60_000,
    });
  });

  test('takes paths of options from where the program was started', () => {
    const plan = planOf(MINIMAL, [
      override('--config', ['source', 'config'], 'here.conf'),
      override('--reports', ['reports'], 'out'),
    ]);
    expect(plan.source.config).toBe(join(process.cwd(), 'here.conf'));
    expect(plan.reports).toBe(join(process.cwd(), 'out'));
  });
});

describe('where the runbook is written', () => {
  test('counts from the plan, as one file or several', () => {
    const write = (value: string): readonly string[] | undefined =>
      planOf(`${MINIMAL}runbook: { write: ${value} }\n`).runbook?.write;
    expect(write('runbook.md')?.map((file) => isAbsolute(file) && basename(file))).toEqual(['runbook.md']);
    expect(write('[/dr/a.md, /dr/a.html]')).toEqual(['/dr/a.md', '/dr/a.html']);
    expect(planOf(`${MINIMAL}runbook: { inform: daily }\n`).runbook?.write).toEqual([]);
  });

  test.each(['true', 'runbook.pdf', '.md', '[]', 'dr/'])('is no %s', (value) => {
    const said = problemsOf(`${MINIMAL}runbook: { write: ${value} }\n`).map(formatProblem).join('\n');
    expect(said).toMatch(/runbook\.write: (is empty|.* that ends with \.md or \.html)/);
  });
});

describe('targets', () => {
  test.each([
    ['latest', { type: 'latest' }, 'latest'],
    ['immediate', { type: 'immediate' }, 'current'],
    ['standby', { type: 'standby' }, 'latest'],
    ['{ latest: true, timeline: current }', { type: 'latest' }, 'current'],
    ['{ standby: true, timeline: 3 }', { type: 'standby' }, 3],
    [
      '{ time: "2026-05-13 14:32:00+00" }',
      { type: 'time', instant: 1_778_682_720_000_000n, asTyped: '2026-05-13 14:32:00+00' },
      'latest',
    ],
    [
      '{ time: 2026-05-13 14:32:00+00 }',
      { type: 'time', instant: 1_778_682_720_000_000n, asTyped: '2026-05-13 14:32:00+00' },
      'latest',
    ],
    ['{ lsn: 16/B374D848, timeline: 2 }', { type: 'lsn', lsn: 0x16b374d848n }, 2],
    ['{ xid: 4757 }', { type: 'xid', xid: '4757' }, 'latest'],
    ['{ xid: "4757" }', { type: 'xid', xid: '4757' }, 'latest'],
    ['{ name: before deploy }', { type: 'name', name: 'before deploy' }, 'latest'],
    ['{ random: { within: 7d } }', { type: 'random', withinMs: 604_800_000 }, 'latest'],
  ])('%s', (target, expected, timeline) => {
    const plan = planOf(`${MINIMAL}target: ${target}\n`);
    expect(plan.target).toEqual(expected);
    expect(plan.timeline).toBe(timeline);
  });

  test.each([
    ['a word that is none', 'lastest', 'target', /one of immediate, latest/],
    ['two at once', '{ lsn: 0/3000148, xid: 7 }', 'target', /./],
    ['an LSN that is none', '{ lsn: 3000148 }', 'target.lsn', /./],
    ['a time that is none', '{ time: tomorrow }', 'target.time', /is no time/],
    ['a time that does not exist', '{ time: "2026-02-30 00:00:00+00" }', 'target.time', /is no time/],
    ['a time in the future', '{ time: "2026-11-21 12:00:01+00" }', 'target.time', /lies in the future/],
    ['a transaction id that none has', '{ xid: 2 }', 'target.xid', /./],
    ['a restore point without a name', '{ name: "" }', 'target.name', /./],
    ['a timeline that is none', '{ time: -15m, timeline: newest }', 'target.timeline', /./],
  ])('%s is refused', (_, target, path, message) => {
    const [problem] = problemsOf(`${MINIMAL}target: ${target}\n`);
    expect(problem?.path).toContain(path);
    expect(problem?.message).toMatch(message);
    expect(problem?.place?.line).toBe(3);
  });
});

const rotating = (repo: string, more = ''): string =>
  `name: orders\nsource: { stanza: main, backup: rotate${repo} }\n${more}`;

describe('a drill that takes turns', () => {
  test.each([
    ['', null],
    [', repo: 2', [2]],
    [', repo: [1, 2, 1]', [1, 2]],
  ])('is one drill, of the repositories%s', (repo, repos) => {
    const plans = plansOf(rotating(repo));
    expect(plans.map(({ source }) => source.repo)).toEqual([null]);
    expect(plans[0]?.rotation?.repos).toEqual(repos);
  });

  test.each([
    ['', ['latest', 'random']],
    ['target: latest', ['latest']],
    ['target: immediate', ['immediate']],
    ['target: [latest, standby, { time: -15m }]', ['latest', 'standby', 'time']],
  ])('goes to the targets of "%s"', (written, types) => {
    expect(planOf(rotating('', written)).rotation?.targets.map(({ target }) => target.type)).toEqual(types);
  });

  test('a list of targets is for such a drill alone', () => {
    expect(problemsOf(`${MINIMAL}target: [latest, standby]\n`)).toMatchObject([{ path: 'target', place: { line: 3 } }]);
    expect(problemsOf(rotating('', 'target: []\n'))).toMatchObject([{ path: 'target' }]);
    expect(problemsOf(rotating('', 'target: [latst]\n'))).toMatchObject([{ path: 'target' }]);
  });

  test('of two targets of one kind the second would never have its turn', () => {
    const [problem] = problemsOf(rotating('', 'target: [latest, { time: -15m }, { time: -7d }]\n'));
    expect(problem).toMatchObject({ path: 'target', message: expect.stringContaining('kind time') as string });
  });

  test('no other drill takes turns', () => {
    expect(planOf(MINIMAL).rotation).toBeNull();
  });
});

describe('problems', () => {
  test('come all at once, in the order of the file, with line, column and path', () => {
    const problems = problemsOf(`name: -orders
source:
  stanza: main
  repo: 0
sandbx: { kind: local }
objectives: { rto: soon, rpo: 5m }
checks:
  - name: a
    sql: select 1
    expect: { atLeast: many }
`);
    expect(problems.map(({ place, path }) => [place?.line, path])).toEqual([
      [1, 'name'],
      [4, 'source.repo'],
      [5, 'sandbx'],
      [6, 'objectives.rto'],
      [10, 'checks[0].expect.atLeast'],
    ]);
    expect(problems.map(formatProblem)[3]).toMatch(/plan\.yaml:6:15: objectives\.rto: "soon" is no duration/);
  });

  test('name a key that is missing by its parent', () => {
    expect(problemsOf('name: orders\nsource:\n  backup: latest\n')).toMatchObject([
      { path: 'source.stanza', place: { line: 2 }, message: 'is needed: a text' },
    ]);
  });

  test.each([
    ['at the top', `${MINIMAL}verify: true\n`, 'verify', 3],
    ['in the source', 'name: a\nsource:\n  stanza: main\n  stanzas: [main]\n', 'source.stanzas', 4],
    ['in a check', `${MINIMAL}checks:\n  - name: a\n    sql: select 1\n    critical: true\n`, 'checks[0].critical', 6],
    [
      'in an expectation',
      `${MINIMAL}checks:\n  - name: a\n    sql: select 1\n    expect:\n      rows: 1\n      atleast: 1\n`,
      'checks[0].expect.atleast',
      8,
    ],
  ])('tell of an unknown key %s', (_, text, path, line) => {
    expect(problemsOf(text)).toMatchObject([
      { path, place: { line }, message: expect.stringMatching(/^is not known here/) as string },
    ]);
  });

  test.each([
    ['neither a query, a file nor a command', '- name: a'],
    ['a query and a file', '- { name: a, sql: select 1, file: x.sql }'],
    ['an expectation that says nothing', '- { name: a, sql: select 1, expect: {} }'],
    ['a value of several rows', '- { name: a, sql: select 1, expect: { rows: 2, equals: 1 } }'],
    ['a value of no row', '- { name: a, sql: select 1, expect: { rows: 0, atLeast: 1 } }'],
    ['an expectation of a command', '- { name: a, command: [x], expect: { rows: 1 } }'],
    ['a pattern that is none', '- { name: a, sql: select 1, expect: { matches: "(" } }'],
    ['a severity that is none', '- { name: a, sql: select 1, severity: info }'],
    ['no name', '- { sql: select 1 }'],
  ])('tell of a check with %s', (_, check) => {
    expect(problemsOf(`${MINIMAL}checks:\n  ${check}\n`)).toMatchObject([{ place: { line: 4 } }]);
  });

  test('tell of every query file that is missing', () => {
    const problems = problemsOf(`${MINIMAL}checks:\n  - { name: a, file: a.sql }\n  - { name: b, file: b.sql }\n`);
    expect(problems).toMatchObject([
      { path: 'checks[0].file', place: { line: 4 } },
      { path: 'checks[1].file', place: { line: 5 } },
    ]);
  });

  test('tell of settings that are not for a plan to set', () => {
    const text = `${MINIMAL}sandbox:\n  kind: local\n  settings:\n    work_mem: 1GB\n    zero_damaged_pages: on\n    archive_mode: on\n`;
    expect(problemsOf(text)).toMatchObject([
      { path: 'sandbox.settings.zero_damaged_pages', place: { line: 7 } },
      { path: 'sandbox.settings.archive_mode', place: { line: 8 } },
    ]);
  });

  test('of the YAML itself come before all others', () => {
    expect(problemsOf('name: orders\nname: again\n')).toMatchObject([{ place: { line: 2 } }]);
  });

  test('are of a plan that is no mapping as well', () => {
    expect(problemsOf('- name: orders\n')).toHaveLength(1);
    expect(problemsOf('').map(({ path }) => path)).toEqual(['name', 'source']);
  });
});

describe('options', () => {
  test('win over the file', () => {
    const plan = planOf('name: orders\nsource: { stanza: main, repo: 1 }\ntarget: immediate\n', [
      override('--repo', ['source', 'repo'], 2),
      override('--target-lsn', ['target'], { lsn: '0/3000148' }),
      override('--rto', ['objectives', 'rto'], '30m'),
    ]);
    expect(plan).toMatchObject({ source: { repo: 2 }, target: { type: 'lsn' }, objectives: { rtoMs: 1_800_000 } });
  });

  test('make a plan by themselves', () => {
    const overrides = [override('--stanza', ['name'], 'main'), override('--stanza', ['source', 'stanza'], 'main')];
    const [plan] = loadPlans({ file: null, overrides, now: NOW });
    expect(plan).toMatchObject({ name: 'main', file: null, source: { stanza: 'main' } });
  });

  test.each([
    ['--rto', ['objectives', 'rto'], 'soon'],
    ['--target-time', ['target'], { time: 'tomorrow' }],
    ['--target-lsn', ['target'], { lsn: 'x' }],
    ['--repo', ['source', 'repo'], 'two'],
    ['--process-max', ['source', 'processMax'], 0],
  ])('are named in problems with their values: %s', (option, path, value) => {
    const problems = problemsOf(MINIMAL, [override(option, path, value)]);
    expect(problems).toMatchObject([{ file: null, place: null, path: option }]);
  });

  test('are asked for where there is no plan', () => {
    expect(problemsOf(null, [override('--stanza', ['name'], 'x')]).map(({ path }) => path)).toEqual(['--stanza']);
  });
});

test('a plan file that is not there is no plan error, and says what to do', () => {
  const error = drillErrorOf(() => loadPlans({ file: '/no/such/plan.yaml', overrides: [], now: NOW }));
  expect(error.code).toBe('not-found');
  expect(error.hint).toMatch(/drill init/);
});
