import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  damagedWorkspace,
  onThisMachineAlone,
  command,
  leftovers,
  startCommand,
  sweepOf,
  workspace,
  writePlan,
  type Workspace,
} from '../fixtures/drill.ts';
import { until } from '../fixtures/until.ts';

/** The words of a shell on the copy that the drill of a workspace recovers, with words for psql. */
function shell(place: Workspace, options: readonly string[], ...psql: string[]): string[] {
  const plan = writePlan(place, 'shell', { name: place.name });
  const places = ['--config', place.config, '--reports', place.reports];
  return ['shell', plan, ...places, ...options, '--', '-XAtq', ...psql];
}

test('what psql says is all there is on stdout, what is done to the copy is gone with it, and the drill counts', async () => {
  const place = workspace();
  const words = shell(
    place,
    [],
    '-c',
    'set default_transaction_read_only = off',
    '-c',
    'create table of_mine (i int)',
    '-c',
    "select 'at ' || inet_server_port() is null, to_regclass('of_mine')",
  );
  // Where production is by the user's own variables, psql must not go.
  const run = await command(place, words, {
    PGHOST: '/nowhere',
    PGPORT: '1',
    PGOPTIONS: '-c default_transaction_read_only=on',
  });
  expect(run).toMatchObject({ status: 0, stdout: 't|of_mine\n' });
  expect(run.stderr).toContain('The copy stays until psql ends, 8h 00m at most.');
  expect(run.stderr).toMatch(/PASSED/);
  expect(leftovers(place)).toEqual([]);
});

test('psql ends when its time is over', async () => {
  const place = workspace();
  const run = await command(place, shell(place, ['--ttl', '500ms'], '-c', 'select pg_sleep(3600)'));
  expect(run.status).toBe(0);
  expect(leftovers(place)).toEqual([]);
});

test('what a killed shell leaves is swept, as of any run', async () => {
  const place = workspace();
  const run = startCommand(
    place,
    shell(place, [], '-c', `\\! touch ${join(place.root, 'there')}`, '-c', 'select pg_sleep(3600)'),
  );
  await until('psql is there', () => existsSync(join(place.root, 'there')));
  run.kill('SIGKILL');
  await sweepOf(place);
  await run.ended;
  expect(leftovers(place)).toEqual([]);
});

onThisMachineAlone(() => {
  test('of a backup that cannot be restored there is no copy to look at', async () => {
    const place = damagedWorkspace();
    const full = readdirSync(join(place.repo, 'backup/shop')).find((name) => name.endsWith('F')) ?? '';
    rmSync(join(place.repo, 'backup/shop', full, 'pg_data/base/1/1247.zst'));
    const run = await command(place, shell(place, ['--backup', full], '-c', 'select 1'));
    expect(run).toMatchObject({ status: 1, stdout: '' });
    expect(run.stderr).toContain('There was no copy to look at.');
    expect(leftovers(place)).toEqual([]);
  });
});
