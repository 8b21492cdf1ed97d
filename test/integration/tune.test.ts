import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { tuneSchema } from '../../src/tune/document.ts';
import { command, leftovers, startCommand, workspace, writePlan, type Workspace } from '../fixtures/drill.ts';
import { until } from '../fixtures/until.ts';

function argsFor(place: Workspace, ...more: string[]): string[] {
  const plan = writePlan(place, 'tune', {
    source: { stanza: 'shop', processMax: 1 },
    sandbox: { scratch: place.scratch, settings: { recovery_prefetch: 'off' } },
    checks: [{ name: 'is never asked', sql: 'SELECT 1/0', expect: { equals: 1 } }],
  });
  return ['tune', plan, '--config', place.config, '--reports', place.reports, ...more];
}

test('the same backup is drilled as configured and in other ways, and is no run of the drill', async () => {
  const place = workspace();
  const only = ['processMax', 'recoveryPrefetch'].flatMap((id) => ['--only', id]);
  const run = await command(place, argsFor(place, '--json', ...only));
  const found = tuneSchema.parse(JSON.parse(run.stdout));
  expect(run.status).toBe(0);
  expect(found).toMatchObject({ ended: null, left: [], sandbox: 'local', backup: expect.stringMatching(/I$/) });
  const ids = found.tried.map(({ id }) => id);
  expect(ids.slice(0, 2)).toEqual(['as configured', expect.stringMatching(/^process-max=/)]);
  expect(ids).toContain('recovery_prefetch=on');
  const [now, ...others] = found.tried;
  expect(now).toMatchObject({ ratio: 1, lines: [] });
  for (const one of others) {
    expect(one).toMatchObject({ drills: 1, walBytes: now?.walBytes, why: null });
    expect(one.ratio).toBe((one.rtoMs ?? 0) / (now?.rtoMs ?? 0));
  }
  expect(existsSync(place.reports)).toBe(false);
  expect(leftovers(place)).toEqual([]);
});

test('Ctrl-C in a drill: what was tried is told, and nothing is left', async () => {
  const place = workspace();
  const { ended, kill } = startCommand(place, argsFor(place));
  await until('a drill is at work', () => leftovers(place).length > 0);
  kill('SIGINT');
  expect(await ended).toMatchObject({ status: 130 });
  expect(leftovers(place)).toEqual([]);
});

test('what is no way to tune is refused before anything begins', async () => {
  const place = workspace();
  const bad = await command(place, argsFor(place, '--drills', '0'));
  expect(bad).toMatchObject({ status: 2, stderr: expect.stringContaining('--drills 0 is no number from 1 to 99') });
  const unknown = await command(place, argsFor(place, '--only', 'sharedBuffer'));
  expect(unknown).toMatchObject({ status: 2, stderr: expect.stringContaining('sharedBuffers') });
  expect(leftovers(place)).toEqual([]);
});
