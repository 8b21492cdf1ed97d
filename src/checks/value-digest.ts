import { createHash } from 'node:crypto';

const BYTEA = 17;

/** What a text holds where its bytes are no UTF-8: of those nothing is known any more. */
const REPLACEMENT = '\uFFFD';

/**
 * The SHA-256 of a value, in lower-case hexadecimal: of the bytes of a bytea, of any other type its text in UTF-8. Null: its
 * bytes cannot be told, since the text is no UTF-8 or the bytea is not in hexadecimal.
 */
export function valueDigest(value: string, type: number): string | null {
  const bytes = type === BYTEA ? byteaOf(value) : value.includes(REPLACEMENT) ? null : Buffer.from(value, 'utf8');
  return bytes === null ? null : createHash('sha256').update(bytes).digest('hex');
}

function byteaOf(value: string): Buffer | null {
  return /^\\x(?:[0-9a-f]{2})*$/.test(value) ? Buffer.from(value.slice(2), 'hex') : null;
}
