import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { besidePlan } from '../../../src/checks/beside-plan.ts';
import { temporaryDirectory } from '../../fixtures/plans.ts';

/** A directory with a plan, and files beside it. */
function planDirectory(): string {
  const base = temporaryDirectory();
  mkdirSync(join(base, 'checks'));
  writeFileSync(join(base, 'checks/x.sh'), '');
  writeFileSync(join(base, 'x.sh'), '');
  return base;
}

test.each([
  [['checks/x.sh'], ['checks']],
  [['./checks/x.sh', 'a'], ['checks']],
  [['sh', './x.sh'], ['x.sh']],
  [['psql', '--file=checks/x.sh'], ['checks']],
  [['pg_prove', 'checks/'], ['checks']],
  [['x.sh'], []],
  [['checks/absent.sh'], []],
  [['../x.sh', '/usr/bin/psql', './', '.'], []],
])('%j names %j', (command, expected) => {
  const base = planDirectory();
  expect(besidePlan(command, base)).toEqual(expected.map((name) => join(base, name)));
});
