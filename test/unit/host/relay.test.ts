import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, renameSync, symlinkSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openRelay, openRelayHere, removeDeadRelays } from '../../../src/host/relay.ts';
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

/** A server that says its name to whoever comes, and ends. */
async function named(name: string, path: string): Promise<Server> {
  const server = createServer((socket) => socket.end(name));
  server.listen(path);
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return server;
}

/** All that comes from a socket until it ends. */
async function heardAt(path: string): Promise<string> {
  const pieces: Buffer[] = [];
  const socket = connect(path);
  socket.on('data', (piece: Buffer) => pieces.push(piece));
  await once(socket, 'close');
  return Buffer.concat(pieces).toString();
}

test('a program gets to the socket of the copy, and not where a link leads that the copy has put there', async () => {
  const place = temporaryDirectory();
  const socket = join(place, '.s.PGSQL.20001');
  await named('copy', socket);
  await named('production', join(place, 'production'));
  const relay = await openRelayHere(place, 20_001);
  onTestFinished(() => relay.close());
  const way = join(relay.directory, '.s.PGSQL.20001');
  expect(await heardAt(way)).toBe('copy');
  renameSync(socket, join(place, 'aside'));
  symlinkSync(join(place, 'production'), socket);
  expect(await heardAt(way)).toBe('');
});
