import { parseDurationMs } from '../../core/duration.ts';
import { DrillError } from '../../core/errors.ts';

/** With a longer one nothing would ever be late. */
const LONGEST_MS = 366 * 86_400_000;

/** How late a drill may begin, in milliseconds, as `--grace` has it. Throws `plan-invalid`. */
export function graceOf(text: string): number {
  const graceMs = parseDurationMs(text);
  if (graceMs !== null && graceMs <= LONGEST_MS) return graceMs;
  const problem = graceMs === null ? `"${text}" is no duration` : 'a drill cannot be more than a year late';
  throw new DrillError('plan-invalid', `--grace: ${problem}`, { hint: 'write 30m or 6h' });
}
