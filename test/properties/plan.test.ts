import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseDocument, stringify } from 'yaml';
import { z } from 'zod';
import { DrillError } from '../../src/core/errors.ts';
import type { DrillPlan } from '../../src/plan/drill-plan.ts';
import { loadPlans, PlanError } from '../../src/plan/load.ts';
import { planSchema } from '../../src/plan/schema.ts';
import { makeKeptDirectory, NOW } from '../fixtures/plans.ts';
import { expectHolds, hostileText } from '../fixtures/properties.ts';

const PLANS = globSync(join(import.meta.dirname, '../../examples/*.yaml')).map((path) => readFileSync(path, 'utf8'));

let directory = '';

beforeAll(() => {
  directory = makeKeptDirectory();
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** The plans of a text; or what is wrong with it, each with a place in the file, or none. */
function read(text: string): DrillPlan[] | PlanError {
  const file = join(directory, 'plan.yaml');
  writeFileSync(file, text);
  try {
    return loadPlans({ file, overrides: [], now: NOW });
  } catch (error) {
    expect(error).toBeInstanceOf(DrillError);
    expect(error, String(error)).toBeInstanceOf(PlanError);
    return error as PlanError;
  }
}

function expectLoadedOrLocated(text: string): void {
  const plans = read(text);
  if (!(plans instanceof PlanError)) {
    for (const plan of plans) expect(Object.isFrozen(plan.source)).toBe(true);
    return;
  }
  expect(plans.code).toBe('plan-invalid');
  expect(plans.problems.length).toBeGreaterThan(0);
  for (const { place, message, file } of plans.problems) {
    expect(message).not.toBe('');
    expect(file).not.toBeNull();
    if (place !== null)
      expect([place.line >= 1, place.line <= text.split('\n').length + 1, place.column >= 1]).not.toContain(false);
  }
}

const value = fc.oneof(
  fc.constantFrom(
    '',
    '~',
    'true',
    '-1',
    '0',
    '1e99',
    '.nan',
    '.inf',
    '[]',
    '{}',
    '"',
    "'",
    '- x',
    '*a',
    '&a [*a]',
    '&a {x: *a}',
    '!!binary aGk=',
    '!!set {a}',
    '!!js/function x',
    '? {a: 1}',
    '<<: *a',
    '0x10',
    '2026-11-21',
    '12:30',
    '|',
    '>-',
    '%YAML 1.1',
    '---',
    '...',
    '30m',
    '-15m',
    '1h',
    'latest',
    '[1, 1, 2]',
    '{ time: now }',
    '{ random: { within: 7d } }',
  ),
  hostileText,
);

/** A plan of the examples with a few lines taken out, doubled, shifted, cut or given other values. */
const mutated = fc
  .tuple(
    fc.constantFrom(...PLANS),
    fc.array(fc.tuple(fc.nat(), fc.constantFrom('drop', 'double', 'in', 'out', 'value', 'key', 'cut', 'swap'), value), {
      minLength: 1,
      maxLength: 4,
    }),
  )
  .map(([text, changes]) => {
    const lines = text.split('\n').filter((line) => !/^\s*(#|$)/.test(line));
    for (const [place, how, other] of changes) {
      const at = place % Math.max(lines.length, 1);
      const line = lines[at] ?? '';
      if (how === 'drop') lines.splice(at, 1);
      if (how === 'double') lines.splice(at, 0, line);
      if (how === 'in') lines[at] = `  ${line}`;
      if (how === 'out') lines[at] = line.replace(/^ {2}/, '');
      if (how === 'value') lines[at] = line.replace(/:.*/, () => `: ${other}`);
      if (how === 'key') lines[at] = line.replace(/[\w-]+:/, () => `${other}:`);
      if (how === 'cut') lines[at] = line.slice(0, place % (line.length + 1));
      if (how === 'swap') lines.splice(at, 0, ...lines.splice(-1));
    }
    return lines.join('\n').toWellFormed();
  });

test('a plan with whatever mistakes is loaded, or refused with their places', () => {
  expectHolds(fc.property(mutated, expectLoadedOrLocated));
});

test('any text is a plan or none, and never another error', () => {
  expectHolds(
    fc.property(
      fc.oneof(
        hostileText,
        fc.json(),
        fc.array(value).map((parts) => parts.join('\n')),
      ),
      expectLoadedOrLocated,
    ),
  );
});

/** Values in the places of a plan, well formed, and mostly of the wrong kind. */
const anything = fc.anything({ withBigInt: false, withDate: false, withNullPrototype: false, maxDepth: 3 });

test('a value of any kind in any place is taken or refused', () => {
  const places = [
    'name',
    'source',
    'target',
    'sandbox',
    'objectives',
    'retention',
    'checks',
    'controls',
    'schedule',
    'runbook',
    'evidence',
    'notify',
    'deadline',
    'reports',
    'description',
    '__proto__',
    'constructor',
  ];
  const plan = fc.tuple(
    fc.constantFrom(...PLANS),
    fc.dictionary(fc.constantFrom(...places), anything, { minKeys: 1, maxKeys: 3 }),
  );
  expectHolds(
    fc.property(plan, ([text, changes]) => {
      const whole: unknown = {
        ...(parseDocument(text).toJS() as object),
        ...(JSON.parse(JSON.stringify(changes)) as object),
      };
      expectLoadedOrLocated(stringify(whole));
    }),
  );
});

const withoutDigest = (given: DrillPlan[] | PlanError): unknown =>
  given instanceof PlanError
    ? given
    : given.map((plan) => ({ ...plan, fileSha256: null, schedule: plan.schedule?.text }));

test('what is loaded can be written down again, and is loaded alike', () => {
  expectHolds(
    fc.property(mutated, (text) => {
      const plans = read(text);
      if (plans instanceof PlanError) return;
      const written = stringify(z.encode(planSchema, planSchema.parse(parseDocument(text).toJS())));
      const again = read(written);
      expect(withoutDigest(again)).toEqual(withoutDigest(plans));
    }),
  );
});
