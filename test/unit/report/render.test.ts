import { expect, test } from 'vitest';
import { RENDERERS } from '../../../src/report/render.ts';
import { reportSchema } from '../../../src/report/report.ts';
import { sampleReport } from '../../fixtures/sample-report.ts';

test('every format has a renderer that gives the same bytes for the same report', () => {
  expect(Object.keys(RENDERERS)).toEqual(['md', 'html', 'json', 'junit', 'oscal']);
  for (const render of Object.values(RENDERERS)) {
    const text = render(sampleReport());
    expect(text).toBe(render(structuredClone(sampleReport())));
    expect(text.endsWith('\n')).toBe(true);
  }
});

test('json reads back as the same report', () => {
  expect(reportSchema.parse(JSON.parse(RENDERERS.json(sampleReport())))).toEqual(sampleReport());
});
