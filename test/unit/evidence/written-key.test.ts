import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { keyPlaceIn } from '../../../src/evidence/written-key.ts';
import { loadPlans } from '../../../src/plan/load.ts';
import { directoryWith, NOW, plansOf } from '../../fixtures/plans.ts';

const plan = (evidence: string): string => `name: orders\nsource: { stanza: main }\nevidence: ${evidence}\n`;

describe('a plan says where the key is', () => {
  test.each<[string, (from: string) => object]>([
    ['{ key: "file:/etc/drills.key" }', () => ({ by: 'file', path: '/etc/drills.key' })],
    ['{ key: "file:keys/drills.key" }', (from) => ({ by: 'file', path: join(from, 'keys/drills.key') })],
    ['{ key: "env:DRILL_KEY" }', () => ({ by: 'variable', name: 'DRILL_KEY' })],
    [
      '{ signWith: [sign, --now], publicKey: drills.pub }',
      (from) => ({ by: 'program', argv: ['sign', '--now'], publicKey: join(from, 'drills.pub'), directory: from }),
    ],
  ])('%s', (evidence, place) => {
    const from = directoryWith({ 'plan.yaml': plan(evidence) });
    expect(loadPlans({ file: join(from, 'plan.yaml'), overrides: [], now: NOW })[0]?.evidence).toEqual(place(from));
  });

  test('or does not', () => {
    expect(plansOf('name: orders\nsource: { stanza: main }\n')[0]?.evidence).toBeNull();
  });
});

test.each([
  ['{ kye: "file:/k" }', /evidence.kye: is not known here; did you mean key\?/],
  ['{ key: /etc/drills.key }', /evidence.key: has to be file:\/path\/to\/key or env:NAME/],
  ['{ key: "env:A B" }', /evidence.key: has to be file:/],
  ['{ signWith: [sign] }', /evidence.publicKey: is needed/],
  ['{ signWith: [], publicKey: p }', /evidence.signWith: is empty/],
  ['{ key: "file:/k", signWith: [sign], publicKey: p }', /evidence/],
  ['file:/etc/drills.key', /evidence: has to be { key: file:\/path }/],
])('evidence: %s is refused', (evidence, message) => {
  expect(() => plansOf(plan(evidence))).toThrow(message);
});

test.each([
  ['', null],
  ['file:/etc/drills.key', { by: 'file', path: '/etc/drills.key' }],
  ['env:OTHER', { by: 'variable', name: 'OTHER' }],
])('PGDRILL_EVIDENCE=%s', (value, place) => {
  expect(keyPlaceIn({ PGDRILL_EVIDENCE: value })).toEqual(place);
});

test('PGDRILL_EVIDENCE with something else is refused', () => {
  expect(() => keyPlaceIn({ PGDRILL_EVIDENCE: '/etc/drills.key' })).toThrow(/PGDRILL_EVIDENCE: .* has to be file:/);
});
