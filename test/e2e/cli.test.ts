import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LEDGER_VERSION, lineText } from '../../src/store/ledger/line.ts';
import { pastRunOf } from '../fixtures/past-run.ts';
import { sampleReport } from '../fixtures/sample-report.ts';
import { LONG_MS } from '../fixtures/until.ts';

// The program itself, as far as it needs neither PostgreSQL nor pgBackRest.

const PROGRAM = join(import.meta.dirname, '../../bin/drill.js');
const VERSION = /"version": "([^"]+)"/.exec(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'))?.[1];
const COMMANDS = [
  'run',
  'plan',
  'check',
  'windows',
  'validate',
  'init',
  'demo',
  'metrics',
  'history',
  'report',
  'site',
  'doctor',
  'sweep',
  'completion',
];

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pgdrill-cli-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function drill(...args: readonly string[]): Ended {
  const env = { PATH: process.env['PATH'], HOME: directory, TZ: 'UTC', PGBACKREST_CONFIG_PATH: join(directory, 'etc') };
  return spawnSync(process.execPath, [PROGRAM, ...args], { cwd: directory, encoding: 'utf8', timeout: LONG_MS, env });
}

function write(name: string, text: string): string {
  const path = join(directory, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const config = (): string =>
  write(
    'pgbackrest.conf',
    '[global]\nrepo1-path=/nowhere\nrepo1-cipher-pass=sekret\n[main]\npg1-path=/no/pg\n[second one]\npg1-path=/no/pg2\n',
  );

describe('what a command line gets before anything else', () => {
  test.each(['--version', '-V'])('%s is the version of the package', (option) => {
    expect(drill(option)).toMatchObject({ status: 0, stdout: `${VERSION}\n`, stderr: '' });
  });

  test('a link to bin/drill brings the Node.js of the checkout', () => {
    const link = join(directory, 'drill');
    symlinkSync(PROGRAM.replace(/\.js$/, ''), link);
    const env = { PATH: '/usr/bin:/bin', HOME: directory };
    const { status, stdout } = spawnSync(link, ['--version'], { cwd: directory, encoding: 'utf8', env });
    expect({ status, stdout }).toEqual({ status: 0, stdout: `${VERSION}\n` });
  });

  test('an addon that was compiled for another Node.js is not loaded', () => {
    const addon = write('addon.node', 'of another Node.js');
    const hook = `process.on('exit', () => { try { require(${JSON.stringify(addon)}) } catch (e) { console.error(e.message) } })`;
    const options = `--require=${write('hook.cjs', hook)}`;
    const { status, stderr } = spawnSync(process.execPath, [PROGRAM, 'history'], {
      cwd: directory,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], HOME: directory, NODE_OPTIONS: options },
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: 'pgdrill loads no native addons\n' });
  });

  test('help lists all commands', () => {
    const { status, stdout } = drill('--help');
    expect(status).toBe(0);
    for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
  });

  test.each(COMMANDS)('help of %s has examples and the exit statuses', (command) => {
    const { status, stdout } = drill(command, '--help');
    expect(status).toBe(0);
    expect(stdout).toMatch(new RegExp(`^Examples:\\n  drill ${command}`, 'm'));
    expect(stdout).toMatch(/^Exit status:(\n  0 +passed\n  1 +failed| 0 all is well, 1 it is not)/m);
  });

  test('no command at all is a usage error that shows the help', () => {
    expect(drill()).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining('Usage: drill') });
  });

  test('an unknown command gets a suggestion', () => {
    expect(drill('rnu')).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(/unknown command 'rnu'\n.*run/),
    });
  });

  test('an unknown option gets a suggestion', () => {
    const { status, stderr } = drill('run', '--stnza', 'main');
    expect(status).toBe(2);
    expect(stderr).toMatch(/unknown option '--stnza'\n.*--stanza/);
  });

  test.each([
    ['run', '--target-latest', '--latest'],
    ['run', '--target', '--target-time <time>'],
    ['report', '--html', '--format <format>'],
  ])('an unknown option names those of its kind: %s %s', (command, option, expected) => {
    const { status, stderr } = drill(command, option, 'latest');
    expect(status).toBe(2);
    expect(stderr).toMatch(new RegExp(`^drill: unknown option '${option}'\n\\(options of that kind: .*${expected}`));
    expect(stderr).toContain(`(drill ${command} --help lists its options)`);
  });

  test('a value that is none of the choices is refused', () => {
    expect(drill('run', '--stanza', 'main', '--log-level', 'loud').status).toBe(2);
    expect(drill('report', 'latest', '--format', 'pdf').status).toBe(2);
    expect(drill('completion', 'tcsh').status).toBe(2);
  });
});

