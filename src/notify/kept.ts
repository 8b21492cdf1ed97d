import { join } from 'node:path';
import { z } from 'zod';
import { makeWithParents } from '../core/directories.ts';
import { readPlainFile } from '../core/plain-file.ts';
import { waitForLock } from '../core/file-lock.ts';
import { replaceFile } from '../store/replace-file.ts';

const LOCK_FILE = '.notify.lock';

/** How long is waited for whoever writes: he writes a small file. */
const PATIENCE_MS = 10_000;

/**
 * A small file beside the reports, which several programs and machines share: it is read and written while nobody else does. What
 * is there and cannot be read counts as nothing.
 */
export class KeptFile<Content> {
  readonly #directory: string;
  readonly #name: string;
  readonly #schema: z.ZodType<Content>;

  constructor(directory: string, name: string, schema: z.ZodType<Content>) {
    this.#directory = directory;
    this.#name = name;
    this.#schema = schema;
  }

  /** Where it lies; it may not be there. */
  get path(): string {
    return join(this.#directory, this.#name);
  }

  /** What it holds. */
  read(): Content | null {
    const parsed = this.#schema.safeParse(jsonOf(textOf(this.path)));
    return parsed.success ? parsed.data : null;
  }

  /** Puts what `change` makes of it in its place; null: it stays as it is. Throws what the system says. */
  async change(change: (content: Content | null) => Content | null): Promise<void> {
    makeWithParents(this.#directory, 0o700);
    const lock = await waitForLock(join(this.#directory, LOCK_FILE), PATIENCE_MS);
    try {
      const changed = change(this.read());
      if (changed !== null) replaceFile(this.#directory, this.#name, `${JSON.stringify(changed)}\n`);
    } finally {
      lock.release();
    }
  }
}

/** Fifty messages are a part of it. */
const LARGEST = 16 * 1024 * 1024;

/** Nothing where no file is, and of what is none: a pipe would be waited for, and a link is none of ours. */
function textOf(path: string): string {
  const there = readPlainFile(path, LARGEST);
  return typeof there === 'object' ? there.text : '';
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
