import { resolve } from 'node:path';
import { z } from 'zod';
import { DrillError } from '../core/errors.ts';
import type { KeyPlace } from './signers/index.ts';

const PLACE = /^(file:.+|env:[A-Za-z_][A-Za-z0-9_]*)$/s;

/** The block of a plan that says what signs its runs. */
export const writtenKey = z.union(
  [
    z.strictObject({
      key: z
        .string()
        .regex(PLACE, 'has to be file:/path/to/key or env:NAME')
        .describe('the key that signs each run: file:/path, or env:NAME for the text of it'),
    }),
    z.strictObject({
      signWith: z
        .array(z.string().min(1))
        .min(1)
        .describe('or a command that signs: it reads what is to be signed, and prints 64 bytes or base64 of them'),
      publicKey: z.string().min(1).describe('with signWith: the file of the public key, in PEM'),
    }),
  ],
  { error: 'has to be { key: file:/path }, { key: env:NAME } or { signWith: [command, …], publicKey: /path }' },
);

type WrittenKey = z.output<typeof writtenKey>;

/** Where the key is that was written; `resolved` finds a relative path, `directory` is where a command runs. */
export function keyPlaceOf(written: WrittenKey, resolved: (path: string) => string, directory: string): KeyPlace {
  if (!('key' in written)) {
    return { by: 'program', argv: written.signWith, publicKey: resolved(written.publicKey), directory };
  }
  const place = written.key.replace(/^(file|env):/, '');
  return written.key.startsWith('file:') ? { by: 'file', path: resolved(place) } : { by: 'variable', name: place };
}

/** The variable that says where the key is, for drills whose plan does not. */
export const KEY_VARIABLE = 'PGDRILL_EVIDENCE';

/** Where an environment says that the key is; null: it does not. Throws `plan-invalid` for what is no place. */
export function keyPlaceIn(env: NodeJS.ProcessEnv): KeyPlace | null {
  const text = env[KEY_VARIABLE] ?? '';
  return text === '' ? null : parseKeyPlace(text, KEY_VARIABLE);
}

/** The same from one text, that of an option or a variable. */
export function parseKeyPlace(text: string, name: string): KeyPlace {
  if (PLACE.test(text)) return keyPlaceOf({ key: text }, (path) => resolve(path), process.cwd());
  throw new DrillError('plan-invalid', `${name}: "${text}" has to be file:/path/to/key or env:NAME`);
}
