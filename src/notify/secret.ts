import { resolve } from 'node:path';
import { z } from 'zod';
import { DrillError } from '../core/errors.ts';
import { readSecretFile } from '../core/secret-file.ts';
import { runProgram } from '../host/run-program.ts';

/** What a string has to be that names a secret. */
const REFERENCE = /^(?:env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$/s;

const HOW =
  'has to say where the secret is: env:NAME, file:/path or { command: [program, …] }; a secret itself is not to stand here';

/** What was written is not said again: it may be the secret. */
const WORDS = 'has to be a list of a program and its words, such as [pass, show, hook]';

/** Where a secret is, as a plan says it. The secret itself is refused, and shown in no error. */
export const writtenSecret = z.union(
  [
    z.string().regex(REFERENCE, HOW),
    z.strictObject(
      {
        command: z
          .array(z.string({ error: WORDS }).min(1, WORDS), { error: WORDS })
          .min(1, WORDS)
          .describe('a program that prints it, and its words'),
      },
      { error: HOW },
    ),
  ],
  { error: HOW },
);

export type WrittenSecret = z.output<typeof writtenSecret>;

/** What is needed to get at a secret. */
export interface SecretServices {
  readonly env: NodeJS.ProcessEnv;
  /** Learns each secret, so that it is shown nowhere. */
  readonly redactor: { add(secret: string): void };
  readonly signal: AbortSignal;
}

/** Gets at the secrets of a channel, each when it is needed. */
export type Reveal = (written: WrittenSecret) => Promise<string>;

/** A person may have to unlock a store of passwords. */
const COMMAND_MS = 20_000;

/**
 * Gives what references stand for, without the end of the line; paths are looked up from `base` on, where commands run too.
 * Rejects with `secret-unusable`.
 */
export function revealer(base: string, services: SecretServices): Reveal {
  return async (written) => {
    const text = (await textOf(written, base, services)).replace(/\r?\n$/, '');
    if (text.trim() === '') throw unusable(`${secretWords(written)} is empty`);
    services.redactor.add(text);
    return text;
  };
}

/** A reference in words: it says where the secret is, and not what. */
export function secretWords(written: WrittenSecret): string {
  if (typeof written !== 'string') return `what ${written.command[0] ?? '?'} prints`;
  return written.startsWith('env:') ? `the variable ${written.slice(4)}` : `the file ${written.slice(5)}`;
}

async function textOf(written: WrittenSecret, base: string, services: SecretServices): Promise<string> {
  if (typeof written !== 'string') return printedBy(written.command, base, services);
  const place = written.replace(/^(?:env|file):/, '');
  return written.startsWith('env:') ? inVariable(place, services.env) : inFile(resolve(base, place));
}

function inVariable(name: string, env: NodeJS.ProcessEnv): string {
  const text = env[name] ?? '';
  if (text !== '') return text;
  throw unusable(
    `the variable ${name} is not set`,
    'a timer does not have the variables of your shell: set it there as well',
  );
}

function inFile(path: string): string {
  return readSecretFile(path, {
    what: 'the secret in',
    code: 'secret-unusable',
    // A group may read what root gives it, as Kubernetes does with `fsGroup`.
    forbidden: 0o027,
    ofRoot: true,
    hints: {
      unread: 'name a file that the user of the drill may read',
      open: `if nobody has read it: chmod 600 ${path}`,
    },
  });
}

async function printedBy(argv: readonly string[], base: string, { env, signal }: SecretServices): Promise<string> {
  const { exitCode, stdout, timedOut } = await runProgram(argv, { env, cwd: base, deadlineMs: COMMAND_MS, signal });
  if (exitCode === 0) return stdout;
  // What it said is left out: it may be the secret.
  const why = timedOut ? `gave no answer in ${COMMAND_MS / 1000} s` : `ended with exit status ${exitCode ?? '?'}`;
  throw unusable(`${argv[0] ?? '?'}, which is to print a secret, ${why}`);
}

function unusable(message: string, hint?: string): DrillError {
  return new DrillError('secret-unusable', message, hint === undefined ? {} : { hint });
}
