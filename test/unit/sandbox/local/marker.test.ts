import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  disownRun,
  ownerIsAlive,
  readMarker,
  writeMarker,
  type RunMarker,
} from '../../../../src/sandbox/local/marker.ts';
import { temporaryDirectory } from '../../../fixtures/plans.ts';

const RUN = { runId: '20261121T034512Z-3f9a', drill: 'orders', keeps: 'nothing' } as const;

/** A marked directory, and its marker. */
function marked(): { directory: string; file: string; marker: RunMarker } {
  const directory = temporaryDirectory();
  writeMarker(directory, RUN);
  const marker = readMarker(directory);
  if (!marker) throw new Error('no marker');
  return { directory, file: join(directory, 'pgdrill-run.json'), marker };
}

test('a marked directory is ours, and says whose run it is', () => {
  const { marker } = marked();
  expect(marker).toMatchObject({ ...RUN, owner: { pid: process.pid } });
  expect(ownerIsAlive(marker)).toBe(true);
});

test('a marker that could not be written is as it was before', () => {
  const { directory, file, marker } = marked();
  mkdirSync(`${file}.new`);
  expect(() => disownRun(directory)).toThrow(/EISDIR/);
  expect(readMarker(directory)).toEqual(marker);
});

describe('a directory is not ours when', () => {
  test.each([
    ['its marker is empty', ''],
    ['its marker is cut short', '{"marker":"pgdrill-run","runId":"x"'],
    ['its marker is of another program', '{"marker":"restore-drill","runId":"x","drill":"y"}'],
    ['its marker is an array', '[]'],
  ])('%s', (_, text) => {
    const { directory, file } = marked();
    writeFileSync(file, text);
    expect(readMarker(directory)).toBeNull();
  });

  test.each(['marker', 'runId', 'drill', 'createdAt', 'keeps', 'owner'])('its marker lacks %s', (key) => {
    const { directory, file } = marked();
    const { [key]: _, ...rest } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    writeFileSync(file, JSON.stringify(rest));
    expect(readMarker(directory)).toBeNull();
  });

  test('it has no marker, or does not exist', () => {
    expect(readMarker(temporaryDirectory())).toBeNull();
    expect(readMarker('/no/such/directory')).toBeNull();
  });
});

describe('the owner of a run is gone when', () => {
  test.each<[string, Partial<RunMarker['owner']>]>([
    ['the machine was started anew', { bootId: 'another' }],
    ['its number belongs to a later process', { startTicks: '1' }],
    ['nobody has its number', { pid: 2 ** 30 }],
    ['when it began is not known', { startTicks: null }],
  ])('%s', (_, owner) => {
    const { marker } = marked();
    expect(ownerIsAlive({ ...marker, owner: { ...marker.owner, ...owner } })).toBe(false);
  });
});
