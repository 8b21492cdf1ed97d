import { duration, moment } from './words.ts';

/** A hole, as it stands in a document. */
interface WrittenHole {
  readonly from: string | null;
  readonly to: string | null;
  readonly cause: 'missing' | 'expired' | 'duplicate';
  readonly firstMissing: string;
  readonly missingCount: number;
}

/** What cannot be recovered to, and why: a sentence without its full stop. */
export function holeText(hole: WrittenHole): string {
  const { from, to } = hole;
  const since = from === null ? '' : ` after ${moment(new Date(from))}`;
  const until = to === null ? '' : `${from === null ? '' : ' and'} before ${moment(new Date(to))}`;
  const length = lengthText(hole);
  return `no moment can be recovered to${since}${until}${length === null ? '' : ` (${length})`}: ${holeCause(hole)}`;
}

/** The same where it stands between its windows. */
export function shortHoleText(hole: WrittenHole): string {
  return `${lengthText(hole) ?? 'from there on'}: ${holeCause(hole)}`;
}

function lengthText({ from, to }: WrittenHole): string | null {
  return from === null || to === null ? null : duration(Date.parse(to) - Date.parse(from));
}

function holeCause({ cause, firstMissing, missingCount }: WrittenHole): string {
  const segments =
    missingCount === 1 ? `WAL segment ${firstMissing} is` : `${missingCount} WAL segments from ${firstMissing} on are`;
  return {
    missing: `${segments} not in the archive`,
    expired: `the WAL from ${firstMissing} on was expired on purpose (retention-archive)`,
    duplicate: `WAL segment ${firstMissing} is in the archive more than once`,
  }[cause];
}
