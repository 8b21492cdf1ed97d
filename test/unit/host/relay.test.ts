import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openRelay, removeDeadRelays } from '../../../src/host/relay.ts';
import { temporaryDirectory } from '../../fixtures/plans.ts';

/** A directory as a killed pgdrill leaves it. */
async function deadRelay(directory: string): Promise<void> {
  mkdirSync(directory);
  const listen = `require('node:net').createServer().listen(process.argv[1], () => console.log('up'))`;
  const child = spawn(process.execPath, ['-e', listen, join(directory, '.s.PGSQL.1')]);
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
}

test('relays of a pgdrill that was killed are removed; of one that lives, and of others, they are not', async () => {
  const place = temporaryDirectory();
  vi.stubEnv('TMPDIR', place);
  onTestFinished(() => void vi.unstubAllEnvs());
  const alive = await openRelay(() => Promise.reject(new Error('nobody is to be reached')), '/nowhere', 20_000);
  await deadRelay(join(place, 'pgdrill-relay-dead'));
  await deadRelay(join(place, 'somebody-else'));
  mkdirSync(join(place, 'pgdrill-relay-about-to-listen'));
  await removeDeadRelays();
  expect(
    readdirSync(place)
      .filter((name) => !alive.directory.endsWith(name))
      .toSorted(),
  ).toEqual(['pgdrill-relay-about-to-listen', 'somebody-else']);
  expect(readdirSync(alive.directory)).toEqual(['.s.PGSQL.20000']);
  await alive.close();
  expect(readdirSync(place)).toHaveLength(2);
});
