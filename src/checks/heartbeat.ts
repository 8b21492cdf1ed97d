import { formatDuration } from '../core/duration.ts';
import { formatInstant, millisecondsBetween, type Instant } from '../core/instant.ts';
import type { CheckFinding, RecoveredTo } from './check.ts';

/** What was read of the table. */
export interface ReadBeats {
  readonly lastAt: Instant | null;
  readonly later: number;
  /** The newest of all. */
  readonly newestAt: Instant | null;
}

/** The moment that beats are compared with, and its words. */
export interface BeatMoment {
  readonly at: Instant;
  readonly words: string;
  /** How much later than the moment a beat may be dated; null: not at all, since the recovery stopped before such a commit. */
  readonly aheadMs: number | null;
}

/** One beat may be late, or missed. */
const BEATS_ALLOWED = 2;

/** Commits overtake one another on their way into the WAL. */
const OVERTAKEN_MS = 1000;

/** The clocks of two machines. */
const OTHER_CLOCK_MS = 60_000;

/** What the beats of a recovery are compared with: where it stopped, as production's own clock had it. */
export function beatMoment(reference: Instant, recovered: RecoveredTo): BeatMoment {
  const { toTheEnd, beforeLaterCommit, lastCommitAt, backupStoppedAt } = recovered;
  if (beforeLaterCommit) return { at: reference, words: 'the target', aheadMs: null };
  if (lastCommitAt === null) {
    const at = toTheEnd ? backupStoppedAt : reference;
    return { at, words: 'the end of the backup', aheadMs: OTHER_CLOCK_MS };
  }
  const words = toTheEnd ? 'the last replayed commit' : 'the point where recovery stopped';
  return { at: toTheEnd ? lastCommitAt : reference, words, aheadMs: OVERTAKEN_MS };
}

/** What has to hold, in words. */
export function describeBeats(everyMs: number, { words }: BeatMoment): string {
  return `a beat at most ${formatDuration(BEATS_ALLOWED * everyMs)} before ${words}, and none after it`;
}

export type BeatJudgement = Pick<CheckFinding, 'status' | 'observed' | 'message' | 'lack'> & { readonly ran: boolean };

/**
 * Judges the beats of a copy. A beat is dated before its own commit by the same clock: one that is dated after the time that
 * recovery was to stop at should not be there (`failed`). That the last one is old is no loss, since the way to the target is
 * proven without it: its job had stopped, and the beats show nothing (`skipped`, with a lack).
 */
export function judgeBeats(
  { lastAt, later, newestAt }: ReadBeats,
  everyMs: number,
  moment: BeatMoment,
  recovered: RecoveredTo,
): BeatJudgement {
  const observed = observedText({ lastAt, later, newestAt }, moment);
  if (moment.aheadMs === null && later > 0) return { status: 'failed', observed, message: BEYOND, ran: false };
  const ahead = newestAt === null ? 0 : millisecondsBetween(moment.at, newestAt);
  const aheadOfNow = newestAt === null ? 0 : millisecondsBetween(recovered.disasterAt, newestAt);
  if (ahead > (moment.aheadMs ?? 0) || aheadOfNow > OTHER_CLOCK_MS) return unusable(observed, CLOCK, LOOK_AT_CLOCKS);
  const last = newestOf(lastAt, moment.aheadMs === null ? null : newestAt);
  if (last === null) {
    if (recovered.toTheEnd) return { status: 'failed', observed, message: null, ran: false };
    return unusable(observed, 'the table holds no beat up to there: the first one may have come later', START_JOB);
  }
  const gapMs = millisecondsBetween(last, moment.at);
  if (gapMs <= BEATS_ALLOWED * everyMs) return { status: 'passed', observed, message: null, ran: true };
  return unusable(observed, `the heartbeat had stopped: ${withoutIt(last, gapMs, everyMs, recovered)}`, START_JOB);
}

const BEYOND =
  'recovery went beyond its target: a beat is dated before it is committed, so none of these may be there (unless its clock was set back, or a server with another clock took over)';
const CLOCK = 'beats are dated later than all else that was recovered: a clock was set, or another server took over';
const LOOK_AT_CLOCKS = 'look at the clocks of production and of this machine; they should be kept by NTP';
const START_JOB =
  'look whether the job of the heartbeat runs in production (drill init --heartbeat prints one), and whether "every" in the plan is what it does';

function unusable(observed: string, what: string, hint: string): BeatJudgement {
  return { status: 'skipped', observed, message: what, lack: { code: 'heartbeat-unusable', what, hint }, ran: false };
}

/** Whether production went on without it tells where to look. */
function withoutIt(last: Instant, gapMs: number, everyMs: number, { lastCommitAt }: RecoveredTo): string {
  const wentOn = lastCommitAt !== null && millisecondsBetween(last, lastCommitAt) > BEATS_ALLOWED * everyMs;
  return wentOn
    ? `production went on to commit for ${formatDuration(millisecondsBetween(last, lastCommitAt))} without it; no data is known to be lost`
    : `for ${formatDuration(gapMs)} no beat and nothing else was committed; production may have been down`;
}

function observedText({ lastAt, later, newestAt }: ReadBeats, { at, words }: BeatMoment): string {
  const last =
    lastAt === null
      ? `no beat before ${words}`
      : `the last beat is of ${formatInstant(lastAt)}, ${formatDuration(millisecondsBetween(lastAt, at))} before ${words}`;
  const beyond = newestAt === null || later === 0 ? 'none' : `${later}, the newest of ${formatInstant(newestAt)}`;
  return `${last}; after it ${beyond}`;
}

function newestOf(one: Instant | null, other: Instant | null): Instant | null {
  if (one === null || other === null) return one ?? other;
  return one > other ? one : other;
}
