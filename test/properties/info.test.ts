import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { DrillError } from '../../src/core/errors.ts';
import { stanzaInfo } from '../../src/pgbackrest/info.ts';
import { parseJson } from '../../src/pgbackrest/pgbackrest.ts';
import { parseSegmentName } from '../../src/postgres/wal-segment.ts';
import { expectHolds, hostileText } from '../fixtures/properties.ts';

/** What pgBackRest 2.45 and 2.60 print of two repositories, one of them encrypted. */
const INFO = `[{"archive":[{"database":{"id":1,"repo-key":1},"id":"15-1","max":"00000001000000000000000B","min":"000000010000000000000001"},
{"database":{"id":1,"repo-key":2},"id":"15-1","max":null,"min":null}],
"backup":[{"annotation":{"a":"b"},"archive":{"start":"000000010000000000000002","stop":"000000010000000000000003"},
"backrest":{"format":5,"version":"2.60.0"},"database":{"id":1,"repo-key":1},"error":false,
"info":{"delta":30000000,"repository":{"delta":4000000,"delta-map":12},"size":31000000},"label":"20261121-015906F",
"lsn":{"start":"0/2000028","stop":"0/3000100"},"prior":null,"reference":null,"timestamp":{"start":1795226346,"stop":1795226350},"type":"full"},
{"archive":{"start":null,"stop":null},"backrest":{"format":5,"version":"2.45"},"database":{"id":1,"repo-key":2},"error":null,
"info":{"delta":1,"repository":{"delta":1},"size":31000000},"label":"20261121-015906F_20261121-020000I","prior":"20261121-015906F",
"reference":["20261121-015906F"],"timestamp":{"start":1795226346,"stop":1795226350},"type":"incr"}],
"cipher":"mixed","db":[{"id":1,"repo-key":1,"system-id":7710438438314332286,"version":"15"}],"name":"main",
"repo":[{"cipher":"none","key":1,"status":{"code":0,"message":"ok"}},{"cipher":"aes-256-cbc","key":2,"status":{"code":99,"message":"[CryptoError] x"}}],
"status":{"code":0,"lock":{"backup":{"held":false},"restore":{"held":false}},"message":"ok"}}]`;

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** The paths of all values in data. */
function pathsIn(data: Json, path: (string | number)[] = []): (string | number)[][] {
  const children = Array.isArray(data)
    ? [...data.entries()]
    : data !== null && typeof data === 'object'
      ? Object.entries(data)
      : [];
  return [path, ...children.flatMap(([key, item]) => pathsIn(item, [...path, key]))];
}

function changed(data: Json, [key, ...rest]: readonly (string | number)[], value: Json | undefined): Json | undefined {
  if (key === undefined) return value;
  if (Array.isArray(data))
    return data.flatMap((item, index) => (index === key ? (changed(item, rest, value) ?? []) : [item]));
  if (data === null || typeof data !== 'object') return data;
  const item = changed(data[key] ?? null, rest, value);
  return Object.fromEntries(
    Object.entries(data).flatMap(([name, old]) =>
      name !== key ? [[name, old]] : item === undefined ? [] : [[name, item]],
    ),
  ) as Json;
}

const original = parseJson(INFO) as Json;
const odd: fc.Arbitrary<Json | undefined> = fc.oneof(
  fc.constantFrom<(Json | undefined)[]>(
    undefined,
    null,
    true,
    -1,
    0,
    1.5,
    1e300,
    9_007_199_254_740_991,
    '',
    'x',
    '0/GG',
    '00000001000000000000000G',
    [],
    {},
    [null],
    'FFFFFFFF/FFFFFFFF',
    '00000001FFFFFFFFFFFFFFFF',
  ),
  hostileText,
  fc.jsonValue() as fc.Arbitrary<Json>,
);
const changes = fc.array(fc.tuple(fc.constantFrom(...pathsIn(original)), odd), { minLength: 1, maxLength: 3 });

function changedInfo(given: readonly (readonly [(string | number)[], Json | undefined])[]): Json {
  return given.reduce<Json>((data, [path, value]) => changed(data, path, value) ?? null, original);
}

function read(said: () => unknown): ReturnType<typeof stanzaInfo> | DrillError {
  try {
    return stanzaInfo(said(), 'main');
  } catch (error) {
    expect(error, String(error)).toBeInstanceOf(DrillError);
    return error as DrillError;
  }
}

test('info with whatever in it is understood or refused with a code; what is understood can be reckoned with', () => {
  expectHolds(
    fc.property(changes, (given) => {
      const info = read(() => changedInfo(given));
      if (info instanceof DrillError) {
        expect(['repo-unreadable', 'stanza-not-found']).toContain(info.code);
        return;
      }
      for (const { startedAt, stoppedAt, walStart, sizeBytes, type } of info.backups) {
        expect(startedAt.toISOString()).toMatch(/^\d{4}-/);
        expect(stoppedAt.toISOString()).toMatch(/^\d{4}-/);
        expect(Number.isSafeInteger(sizeBytes)).toBe(true);
        expect(['full', 'diff', 'incr']).toContain(type);
        expect(() => parseSegmentName(walStart ?? '', 16 * 1024 * 1024)).not.toThrow();
      }
    }),
  );
});

test('what pgBackRest prints is JSON or a fault of the repository, wherever it is cut and whatever stands in it', () => {
  expectHolds(
    fc.property(fc.nat(INFO.length), hostileText, fc.nat(20), (at, text, length) => {
      const info = read(() => parseJson(INFO.slice(0, at) + text + INFO.slice(at + length)));
      if (info instanceof DrillError) expect(['repo-unreadable', 'stanza-not-found']).toContain(info.code);
      expect(read(() => parseJson(`P00   WARN: ${text.replaceAll(/[\n[{]/g, ' ')}\n${INFO}`))).not.toBeInstanceOf(
        DrillError,
      );
    }),
  );
});

test('a system identifier keeps all its digits', () => {
  expectHolds(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (id) => {
      const info = read(() => parseJson(INFO.replace('7710438438314332286', String(id))));
      expect(info instanceof DrillError ? info : info.databases[0]?.systemId).toBe(String(id));
    }),
  );
});