describe('run, before anything is started', () => {
  const PLAN_WITH_FIVE_MISTAKES = `name: two words
source:
  stanza: main
  repo: 0
objectives: { rto: soon }
checks:
  - name: rows
    sql: select 1
    expect: { rows: -1 }
colour: red
`;

  test('a plan with five mistakes names all five, each with its place', () => {
    write('bad.yaml', PLAN_WITH_FIVE_MISTAKES);
    const { status, stdout, stderr } = drill('run', 'bad.yaml');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    const places = [...stderr.matchAll(/bad\.yaml:(\d+):\d+: ([\w.[\]]+):/g)].map(
      ([, line, path]) => `${line} ${path}`,
    );
    expect(places).toEqual(['1 name', '4 source.repo', '5 objectives.rto', '9 checks[0].expect.rows', '10 colour']);
  });

  test('targets cannot be used together, and all that were given are named', () => {
    const { status, stderr } = drill(
      'run',
      '--stanza',
      'main',
      '--target-time',
      '-15m',
      '--target-xid',
      '800',
      '--latest',
    );
    expect(status).toBe(2);
    expect(stderr).toContain('--target-time, --target-xid and --latest cannot be used together');
  });

  test('a target in the future is refused', () => {
    const { status, stderr } = drill(
      'run',
      '--stanza',
      'main',
      '--config',
      config(),
      '--target-time',
      '2999-01-01 00:00:00Z',
    );
    expect(status).toBe(2);
    expect(stderr).toMatch(/--target-time: .* lies in the future/);
  });

  test('a configuration that is not there is refused', () => {
    expect(drill('run', '--stanza', 'main', '--config', 'nowhere.conf')).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining('code: config-missing'),
    });
  });

  test('a stanza that is not configured is refused, and those that are get named', () => {
    const { status, stderr } = drill('run', '--stanza', 'mian', '--config', config());
    expect(status).toBe(2);
    expect(stderr).toMatch(/no stanza "mian"; it has main, second one/);
  });

  test('nothing to drill is a usage error', () => {
    const { status, stderr } = drill('run');
    expect(status).toBe(2);
    expect(stderr).toMatch(/name a plan, or a stanza with --stanza/);
  });

  test('every plan is checked before the first drill starts', () => {
    write('drills/good.yaml', `name: good\nsource: { stanza: main, config: ${JSON.stringify(config())} }\n`);
    write('drills/bad.yaml', PLAN_WITH_FIVE_MISTAKES);
    expect(drill('run', 'good', 'bad', '--reports', 'reports').status).toBe(2);
    expect(existsSync(join(directory, 'reports'))).toBe(false);
  });
});

