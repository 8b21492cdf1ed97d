import { readFileSync } from 'node:fs';
import { DrillError } from '../../core/errors.ts';
import { whyUnread } from '../../core/why-unread.ts';
import { parsePublicKey, type PublicKey } from '../../evidence/public-key.ts';
import { openSigner, type KeyPlace } from '../../evidence/signers/index.ts';
import type { Signer } from '../../evidence/signer.ts';
import { KEY_VARIABLE, keyPlaceIn, parseKeyPlace } from '../../evidence/written-key.ts';
import { readMachine } from '../../machine/read-machine.ts';
import { loadPlans } from '../../plan/load.ts';
import type { CliContext } from '../context.ts';
import { planFile } from '../plans/plan-files.ts';

/** Where a command may be told that the key is. */
export interface KeyOptions {
  readonly key?: string | undefined;
  readonly plan?: string | undefined;
}

/** The key that was named: by an option, by a plan, by the environment; null: none was. */
export function signerIfNamed({ key, plan }: KeyOptions, context: CliContext): Signer | null {
  const place = key === undefined ? placeIn(plan, context.env) : parseKeyPlace(key, '--key');
  return place === null ? null : openSigner(place, context);
}

/** The same. Throws `key-unusable` where none was. */
export function namedSigner(options: KeyOptions, context: CliContext): Signer {
  const signer = signerIfNamed(options, context);
  if (signer !== null) return signer;
  throw new DrillError('key-unusable', 'no key was named', {
    hint: `name it with --key file:/path, with --plan and the evidence of that plan, or with ${KEY_VARIABLE}`,
  });
}

/** The public keys that were named, or the one that belongs to the plan or the environment; null: none. */
export function trustedKeys(
  files: readonly string[],
  plan: string | undefined,
  context: CliContext,
): PublicKey[] | null {
  if (files.length > 0) return files.map(publicKeyIn);
  const place = placeIn(plan, context.env);
  return place === null ? null : [openSigner(place, context).publicKey];
}

function placeIn(plan: string | undefined, env: NodeJS.ProcessEnv): KeyPlace | null {
  const defaults = readMachine(env);
  if (plan === undefined) return keyPlaceIn(env) ?? defaults.evidence;
  const file = planFile(plan);
  const [loaded] = loadPlans({ file, overrides: [], now: new Date(), defaults });
  if (loaded?.evidence) return loaded.evidence;
  throw new DrillError('key-unusable', `the plan ${file} names no key`, { hint: 'add evidence: { key: file:/path }' });
}

/** The public key in a file. Throws `key-unusable`. */
export function publicKeyIn(file: string): PublicKey {
  try {
    return parsePublicKey(readFileSync(file, 'utf8'), file);
  } catch (error) {
    if (error instanceof DrillError) throw error;
    throw new DrillError('key-unusable', `the key ${file} ${whyUnread(error)}`, {
      hint: 'name the file that ends with .pub; drill evidence keygen wrote it beside the private key',
      cause: error,
    });
  }
}
