import type { DrillError } from '../core/errors.ts';

/** An expected error for people: what happened, and what to do next. */
export function showError(error: DrillError): string {
  const hint = error.hint ? `\n  hint: ${error.hint}` : '';
  return `drill: ${error.message}${hint}\n  code: ${error.code}\n`;
}
