import { outcomeOf, type Outcome, type ReasonCode } from './reason-codes.ts';

interface DrillErrorOptions {
  /** What the reader can do next; one sentence. */
  readonly hint?: string;
  readonly cause?: unknown;
  /** The WAL file that it is about. */
  readonly walFile?: string;
}

/**
 * The one expected kind of error: something that a user, a machine or a backup caused. It says what happened and what
 * to do next. Anything else that is thrown is a bug of pgdrill and ends with a stack and exit status 70.
 */
export class DrillError extends Error {
  override readonly name = 'DrillError';
  readonly code: ReasonCode;
  readonly hint: string | null;
  /** The WAL file without which a recovery cannot go on; null: it is about none. */
  readonly walFile: string | null;

  constructor(code: ReasonCode, message: string, options: DrillErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint ?? null;
    this.walFile = options.walFile ?? null;
  }

  get outcome(): Outcome {
    return outcomeOf(this.code);
  }
}

/** The error itself if it is expected, else the DrillError that lies in its chain of causes, else null. */
export function asDrillError(error: unknown): DrillError | null {
  for (let current = error; current instanceof Error; current = current.cause) {
    if (current instanceof DrillError) return current;
  }
  return null;
}

/** The text of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The code of an error of the system, such as `ENOENT`; null for any other. */
export function errorCode(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}
