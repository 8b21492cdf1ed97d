import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { renderOscal } from '../../../src/report/oscal.ts';
import { reportSchema, type DrillReport } from '../../../src/report/report.ts';
import { oscalFaults, oscalResults } from '../../fixtures/oscal.ts';
import { runEndedIn, sampleCheck, sampleReason, sampleReport } from '../../fixtures/sample-report.ts';

const resultOf = (report: DrillReport) => oscalResults(report).results[0];
const statesOf = (report: DrillReport) => resultOf(report)?.findings?.map(({ target }) => target.status.state);
const uuidsIn = (text: string): string[] => [...text.matchAll(/"uuid": "([^"]+)"/g)].map(([, uuid = '']) => uuid);

const whole = sampleReport();
const odd = '164.308(a)(7)(ii)(D)';

describe("each report is valid by NIST's schema of assessment results, 1.2.1", () => {
  test.each<[string, DrillReport]>([
    ['the sample', reportSchema.parse(JSON.parse(readFileSync('reports/sample/report.json', 'utf8')))],
    ['a passed run', whole],
    ['a failed run', runEndedIn('recover')],
    ['a run that ended at once', runEndedIn('preflight', { evidence: [], doesNotProve: [], controls: [] })],
    ['a run without a plan file', sampleReport({ trigger: { ...whole.trigger, plan: null, planSha256: null } })],
    ['a plan with odd controls', sampleReport({ controls: [odd, odd, '§ 9', ' ', 'DORA Art. 12'] })],
    ['a plan file with odd characters', sampleReport({ trigger: { ...whole.trigger, plan: 'my "plans"/#1 ü?.yaml' } })],
  ])('%s', (_, report) => {
    const text = renderOscal(report);
    expect(oscalFaults(JSON.parse(text))).toEqual([]);
    expect(text).toContain('"oscal-version": "1.2.1"');
    const uuids = uuidsIn(text);
    expect(new Set(uuids).size).toBe(uuids.length);
    const known = new Set(uuids);
    const named = [...text.matchAll(/"(?:href|observation-uuid)": "#?([\da-f-]{36})"/g)].map(([, uuid = '']) => uuid);
    expect(named.filter((uuid) => !known.has(uuid))).toEqual([]);
  });
});

test("NIST's schema finds what is missing and what it does not know", () => {
  const { results: _, ...rest } = oscalResults(whole);
  expect(oscalFaults({ 'assessment-results': { ...rest, colour: 'red' } }).join('\n')).toMatch(
    /'results'[^]*additional/,
  );
});

test('the UUIDs are those of the run: the same each time, and others for another run', () => {
  expect(uuidsIn(renderOscal(whole))).toEqual(uuidsIn(renderOscal(structuredClone(whole))));
  const other = new Set(uuidsIn(renderOscal({ ...whole, runId: '20261221T030000Z-3f9a' })));
  expect(uuidsIn(renderOscal(whole)).filter((uuid) => other.has(uuid))).toEqual([]);
});

test('a finding is about the drill, and says that the record supports the control', () => {
  const findings = resultOf(whole)?.findings ?? [];
  expect(findings.map(({ props }) => props[0]?.value)).toEqual(whole.controls);
  for (const { target } of findings) {
    expect(target['target-id']).toMatch(/_restore-drill$/);
    expect(target.status).toMatchObject({ state: 'satisfied', reason: 'pass' });
    expect(target.status.remarks).toContain('supports the control');
  }
  expect(renderOscal(whole)).not.toMatch(/compl(?:y|ies|iant|iance)/i);
});

test('a failed run satisfies nothing, and one without an answer has no findings', () => {
  expect(statesOf(runEndedIn('recover'))).toEqual(['not-satisfied', 'not-satisfied']);
  expect(statesOf(sampleReport({ verdict: 'inconclusive' }))).toBeUndefined();
  expect(statesOf(sampleReport({ verdict: 'cancelled' }))).toBeUndefined();
});

test('the digests of the evidence and of the plan are in it, and each observation rests on the evidence', () => {
  const { results, 'back-matter': backMatter, 'import-ap': plan } = oscalResults(whole);
  const [planFile, log] = backMatter.resources;
  expect(plan.href).toBe(`#${planFile?.uuid}`);
  expect(planFile?.rlinks?.[0]?.hashes?.[0]?.value).toBe(whole.trigger.planSha256);
  expect(log?.rlinks?.[0]).toEqual({
    href: 'postgresql.log',
    hashes: [{ algorithm: 'SHA-256', value: whole.evidence[0]?.sha256 }],
  });
  for (const observation of results[0]?.observations ?? [])
    expect(observation['relevant-evidence']?.[0]?.href).toBe(`#${log?.uuid}`);
});

test('no value of restored data is in it', () => {
  const secret = 'alice@example.org';
  const check = sampleCheck({ status: 'failed', observed: secret, message: secret });
  const reason = sampleReason({ code: 'check-failed', message: `orders: expected 0, observed ${secret}` });
  const text = renderOscal(sampleReport({ verdict: 'failed', checks: [check], reasons: [reason] }));
  expect(text).toContain('Check: orders keep arriving');
  expect(text).not.toContain('alice');
});
