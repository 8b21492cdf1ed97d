import { readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bucketProtection } from '../../src/check-up/s3-bucket.ts';
import { DrillError } from '../../src/core/errors.ts';
import { s3PlaceOf, type S3Place } from '../../src/pgbackrest/s3-place.ts';
import { makeTestDirectory } from '../fixtures/cluster.ts';
import { makeCertificates, type Certificates } from '../fixtures/repositories/certificates.ts';
import { s3Lines } from '../fixtures/repositories/option-lines.ts';

// s3rver knows neither versions nor locks: here a server answers with what the reference of S3 shows.
const root = makeTestDirectory('bucket');
let certificates: Certificates;
let server: Server;
let asked: string[] = [];
let answers: Readonly<Record<string, readonly [status: number, body: string]>> = {};

beforeAll(async () => {
  certificates = makeCertificates(root, '127.0.0.1');
  const { key, cert } = certificates;
  server = createServer(
    { key: readFileSync(key), cert: readFileSync(cert) },
    ({ method, url = '', headers }, answer) => {
      asked.push(
        `${method ?? ''} ${headers.host ?? ''}${url} ${headers.authorization?.replace(/Signature=.*/, '') ?? ''}`,
      );
      const [status, body] = answers[url.split('?')[1]?.replace('=', '') ?? ''] ?? [404, ''];
      answer.writeHead(status).end(body);
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(root, { recursive: true, force: true });
});

function placeOf(style: 'path' | 'host', ...more: string[]): S3Place | null {
  const { port } = server.address() as AddressInfo;
  const lines = [...s3Lines({ address: '127.0.0.1', port, certificates }, style), ...more];
  const options = new Map(
    lines.map((line): [string, string[]] => [line.split('=')[0] ?? '', [line.slice(line.indexOf('=') + 1)]]),
  );
  return s3PlaceOf({ key: 1, type: 's3', host: null, path: '/shop', cipher: 'none' }, options);
}

async function protection(style: 'path' | 'host' = 'path') {
  const place = placeOf(style);
  if (place === null) throw new Error('no place');
  asked = [];
  return bucketProtection(place, new AbortController().signal);
}

const VERSIONED =
  '<?xml version="1.0"?><VersioningConfiguration xmlns="x"><Status>Enabled</Status></VersioningConfiguration>';
const LOCKED = `<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention>
  <Mode>COMPLIANCE</Mode><Days>30</Days></DefaultRetention></Rule></ObjectLockConfiguration>`;

describe('a bucket', () => {
  test('with versions and a lock', async () => {
    answers = { versioning: [200, VERSIONED], 'object-lock': [200, LOCKED] };
    expect(await protection()).toEqual({ versioning: 'enabled', objectLock: { mode: 'compliance', days: 30 } });
  });

  test('is asked by signed GET requests alone, as pgBackRest reaches it', async () => {
    answers = { versioning: [200, VERSIONED], 'object-lock': [200, LOCKED] };
    await protection('path');
    const signed =
      /^GET 127\.0\.0\.1\/drill\?(versioning|object-lock)=? AWS4-HMAC-SHA256 Credential=S3RVER\/\d{8}\/us-east-1\/s3\/aws4_request, /;
    expect(asked).toEqual([expect.stringMatching(signed), expect.stringMatching(signed)]);
  });

  test.each([
    ['years', LOCKED.replace('<Days>30</Days>', '<Years>2</Years>'), { mode: 'compliance', days: 730 }],
    [
      'no rule',
      '<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>',
      null,
    ],
  ])('with a lock of %s', async (_, body, objectLock) => {
    answers = { versioning: [200, VERSIONED.replace('Enabled', 'Suspended')], 'object-lock': [200, body] };
    expect(await protection()).toEqual({ versioning: 'suspended', objectLock });
  });

  test('that never had either', async () => {
    answers = {
      versioning: [200, '<VersioningConfiguration/>'],
      'object-lock': [404, '<Error><Code>ObjectLockConfigurationNotFoundError</Code></Error>'],
    };
    expect(await protection()).toEqual({ versioning: 'off', objectLock: null });
  });

  test.each([
    ['is not there', 404, '<Error><Code>NoSuchBucket</Code></Error>', /versioning: 404 NoSuchBucket/],
    ['somebody else answers for', 200, '<html>Welcome</html>', /versioning: 200 no reason/],
  ] as const)('that %s: nothing is claimed', async (_, status, body, said) => {
    answers = { versioning: [status, body], 'object-lock': [404, ''] };
    await expect(protection()).rejects.toThrow(said);
  });

  test('that does not say: nothing is claimed', async () => {
    answers = { versioning: [403, '<Error><Code>AccessDenied</Code></Error>'] };
    await expect(protection()).rejects.toThrow(/does not say its versioning: 403 AccessDenied/);
  });

  test('that answers with an error to all: nothing is claimed', async () => {
    answers = { versioning: [200, VERSIONED], 'object-lock': [501, ''] };
    await expect(protection()).rejects.toThrow(DrillError);
  });
});

test('a certificate of somebody else is not trusted', async () => {
  const place = placeOf('path');
  if (place === null) throw new Error('no place');
  await expect(bucketProtection({ ...place, ca: null }, new AbortController().signal)).rejects.toThrow(
    /did not say its versioning: /,
  );
});

test('an endpoint that makes no URL is no bug of ours', async () => {
  const place = placeOf('path');
  if (place === null) throw new Error('no place');
  const odd = { ...place, url: 'https://drill.127.0.0.1:9/' };
  await expect(bucketProtection(odd, new AbortController().signal)).rejects.toThrow(DrillError);
});

test.each([
  ['by host', 'https://drill.s3.amazonaws.com/', 'host'],
  ['by path', 'https://127.0.0.1/drill', 'path'],
] as const)('a bucket %s has the URL %s', (_, url, style) => {
  expect(placeOf(style)).toMatchObject({ url, key: 'S3RVER', verifyTls: true, connect: { host: '127.0.0.1' } });
});

test('credentials that the machine gets from elsewhere are left to pgBackRest', () => {
  expect(placeOf('path', 'repo1-s3-key-type=auto')).toBeNull();
});
