import { describe, expect, test } from 'vitest';
import { drillName, planTemplate } from '../../../../src/cli/plans/plan-template.ts';
import { planSchema } from '../../../../src/plan/schema.ts';
import { parseYaml } from '../../../../src/plan/yaml-document.ts';

const repository = (key: number) => ({ key, type: 'posix', host: null, path: '/repo', cipher: 'none' });

function planOf(stanza: string, keys: readonly number[] = [1], config: string | null = null) {
  const { value, problems } = parseYaml(planTemplate({ stanza, config, repositories: keys.map(repository) }));
  expect(problems).toEqual([]);
  return planSchema.parse(value);
}

describe('planTemplate', () => {
  test.each(['main', 'Main-2', 'with space', '1st', 'true', 'a:b', 'o"quote', 'ünï'])(
    'is a plan for the stanza %j',
    (stanza) => {
      expect(planOf(stanza).source.stanza).toBe(stanza);
    },
  );

  test('names the configuration only when it was named', () => {
    expect(planOf('main', [1], '/etc/my "pg".conf').source.config).toBe('/etc/my "pg".conf');
    expect(planOf('main').source.config).toBeUndefined();
  });

  test('drills every repository when there are several', () => {
    expect(planOf('main', [1, 3]).source.repo).toEqual([1, 3]);
    expect(planOf('main').source.repo).toBeUndefined();
  });

  test('begins with the schema for editors', () => {
    expect(planTemplate({ stanza: 'main', config: null, repositories: [] })).toMatch(
      /^# yaml-language-server: \$schema=\.\/drill\.schema\.json\n/,
    );
  });

  test('what stands in it as comments is a plan as well, with checks of each kind', () => {
    const text = planTemplate({ stanza: 'main', config: null, repositories: [repository(1)] }).replaceAll(
      /^( *)#(?=(?:  - |    | {2}#| *objectives|retention|integrity|checks|compare|  dsn|  tolerance|  queries|baseline|controls|scratch|reuse|settings|backup|processMax))/gm,
      '$1',
    );
    const { value, problems } = parseYaml(text);
    expect(problems).toEqual([]);
    const { checks, compare, baseline, integrity } = planSchema.parse(value);
    expect(compare?.queries).toHaveLength(1);
    expect(baseline?.fewer).toBe(30);
    expect(checks.filter((check) => 'heartbeat' in check)).toHaveLength(1);
    expect(integrity).toBe('standard');
    expect(checks.map((check) => ('command' in check ? 'command' : 'sql'))).toContain('command');
    const asked = checks.flatMap((check) => ('expect' in check ? Object.keys(check.expect ?? {}) : []));
    expect(asked).toEqual(['maxAge', 'atLeast', 'rows', 'matches']);
  });
});

test.each([
  ['main', 'main'],
  ['with space', 'with-space'],
  ['-x', 'x'],
  ['///', 'drill'],
])('the drill of the stanza %j is named %j', (stanza, name) => {
  expect(drillName(stanza)).toBe(name);
});
