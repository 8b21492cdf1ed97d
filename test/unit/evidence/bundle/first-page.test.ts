import { join } from 'node:path';
import { rmSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import type { BundledRun } from '../../../../src/evidence/bundle/bundled-run.ts';
import { describeBundle } from '../../../../src/evidence/bundle/describe.ts';
import type { BundleRecord } from '../../../../src/evidence/bundle/overview.ts';
import { bundleMarkdown } from '../../../../src/evidence/bundle/print.ts';
import { readHistory } from '../../../../src/store/past-runs.ts';
import { makeKeptDirectory } from '../../../fixtures/plans.ts';
import { recordRun } from '../../../fixtures/signed-reports.ts';

const MARCH = { from: '2026-03-01T00:00:00.000Z', until: '2026-04-01T00:00:00.000Z' };
const TERMS = { bundleVersion: 1, pgdrill: '0.1.0', ...MARCH, drill: null, withoutValues: false } as const;
let ended: BundledRun['ended'] = null;

/** A failed run of a drill for a control that asks for one each quarter. */
beforeAll(async () => {
  const reports = makeKeptDirectory();
  await recordRun(join(reports, 'reports'), 0, { signer: null, verdict: 'failed', controls: ['CIS-11.5'] });
  ended = readHistory(join(reports, 'reports'), null).runs[0] ?? null;
  return () => rmSync(reports, { recursive: true, force: true });
});

function pageOf(run: Partial<BundledRun>, changes: Partial<BundleRecord> = {}): string {
  const startedAt = '2026-03-08T03:00:00.000Z';
  const place = { drill: 'orders', run: '20260308T030000Z-0000', number: 1, startedAt };
  const whole: BundledRun = { ...place, outcome: 'failed', ended, report: null, isSigned: false, reviews: [], ...run };
  const record: BundleRecord = {
    terms: TERMS,
    runs: [whole],
    passedBefore: () => null,
    ranBefore: new Map(),
    planned: [],
    problems: [],
    notes: [],
    keys: ['a key'],
    keysNamed: true,
    missed: [],
    firstBegun: () => '2020-01-01T00:00:00.000Z',
    selfTest: null,
    ledgerEnd: null,
  };
  return bundleMarkdown(describeBundle({ ...record, ...changes }));
}

test('a cadence is not kept by a drill that has never passed, however short the period', () => {
  expect(pageOf({})).toMatch(/CIS-11\.5.*not shown.*no passed run is on record \| longest time without/);
  expect(pageOf({ outcome: 'passed' })).toMatch(/CIS-11\.5.*✓ kept: at least one in 92 days/);
  expect(pageOf({}, { passedBefore: () => '2026-02-20T03:00:00.000Z' })).toMatch(/CIS-11\.5.*✓ kept/);
});

test('a drill of before that did not run in the period is a gap, and so is its control', () => {
  const page = pageOf({}, { ranBefore: new Map([['users', ['DORA Art. 12']]]) });
  expect(page).toMatch(/\| \*\*DORA Art\. 12\*\* \|.*users: 0 of 0 passed/);
  expect(page).toMatch(/\| \*\*users\*\* \| 0 \|/);
});

test('a run without an end in a period that is over waits for somebody', () => {
  expect(pageOf({ outcome: 'under way', ended: null })).toMatch(/03:00 UTC under way: nobody has said/);
});

test('a review whose statement is not there is none', () => {
  const review = { by: 'Ada', decision: 'accepted', note: null, at: MARCH.from, file: null } as const;
  const page = pageOf({ reviews: [review] });
  expect(page).toMatch(/failed: nobody has said that it was looked at/);
  expect(page).toMatch(/✗ accepted by Ada: the statement is not there/);
});

test('a run that was signed later is signed', () => {
  expect(pageOf({ isSigned: true })).toContain('1 of 1 reports are signed.');
});

test('where nobody has signed anything, it does not say that nothing was changed', () => {
  expect(pageOf({}, { keys: [] })).not.toContain('Nothing on record was changed');
});
