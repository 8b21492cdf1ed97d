import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadPlans } from '../../../src/plan/load.ts';

const EXAMPLES = join(import.meta.dirname, '../../../examples');
const NOW = new Date('2026-06-01T00:00:00Z');
const load = (name: string) => loadPlans({ file: join(EXAMPLES, name), overrides: [], now: NOW });

describe('the example plans', () => {
  const names = readdirSync(EXAMPLES).filter((name) => name.endsWith('.yaml'));

  it.each(names)('%s is a plan without a problem, and has the name of its file', (name) => {
    for (const plan of load(name)) expect(`${plan.name}.yaml`).toBe(name);
  });

  it('two-repositories.yaml makes one drill for each repository', () => {
    expect(load('two-repositories.yaml').map(({ source }) => source.repo)).toEqual([1, 2]);
  });

  it('orders.yaml reads the query of a check from its file', () => {
    const check = load('orders.yaml')[0]?.checks.find(({ name }) => name === 'no orphan lines');
    expect(check).toMatchObject({ kind: 'sql', sql: expect.stringContaining('left join orders') as unknown });
  });
});
