import { parseLsn, type Lsn } from './lsn.ts';

/** One line of a history file: `timeline` was left at `switchLsn`. */
export interface TimelineFork {
  readonly timeline: number;
  readonly switchLsn: Lsn;
}

/** The forks in a history file, oldest first, or null when a line is not understood. */
export function parseHistory(text: string): TimelineFork[] | null {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.trim().startsWith('#'));
  const forks = lines.map((line) => {
    const match = /^\s*(\d+)\s+([0-9A-F]+\/[0-9A-F]+)/i.exec(line);
    const switchLsn = match?.[2] === undefined ? null : parseLsn(match[2]);
    return match && switchLsn !== null ? { timeline: Number(match[1]), switchLsn } : null;
  });
  return forks.every((fork) => fork !== null) ? forks : null;
}
