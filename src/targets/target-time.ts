import { parseDurationMs } from '../core/duration.ts';
import { instantOf, instantOfStamp, parseStamp, type Instant } from '../core/instant.ts';

/** A time that was understood, or the reason why it was not. */
export type TargetTime =
  | { readonly ok: true; readonly instant: Instant }
  | { readonly ok: false; readonly problem: string };

const FORMS = '"2026-05-13 14:32:00", "2026-05-07 02:13:00+03", "2026-05-07T02:13:00Z" or "-15m"';

/**
 * Reads a recovery target time as people type it. Without a zone it is the local time of this process, as pgBackRest
 * has it; a local time that a change of the clocks makes ambiguous or impossible is refused rather than guessed.
 */
export function parseTargetTime(text: string, now: Date): TargetTime {
  if (isRelativeTime(text)) return beforeNow(text, now);
  const parts = parseStamp(text);
  if (!parts) return { ok: false, problem: `"${text}" is no time; write ${FORMS}` };
  if (parts.offsetSeconds !== null) return { ok: true, instant: instantOfStamp(parts, parts.offsetSeconds) };
  const offsets = localOffsets(instantOfStamp(parts, 0));
  const [offset] = offsets;
  if (offset === undefined) {
    return {
      ok: false,
      problem: `"${text}" does not exist in local time (the clocks skip it); give it an offset, as in ${FORMS}`,
    };
  }
  if (offsets.length > 1) {
    return {
      ok: false,
      problem: `"${text}" happens twice in local time (the clocks go back); give it an offset, as in ${FORMS}`,
    };
  }
  return { ok: true, instant: instantOfStamp(parts, offset) };
}

/** Whether a time is counted back from now, as `-15m`. */
export function isRelativeTime(text: string): boolean {
  return text.trim().startsWith('-') && !/^-\d{4}-/.test(text.trim());
}

function beforeNow(text: string, now: Date): TargetTime {
  const ms = parseDurationMs(text.trim().slice(1));
  if (ms === null) return { ok: false, problem: `"${text}" is no time; write ${FORMS}` };
  return { ok: true, instant: instantOf(now) - BigInt(ms) * 1000n };
}

/** The offsets (seconds east of UTC) under which the local clock shows this wall time: usually one, none or two at a change. */
function localOffsets(wallTimeAsUtc: Instant): number[] {
  const ms = Number(wallTimeAsUtc / 1000n);
  const candidates = [-24, 0, 24].map((hours) => -new Date(ms + hours * 3_600_000).getTimezoneOffset() * 60);
  return [...new Set(candidates)].filter((offset) => -new Date(ms - offset * 1000).getTimezoneOffset() * 60 === offset);
}
