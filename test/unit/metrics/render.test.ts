import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { metricsText } from '../../../src/metrics/render.ts';
import { sample } from '../../../src/metrics/sample.ts';
import { samplesOfDrills } from '../../../src/metrics/of-drills.ts';
import { drillFacts, fullSamples, storeFacts } from '../../fixtures/metrics.ts';
import { readExposition, seriesOf } from '../../fixtures/exposition.ts';

const HOSTILE = [
  'back\\slash',
  'quo"te',
  'new\nline',
  'a="1",b',
  '}{ 1\n# EOF',
  'ends in \\',
  'café ☕ \u202e',
  "comma,repository:2,'",
  ' spaces ',
];

describe('a name that is hostile', () => {
  test.each(HOSTILE)('%j comes out as it went in', async (stanza) => {
    const facts = storeFacts(drillFacts({}, { stanza }));
    for (const format of ['prometheus', 'openmetrics'] as const) {
      const read = readExposition(await metricsText(samplesOfDrills(facts), format));
      expect(read.find(({ name }) => name === 'pgdrill_drill_info')?.labels).toEqual({
        drill: 'orders',
        sandbox: 'local',
        stanza,
      });
      expect(read).toHaveLength(samplesOfDrills(facts).length);
    }
  });

  test('does not become another series', async () => {
    const samples = [
      ...sample('pgdrill_drill_info', { drill: 'a', stanza: 'b,x:c' }, 1),
      ...sample('pgdrill_drill_info', { drill: 'a', stanza: 'b', sandbox: 'c' }, 1),
    ];
    expect(readExposition(await metricsText(samples, 'prometheus'))).toHaveLength(2);
  });
});

test('what is measured comes out as it went in, by metric, and nothing else', async () => {
  const { drills, checkUps } = fullSamples();
  const samples = [...drills, ...checkUps];
  const text = await metricsText(samples, 'prometheus');
  const read = readExposition(text);
  expect(new Map(read.map(({ name, labels, value }) => [seriesOf(name, labels), value]))).toEqual(
    new Map(samples.map(({ metric, labels, value }) => [seriesOf(metric, labels), value])),
  );
  expect(text.match(/^# TYPE /gm)).toHaveLength(new Set(samples.map(({ metric }) => metric)).size);
});

test('OpenMetrics ends with its mark, and the other format has none', async () => {
  const { drills } = fullSamples();
  expect(await metricsText(drills, 'openmetrics')).toMatch(/^# TYPE pgdrill_runs counter$[\s\S]*\n# EOF\n$/m);
  expect(await metricsText(drills, 'prometheus')).not.toContain('# EOF');
});

test('a command loads prom-client when it writes metrics, and no command to begin with', () => {
  const files = globSync('src/**/*.ts').map((path) => ({ path, code: readFileSync(path, 'utf8') }));
  const importing = (name: RegExp): string[] => files.filter(({ code }) => name.test(code)).map(({ path }) => path);
  expect(importing(/from 'prom-client'/)).toEqual(['src/metrics/render.ts']);
  expect(importing(/^import (?!type )[^;]*\/render\.ts'/m).filter((path) => path.includes('metrics'))).toEqual([]);
  expect(importing(/import\('[^']*metrics\/render\.ts'\)/).length).toBeGreaterThan(0);
});

test('the text of one call has nothing of the one before', async () => {
  await metricsText(fullSamples().drills, 'prometheus');
  expect(await metricsText([], 'prometheus')).toBe('\n');
});
