import type { DrillError } from '../../core/errors.ts';
import { version } from '../../core/version.ts';
import { plain, type Style } from './style.ts';

/** An expected error for people: what happened, what to do next, and the code that scripts can test for. */
export function showError(error: DrillError, style: Style = plain): string {
  const hint = error.hint ? `\n  hint: ${error.hint}` : '';
  return `${style('red', 'drill:')} ${error.message}${hint}\n  ${style('dim', `code: ${error.code}`)}\n`;
}

/** An unexpected error: the stack, and where to report it. */
export function bugText(error: unknown): string {
  const stack = error instanceof Error ? withCauses(error) : String(error);
  return [
    'drill: this is a bug in pgdrill, not in your backup; nothing is known about the backup now.',
    stack,
    `pgdrill ${version()}, Node.js ${process.version}, ${process.platform} ${process.arch}`,
    'Please report it, with the lines above, in the issue tracker of pgdrill.',
    '',
  ].join('\n');
}

function withCauses(error: Error): string {
  const own = error.stack ?? `${error.name}: ${error.message}`;
  return error.cause instanceof Error ? `${own}\ncaused by: ${withCauses(error.cause)}` : own;
}
