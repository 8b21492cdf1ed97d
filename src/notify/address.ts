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

/** A shorter path says nothing that is secret. */
const SECRET_PATH = 8;

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
    const { username, password, pathname, search } = url;
    const parts = [url.href, password, pathname, search].filter((part) => part.length >= SECRET_PATH);
    for (const part of parts) redactor.add(part);
    if (username === '' && password === '') return { url, headers: {} };
    [url.username, url.password] = ['', ''];
    const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return { url, headers: { authorization: `Basic ${Buffer.from(login).toString('base64')}` } };
  };
}
