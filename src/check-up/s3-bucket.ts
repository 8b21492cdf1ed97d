import { request } from 'node:https';
import { isIP } from 'node:net';
import { AwsV4Signer } from 'aws4fetch';
import { DrillError, messageOf } from '../core/errors.ts';
import type { S3Place } from '../pgbackrest/s3-place.ts';

/** What keeps the files in a bucket from being lost. */
export interface BucketProtection {
  /** `suspended`: older versions are kept, new ones are not. */
  readonly versioning: 'enabled' | 'suspended' | 'off';
  /** What holds for each new object unless it says otherwise; null: nothing. */
  readonly objectLock: { readonly mode: string; readonly days: number } | null;
}

/**
 * Asks a bucket for its protection, with the credentials of the configuration: two GET requests. Whether these could delete is not
 * asked: S3 has no question for that, and a DELETE that is meant to fail leaves a delete marker where a service takes it.
 * Throws a DrillError when the bucket does not say.
 */
export async function bucketProtection(place: S3Place, signal: AbortSignal): Promise<BucketProtection> {
  const versioning = await ask(place, { name: 'versioning', element: 'VersioningConfiguration' }, signal);
  const lock = await ask(place, { name: 'object-lock', element: 'ObjectLockConfiguration' }, signal);
  return { versioning: versioningIn(versioning ?? ''), objectLock: lock === null ? null : objectLockIn(lock) };
}

/** `<VersioningConfiguration><Status>Enabled</Status>…`; one that never had any has no status. */
function versioningIn(xml: string): BucketProtection['versioning'] {
  const status = /<Status>(\w+)<\/Status>/.exec(xml)?.[1]?.toLowerCase();
  return status === 'enabled' || status === 'suspended' ? status : 'off';
}

/** `<ObjectLockConfiguration>…<DefaultRetention><Mode>COMPLIANCE</Mode><Days>30</Days>…`; without a rule nothing is locked. */
function objectLockIn(xml: string): BucketProtection['objectLock'] {
  const mode = /<Mode>(\w+)<\/Mode>/.exec(xml)?.[1];
  const [, count, unit] = /<(?=Days|Years)\w+>(\d+)<\/(Days|Years)>/.exec(xml) ?? [];
  if (mode === undefined || count === undefined) return null;
  return { mode: mode.toLowerCase(), days: Number(count) * (unit === 'Years' ? 365 : 1) };
}

/** What is asked of a bucket, and the element that an answer has. */
interface Question {
  readonly name: string;
  readonly element: string;
}

/**
 * The answer to a question about the bucket; null: it has no such thing (404 `ObjectLockConfigurationNotFoundError`). A bucket that
 * is not there, or somebody else who answers in its place, says nothing of it.
 */
async function ask(place: S3Place, { name, element }: Question, signal: AbortSignal): Promise<string | null> {
  const { status, text } = await askSigned(place, name, signal).catch((cause: unknown) => {
    const what = `the bucket ${place.bucket} did not say its ${name}: ${messageOf(cause)}`;
    throw new DrillError('repo-unreadable', what, { cause });
  });
  const code = /<Code>(\w+)<\/Code>/.exec(text)?.[1] ?? 'no reason';
  if (status === 200 && text.includes(`<${element}`)) return text;
  if (status === 404 && code.startsWith(element)) return null;
  throw new DrillError(
    'repo-permission-denied',
    `the bucket ${place.bucket} does not say its ${name}: ${status} ${code}`,
    { hint: 'allow s3:GetBucketVersioning and s3:GetBucketObjectLockConfiguration, or leave --protection out' },
  );
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Rejects with whatever kept the answer away: an endpoint that makes no URL, a connection, a certificate. */
async function askSigned(place: S3Place, question: string, signal: AbortSignal): Promise<Answer> {
  const { key, secret, token, region } = place;
  const signer = new AwsV4Signer({
    url: `${place.url}?${question}`,
    accessKeyId: key,
    secretAccessKey: secret,
    ...(token === null ? {} : { sessionToken: token }),
    service: 's3',
    region,
  });
  const { url, headers } = await signer.sign();
  return send(url, headers, place, signal);
}

const LARGEST_ANSWER = 64 * 1024;

function send(url: URL, headers: Headers, { connect, ca, verifyTls }: S3Place, signal: AbortSignal): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const asked = request(
    {
      host: connect.host,
      port: connect.port,
      // An address is no name of a server (RFC 6066).
      ...(isIP(url.hostname) === 0 ? { servername: url.hostname } : {}),
      path: `${url.pathname}${url.search}`,
      headers: { ...Object.fromEntries(headers), host: url.host },
      rejectUnauthorized: verifyTls,
      ...(ca === null ? {} : { ca }),
      signal,
    },
    (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (piece: string) => {
        if (text.length < LARGEST_ANSWER) text += piece;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
      answer.on('error', reject);
    },
  );
  asked.on('error', reject);
  asked.end();
  return promise;
}
