import { verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { DrillError } from '../../core/errors.ts';
import { whyUnread } from '../../core/why-unread.ts';
import { runProgram } from '../../host/run-program.ts';
import { parsePublicKey } from '../public-key.ts';
import type { Signer, SignerServices } from '../signer.ts';

/** The key is kept by something that a command asks: a key service, a token, an agent. */
export interface KeyProgram {
  readonly by: 'program';
  readonly argv: readonly string[];
  /** The file of the public half. */
  readonly publicKey: string;
  /** Where the command runs: where the plan lies. */
  readonly directory: string;
}

const SIGNATURE_BYTES = 64;
/** A person may have to touch a token. */
const DEADLINE_MS = 60_000;

/**
 * The command gets on standard input what is to be signed, and prints the signature: 64 bytes, or base64 of them. Each
 * signature is checked with the public key, so that one by another key is not taken for ours.
 */
export function open({ argv, publicKey: file, directory }: KeyProgram, { env, redactor }: SignerServices): Signer {
  const publicKey = parsePublicKey(readPublicKey(file), file);
  const sign = async (bytes: Uint8Array): Promise<Buffer> => {
    const { exitCode, stdout, stderr, timedOut } = await runProgram(argv, {
      env,
      cwd: directory,
      deadlineMs: DEADLINE_MS,
      input: Buffer.from(bytes).toString('utf8'),
      encoding: 'latin1',
    });
    if (exitCode !== 0) {
      const why = timedOut ? `gave no answer in ${DEADLINE_MS / 1000} s` : `ended with exit status ${exitCode ?? '?'}`;
      throw new DrillError('not-signed', `${argv[0]}, which is to sign, ${why}: ${redactor.text(stderr.trim())}`);
    }
    const signature = signatureIn(stdout);
    if (signature !== null && verify(null, bytes, publicKey.key, signature)) return signature;
    const what =
      signature === null
        ? 'printed no signature (64 bytes, or base64 of them)'
        : `signed with another key than the one of ${file}`;
    throw new DrillError('not-signed', `${argv[0]}, which is to sign, ${what}`);
  };
  return { keyId: publicKey.id, publicKey, sign };
}

/** Of the output of a program, a character a byte. Null: it is no signature. */
export function signatureIn(output: string): Buffer | null {
  if (output.length === SIGNATURE_BYTES) return Buffer.from(output, 'latin1');
  const text = output.replaceAll(/\s/g, '');
  const bytes = /^[A-Za-z0-9+/]{86}(==)?$/.test(text) ? Buffer.from(text, 'base64') : Buffer.alloc(0);
  return bytes.length === SIGNATURE_BYTES ? bytes : null;
}

function readPublicKey(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new DrillError('key-unusable', `the public key ${file} ${whyUnread(error)}`, { cause: error });
  }
}
