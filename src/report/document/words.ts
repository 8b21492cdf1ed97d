import { formatBytes } from '../../core/bytes.ts';
import { encodeDuration, formatDuration } from '../../core/duration.ts';
import type { Inline } from './blocks.ts';

/** What is shown where there is no number. A zero would be a claim. */
export const NOT_MEASURED = 'not measured';

/** A duration in milliseconds for people; below a second to the millisecond. */
export function durationText(ms: number | null): string {
  if (ms === null) return NOT_MEASURED;
  if (ms === 0) return '0 s';
  return Math.abs(ms) < 1000 ? `${ms} ms` : formatDuration(ms);
}

/** A duration that was promised, as a plan has it: `30m`, `1h30m`. */
export function promisedText(ms: number): string {
  return ms === 0 ? '0 s' : encodeDuration(ms);
}

/** A size in bytes for people. */
export function sizeText(bytes: number | null): string {
  return bytes === null ? NOT_MEASURED : formatBytes(bytes);
}

/** A rate in bytes a second for people. */
export function rateText(bytesPerSecond: number | null): string {
  return bytesPerSecond === null ? NOT_MEASURED : `${formatBytes(bytesPerSecond)}/s`;
}

/** A count for people. */
export function countText(count: number | null): string {
  return count === null ? NOT_MEASURED : String(count);
}

/** `1 file`, `2 files`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `2026-11-21 04:38:59.885 UTC` of an ISO 8601 stamp. */
export function stampText(stamp: string | null): string {
  return stamp === null ? NOT_MEASURED : stamp.replace(/^(\d{4}-\d{2}-\d{2})T/, '$1 ').replace(/Z$/, ' UTC');
}

/** A stamp to the second. */
export function secondText(stamp: string): string {
  return stampText(stamp.replace(/\.\d+Z$/, 'Z'));
}

/** A stamp to the minute. */
export function minuteText(stamp: string): string {
  return stampText(stamp.replace(/:\d{2}(?:\.\d+)?Z$/, 'Z'));
}

/** Text that begins a sentence. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Text with a full stop, unless it ends a sentence already. */
export function sentence(text: string): string {
  return /[.!?…]\s*$/.test(text) ? text : `${text}.`;
}

/** A value that may be missing, as code. */
export function codeOr(value: string | number | null, otherwise: string): Inline {
  return value === null || value === '' ? otherwise : { code: String(value) };
}
