import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readMachine } from '../../../src/machine/read-machine.ts';
import { loadPlans, PlanError } from '../../../src/plan/load.ts';
import { drillErrorOf } from '../../fixtures/errors.ts';
import { directoryWith, NOW, temporaryDirectory } from '../../fixtures/plans.ts';

/** A directory of configuration with the settings of a user. */
function settings(text: string, mode = 0o644): { env: NodeJS.ProcessEnv; file: string } {
  const directory = temporaryDirectory();
  const file = join(directory, 'pgdrill', 'pgdrill.yaml');
  mkdirSync(dirname(file));
  writeFileSync(file, text);
  chmodSync(file, mode);
  return { env: { XDG_CONFIG_HOME: directory }, file };
}

function planWith(env: NodeJS.ProcessEnv, text = '') {
  const directory = directoryWith({ 'plan.yaml': `name: orders\nsource: { stanza: main }\n${text}` });
  const [plan] = loadPlans({
    file: join(directory, 'plan.yaml'),
    overrides: [],
    now: NOW,
    defaults: readMachine(env),
  });
  if (!plan) throw new Error('no plan');
  return { plan, directory };
}

const ALL = `
reports: /srv/reports
scratch: /srv/scratch
evidence: { key: file:/etc/pgdrill/drills.key }
notify:
  - slack: { url: env:SLACK_URL }
`;

describe('what a plan does not say, the settings of the machine do', () => {
  test('and of what it does say, nothing is changed; channels add up', () => {
    const { env, file } = settings(ALL);
    const { plan } = planWith(env);
    expect(plan).toMatchObject({
      reports: '/srv/reports',
      sandbox: { scratch: '/srv/scratch' },
      evidence: { by: 'file', path: '/etc/pgdrill/drills.key' },
      notify: [{ kind: 'slack', from: file }],
    });
    const own = planWith(
      env,
      'reports: own\nsandbox: { scratch: /own }\nevidence: { key: env:KEY }\nnotify: [{ ntfy: { topic: env:T } }]\n',
    );
    expect(own.plan).toMatchObject({
      reports: join(own.directory, 'own'),
      sandbox: { scratch: '/own' },
      evidence: { by: 'variable', name: 'KEY' },
      notify: [{ kind: 'slack' }, { kind: 'ntfy' }],
    });
  });

  test('the scratch directory of the machine is none of a server or a container', () => {
    const { env } = settings('scratch: /srv/scratch\n');
    expect(planWith(env, 'sandbox: { kind: docker }\n').plan.sandbox).not.toHaveProperty('scratch');
  });

  test('what the environment says of a key is meant for this run', () => {
    const { env } = settings(ALL);
    expect(planWith({ ...env, PGDRILL_EVIDENCE: 'env:KEY' }).plan.evidence).toBeNull();
  });

  test('the command line is heard before all of them', () => {
    const { env } = settings(ALL);
    const overrides = [{ path: ['reports'], value: '/typed', option: '--reports' }];
    const stanza = [{ path: ['name'], value: 'main', option: '--stanza' }];
    const source = [{ path: ['source', 'stanza'], value: 'main', option: '--stanza' }];
    const all = [...stanza, ...source, ...overrides];
    const [plan] = loadPlans({ file: null, overrides: all, now: NOW, defaults: readMachine(env) });
    expect(plan?.reports).toBe('/typed');
  });
});

describe('which file', () => {
  test('none is fine', () => {
    expect(readMachine({ XDG_CONFIG_HOME: temporaryDirectory() })).toMatchObject({
      files: [],
      reports: null,
      notify: [],
    });
    expect(readMachine({})).toMatchObject({ files: [] });
  });

  test('the one below the home directory, where no other directory of configuration is named', () => {
    const home = directoryWith({ '.config/pgdrill/pgdrill.yaml': 'reports: /srv/home\n' });
    for (const configured of [{}, { XDG_CONFIG_HOME: '' }, { XDG_CONFIG_HOME: 'relative' }])
      expect(readMachine({ HOME: home, ...configured }).reports).toBe('/srv/home');
  });

  test('the one that PGDRILL_CONFIG names, and no other; none where it is empty', () => {
    const { env } = settings(ALL);
    const file = join(directoryWith({ 'other.yaml': 'scratch: /srv/other\n' }), 'other.yaml');
    expect(readMachine({ ...env, PGDRILL_CONFIG: file })).toMatchObject({
      reports: null,
      scratch: '/srv/other',
      files: [{ path: file, gives: ['scratch'] }],
    });
    expect(readMachine({ ...env, PGDRILL_CONFIG: '' }).files).toEqual([]);
    const missing = drillErrorOf(() => readMachine({ ...env, PGDRILL_CONFIG: '/nowhere.yaml' }));
    expect(missing.message).toBe('the settings in /nowhere.yaml: the file does not exist');
  });

  test('it says which file gives what', () => {
    const { env, file } = settings(ALL);
    expect(readMachine(env).files).toEqual([{ path: file, gives: ['reports', 'scratch', 'evidence', 'notify'] }]);
    const empty = settings('# nothing yet\n');
    expect(readMachine(empty.env).files).toEqual([{ path: empty.file, gives: [] }]);
  });
});

describe('refused', () => {
  test('each mistake in its line', () => {
    const { env, file } = settings(
      'report: /srv\nscratch: tmp\nnotify:\n  - slack: { url: "https://x.org/verysecret" }\n',
    );
    const error = drillErrorOf(() => readMachine(env));
    expect(error).toBeInstanceOf(PlanError);
    expect(error.message).toBe(
      [
        'the configuration of this machine has 3 problems:',
        `  ${file}:1:1: report: is not known here; did you mean reports?`,
        `  ${file}:2:1: scratch: has to be a whole path, such as /var/lib/pgdrill`,
        `  ${file}:4:14: notify[0].slack.url: has to say where the secret is: env:NAME, file:/path or { command: [program, …] }; a secret itself is not to stand here`,
      ].join('\n'),
    );
  });

  test('what is no YAML', () => {
    const { env, file } = settings('reports: [\n');
    expect(drillErrorOf(() => readMachine(env)).message).toContain(`${file}:`);
  });

  test.each([0o666, 0o664, 0o646])('as root, a file of mode %o: others can write to it', (mode) => {
    const { env, file } = settings(ALL, mode);
    expect(drillErrorOf(() => readMachine(env))).toMatchObject({
      message: `the settings in ${file}: others can write to the file`,
      hint: `look at what is in it, then: chmod go-w ${file}`,
    });
  });

  test('a file of somebody else', () => {
    const { env, file } = settings(ALL);
    chownSync(file, 12_345, 0);
    expect(drillErrorOf(() => readMachine(env)).message).toContain('belongs to another user (uid 12345)');
  });

  test('a directory in its place', () => {
    const { env, file } = settings(ALL);
    const directory = directoryWith({ 'pgdrill/pgdrill.yaml/x': '' });
    expect(drillErrorOf(() => readMachine({ ...env, XDG_CONFIG_HOME: directory })).message).toContain('is no file');
    expect(file).not.toContain(directory);
  });
});