describe('init and validate', () => {
  test('init writes a plan a stanza, which validate accepts', () => {
    const { status, stdout } = drill('init', '--config', config());
    expect(status).toBe(0);
    expect(stdout).toMatch(/wrote drills\/main\.yaml\nwrote drills\/second-one\.yaml/);
    const text = readFileSync(join(directory, 'drills/main.yaml'), 'utf8');
    expect(text).toMatch(/^# yaml-language-server: \$schema=\.\/drill\.schema\.json\n/);
    expect(text).not.toContain('sekret');
    expect(JSON.parse(readFileSync(join(directory, 'drills/drill.schema.json'), 'utf8'))).toHaveProperty('$schema');
    expect(drill('validate')).toMatchObject({ status: 0, stdout: '✓ drills/main.yaml\n✓ drills/second-one.yaml\n' });
  });

  test('a plan is found by its file, and by the name of its drill', () => {
    write('drills/first.yaml', 'name: orders\nsource: { stanza: main }\n');
    for (const word of ['drills/first.yaml', 'first', 'orders'])
      expect(drill('validate', word)).toMatchObject({ status: 0, stdout: '✓ drills/first.yaml\n' });
    write('drills/second.yaml', 'name: orders\nsource: { stanza: main }\n');
    expect(drill('validate', 'orders')).toMatchObject({ status: 2, stderr: expect.stringContaining('first, second') });
  });

  test('init never writes over a plan unless forced', () => {
    write('drills/main.yaml', 'mine\n');
    expect(drill('init', '--config', config())).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('drills/main.yaml is there already'),
    });
    expect(existsSync(join(directory, 'drills/second-one.yaml'))).toBe(false);
    expect(readFileSync(join(directory, 'drills/main.yaml'), 'utf8')).toBe('mine\n');
    expect(drill('init', '--config', config(), '--force').status).toBe(0);
    expect(readFileSync(join(directory, 'drills/main.yaml'), 'utf8')).toMatch(/^name: main$/m);
  });

  test('validate tells of every bad plan and of the good ones', () => {
    write('drills/good.yaml', 'name: good\nsource: { stanza: main }\n');
    write('drills/bad.yaml', 'name: bad\nsource: { stanza: 7 }\n');
    write('drills/worse.yml', 'name: [\n');
    const { status, stdout, stderr } = drill('validate');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '✓ drills/good.yaml\n' });
    expect(stderr).toMatch(/^drills\/bad\.yaml:2:\d+: source\.stanza: /m);
    expect(stderr).toMatch(/^drills\/worse\.yml:\d+:\d+: /m);
  });

  test('validate says so when there is no plan', () => {
    expect(drill('validate')).toMatchObject({ status: 2, stderr: expect.stringContaining('drill init') });
  });
});

function pastRun(drillName: string, runId: string, startedAt: string): void {
  const report = sampleReport({ drill: drillName, runId, startedAt });
  write(`reports/${drillName}/${runId}/report.json`, JSON.stringify(report));
}

describe('history and report', () => {
  beforeEach(() => {
    pastRun('orders', '20261101T030000Z-aaaa', '2026-11-01T03:00:00.000Z');
    pastRun('orders', '20261121T030000Z-bbbb', '2026-11-21T03:00:00.000Z');
    pastRun('users', '20261110T030000Z-cccc', '2026-11-10T03:00:00.000Z');
    write('reports/orders/20261122T030000Z-dddd/pgdrill.log', '');
    write('reports/orders/20261123T030000Z-eeee/report.json', '{"schemaVersion": 99}');
    drill('evidence', 'adopt');
  });

  test('history lists all runs, oldest first, and those that are not on record', () => {
    const { status, stdout } = drill('history');
    expect(status).toBe(0);
    expect([...stdout.matchAll(/Z-(\w{4})$/gm)].map(([, id]) => id)).toEqual(['aaaa', 'cccc', 'bbbb']);
    expect(stdout).toMatch(/2 runs are not on record/);
    expect(stdout).toMatch(/Z-dddd\/report\.json$/m);
    expect(stdout).toMatch(/Z-eeee\/report\.json$/m);
  });

  test('history of one drill as JSON', () => {
    const { stdout } = drill('history', '--drill', 'users', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      runs: [{ runId: '20261110T030000Z-cccc', drill: 'users' }],
      unrecorded: [],
    });
  });

  test.each([
    ['md', /^# /],
    ['html', /^<!doctype html>/i],
    ['json', /^\{\n {2}"schemaVersion": 1,/],
    ['junit', /^<\?xml /],
  ])('report prints the latest run as %s', (format, beginning) => {
    const { status, stdout } = drill('report', 'latest', '--format', format);
    expect(status).toBe(0);
    expect(stdout).toMatch(beginning);
  });

  test("report writes a file that is its owner's alone", () => {
    expect(drill('report', '20261110', '--output', 'users.md')).toMatchObject({ status: 0, stdout: '' });
    expect(statSync(join(directory, 'users.md')).mode & 0o777).toBe(0o600);
  });

  test('a run that is not there, or not one run alone, is refused', () => {
    expect(drill('report', '2025')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('there is no run 2025'),
    });
    expect(drill('report', '202611')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('5 runs begin with 202611'),
    });
  });
});

