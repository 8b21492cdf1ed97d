import { test } from 'vitest';
import { drill, workspace, leftovers } from '../fixtures/drill.ts';
test('try', async () => {
  const place = workspace();
  const run = await drill(place, ...(process.env['TRY_ARGS'] ?? '').split(' ').filter(Boolean));
  console.log(run.status, run.stderr, JSON.stringify(run.report?.reasons), JSON.stringify(run.report?.sandbox.server), JSON.stringify(run.report?.cleanup), JSON.stringify(run.report?.rto), leftovers(place));
});
