import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { drill, startDrill, workspace } from '../fixtures/drill.ts';
import { trial } from './trial.ts';

trial('E6', async () => {
  const place = workspace();
  const codes = async (): Promise<string[]> =>
    (await drill(place)).report?.reasons.map(({ code }) => code) ?? ['no report'];
  for (const _ of [1, 2, 3]) expect(await codes()).not.toContain('rto-regression');
  const programs = join(place.root, 'bin');
  mkdirSync(programs);
  const slow = `#!/bin/bash
case " $* " in *' restore '*) sleep 8 ;; esac
exec /usr/bin/bwrap "$@"
`;
  writeFileSync(join(programs, 'bwrap'), slow);
  chmodSync(join(programs, 'bwrap'), 0o755);
  const run = await startDrill(place, [], { PATH: `${programs}:${process.env['PATH'] ?? ''}` }).finished;
  const warning = run.report?.reasons.find(({ code }) => code === 'rto-regression');
  expect(warning).toMatchObject({ phase: 'restore' });
  expect(warning?.message).toContain('the data did not grow');
  expect(run.status).toBe(0);
  return run;
});