describe('this machine', () => {
  test('sweep touches no directory that pgdrill did not make', () => {
    write('precious/file', 'mine');
    expect(drill('sweep', '--scratch', 'precious', '--kept')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('nothing was touched'),
    });
    expect(existsSync(join(directory, 'precious/file'))).toBe(true);
    expect(drill('sweep', '--scratch', 'nowhere').status).toBe(2);
  });

  test('doctor names what is missing, with a way to get it', () => {
    const { status, stdout } = drill('doctor', '--config', 'nowhere.conf');
    expect(status).toBe(3);
    expect(stdout).toMatch(/^local sandbox: lacks /);
    expect(stdout.match(/✗ pgBackRest configuration .*nowhere\.conf.*\n +→ /g)).toHaveLength(3);
  });

  test('completion for bash is a script that bash can read and that completes', () => {
    const { status, stdout } = drill('completion', 'bash');
    expect(status).toBe(0);
    const script = write('completion.bash', stdout);
    expect(spawnSync('bash', ['-n', script]).status).toBe(0);
    const complete = (...words: readonly string[]): string[] => {
      const list = words.map((word) => `'${word}'`).join(' ');
      const ask = `source ${script}; COMP_WORDS=(drill ${list}); COMP_CWORD=${words.length}; _drill; echo "\${COMPREPLY[@]}"`;
      return spawnSync('bash', ['-c', ask], { encoding: 'utf8' }).stdout.trim().split(' ');
    };
    expect(complete('re')).toEqual(['report', 'recover-script']);
    expect(complete('run', '--target-l')).toEqual(['--target-lsn']);
    expect(complete('report', 'latest', '--format', 'h')).toEqual(['html']);
    expect(complete('completion', 'f')).toEqual(['fish']);
  });

  test.each(['zsh', 'fish'])('completion for %s names every command', (shell) => {
    const { status, stdout } = drill('completion', shell);
    expect(status).toBe(0);
    for (const command of COMMANDS) expect(stdout).toContain(command);
  });

  test('a reader that has seen enough is no bug', () => {
    const ask = `"${process.execPath}" "${PROGRAM}" run --help | true; echo "\${PIPESTATUS[0]}"`;
    expect(spawnSync('bash', ['-c', ask], { encoding: 'utf8' })).toMatchObject({ stdout: '0\n', stderr: '' });
  });
});

describe('site', () => {
  const run = '20261121T030000Z-3f9a';

  /** A ledger of one run, which has a report. */
  function reports(): void {
    const { file, ...entry } = pastRunOf(sampleReport({ runId: run }));
    const at = '2026-11-21T03:12:00.000Z';
    write('reports/ledger.jsonl', `${lineText({ v: LEDGER_VERSION, line: 1, previous: null, at }, entry)}\n`);
    write(file, '{}');
    write(`reports/orders/${run}/report.html`, '<p>the report</p>');
  }

  test('makes pages of the ledger, and links to the reports that are there', () => {
    reports();
    expect(drill('site')).toMatchObject({ status: 0, stdout: 'reports/site/index.html: 4 pages, 4 written\n' });
    expect(drill('site').stdout).toBe('reports/site/index.html: 4 pages, 0 written\n');
    const front = readFileSync(join(directory, 'reports/site/index.html'), 'utf8');
    expect(front).toContain(`href="../orders/${run}/report.html"`);
    expect(existsSync(join(directory, 'reports/site', `../orders/${run}/report.html`))).toBe(true);
  });

  test('of another directory finds its way back', () => {
    reports();
    expect(drill('site', '--reports', 'reports', '--output', 'www/a b').status).toBe(0);
    const page = readFileSync(join(directory, 'www/a b/drills/orders/index.html'), 'utf8');
    expect(page).toContain(`href="../../../../reports/orders/${run}/report.html"`);
  });

  test('knows from the plans here what is due, and which drill never ran', () => {
    write('drills/new.yaml', 'name: new\nsource: { stanza: new }\nschedule: { cron: "0 3 1 * *", timezone: UTC }\n');
    write('drills/broken.yaml', 'name: broken\n');
    const { status, stderr } = drill('site');
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: '! drills/broken.yaml cannot be used, so it has no part in the site: drill validate says why\n',
    });
    const front = readFileSync(join(directory, 'reports/site/index.html'), 'utf8');
    expect(front).toMatch(/never run.*\d{4}-\d{2}-01 03:00/);
  });

  test('writes over nothing that is not its own', () => {
    write('www/index.html', '<p>mine</p>');
    const { status, stderr } = drill('site', '--output', 'www');
    expect(status).toBe(2);
    expect(stderr).toContain('www/index.html is in the way');
    expect(drill('site', '--reports', 'nowhere').status).toBe(2);
  });
});
