import { percentDecoded } from '../core/percent-decoded.ts';
import { z } from 'zod';
import { DrillError } from '../core/errors.ts';
import type { Address } from './kinds/kind.ts';
import { secretWords, type Reveal, type WrittenSecret } from './secret.ts';

/** An address that is no secret, as a plan may write it. */
export const writtenAddress = z.string().refine(isPlainAddress, {
  error: 'has to be an address such as https://ntfy.example.org, without a password or a query in it',
});

function isPlainAddress(text: string): boolean {
  const url = URL.parse(text);
  return (
    url !== null && isHttp(url) && url.username === '' && url.password === '' && url.search === '' && url.hash === ''
  );
}

function isHttp({ protocol }: URL): boolean {
  return protocol === 'https:' || protocol === 'http:';
}

/** The same as an address. */
export function plainAddress(text: string): URL {
  return new URL(text);
}

/** A shorter path, or value of a query, says nothing that is secret. */
const SECRET_PART = 8;
/** A shorter part of a path may be a word, such as `services`. */
const SECRET_SEGMENT = 16;

/**
 * Gets at an address that is a secret. What of it may turn up in a text by itself (its path, its password) is kept out as well. A
 * name and a password in it go into a header, as programs do. Rejects with `secret-unusable`.
 */
export function addresses(reveal: Reveal, redactor: { add(secret: string): void }) {
  return async (written: WrittenSecret): Promise<Address> => {
    const url = URL.parse((await reveal(written)).trim());
    if (url === null || !isHttp(url)) {
      throw new DrillError(
        'secret-unusable',
        `${secretWords(written)} is no address that begins with https:// or http://`,
      );
    }
    const [user, password] = [percentDecoded(url.username), percentDecoded(url.password)];
    const login = `${user}:${password}`;
    const isLogin = url.username !== '' || url.password !== '';
    for (const part of [...partsOf(url), url.password, password, ...(isLogin ? [login] : [])]) redactor.add(part);
    if (!isLogin) return { url, headers: {} };
    [url.username, url.password] = ['', ''];
    return { url, headers: { authorization: `Basic ${Buffer.from(login).toString('base64')}` } };
  };
}

/** What a service may say of an address: all of it, its path or the last part of that, a value of its query. */
function partsOf({ href, pathname, search, searchParams }: URL): string[] {
  const long = [href, pathname, search, ...searchParams.values()].filter(({ length }) => length >= SECRET_PART);
  const segments = pathname.split('/').filter(({ length }) => length >= SECRET_SEGMENT);
  return [...long, ...segments, ...segments.map(percentDecoded)];
}
