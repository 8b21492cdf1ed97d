import { encodeDuration, formatDuration } from '../core/duration.ts';

/** A moment to the second. */
export function moment(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}

/** A duration for people. */
export function duration(ms: number): string {
  return ms === 0 ? '0 s' : formatDuration(ms);
}

/** A duration that was promised, as a plan has it. */
export function promised(ms: number): string {
  return encodeDuration(ms);
}

/** `1 set`, `2 sets`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** A few names, and how many more there are. */
export function listed(names: readonly string[], most = 3): string {
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}
