import type { DrillReport } from '../report.ts';
import { paragraph, type Block, type Fact, type Section } from './blocks.ts';
import { describeRestorePace } from './restore-pace.ts';
import { silenceOf } from './target.ts';
import { walFetchFacts } from './wal-fetch.ts';
import { codeOr, counted, countText, durationText, rateText, sentence, sizeText, stampText } from './words.ts';

type Recovery = NonNullable<DrillReport['recovery']>;

/** What shows that the target was reached, in PostgreSQL's own words where it has said something; no section without a recovery. */
export function describeProof({ recovery, target }: DrillReport): Section[] {
  if (!recovery) return [];
  const { proof, stoppedBefore } = recovery;
  const verdict = recovery.reached
    ? paragraph([{ tone: 'good', mark: 'reached' }, `: ${sentence(proof ?? 'no proof was recorded')}`])
    : paragraph([{ tone: 'bad', mark: 'not reached' }, ': nothing shows that the recovery target was reached.']);
  const ownWords =
    stoppedBefore === null ? silence(target) : [paragraph('From the log of the server:'), quote(stoppedBefore)];
  const facts: Block = { kind: 'facts', rows: proofFacts(recovery) };
  return [{ title: 'Proof of recovery', blocks: [verdict, ...ownWords, facts] }];
}

function quote(line: string): Block {
  return { kind: 'quote', words: { code: line } };
}

function silence(target: DrillReport['target']): Block[] {
  const why = silenceOf(target);
  return why === null ? [] : [paragraph(why)];
}

function proofFacts(recovery: Recovery): Fact[] {
  return [
    ['State', recovery.state ?? 'not known'],
    ['Last replayed commit', recovery.lastCommitAt === null ? 'none was replayed' : stampText(recovery.lastCommitAt)],
    ['Replayed up to LSN', codeOr(recovery.lastReplayedLsn, 'not known')],
    ['Timeline', codeOr(recovery.timeline, 'not known')],
    ['Accepted connections at', stampText(recovery.promotedAt)],
  ];
}

/** Where the time of restore and recover went, and how much was moved. */
export function describeWork(report: DrillReport): Section[] {
  const { restore, recovery } = report;
  const rows = [...restoreFacts(restore), ...recoveryFacts(recovery)];
  if (rows.length === 0) return [];
  const overlap =
    'The last three are times of the server log. They overlap: the copy becomes consistent while it replays WAL.';
  return [
    {
      title: 'Restore and replay',
      blocks: [{ kind: 'facts', rows }, ...(recovery ? [paragraph(overlap)] : []), ...describeRestorePace(report)],
    },
  ];
}

function restoreFacts(restore: DrillReport['restore']): Fact[] {
  if (!restore) return [];
  const start = restore.start === 'empty' ? 'an empty directory' : 'files of an earlier run (delta)';
  const files = restore.files === null ? 'files that were not counted' : counted(restore.files, 'file');
  return [
    ['Restore started from', start],
    ['Restored', `${sizeText(restore.bytesTotal)} in ${files}`],
    ['Fetched from the repository', `${sizeText(restore.bytesFetched)} at ${rateText(restore.bytesPerSecond)}`],
    ['Reused', sizeText(restore.bytesReused)],
  ];
}

function recoveryFacts(recovery: DrillReport['recovery']): Fact[] {
  if (!recovery) return [];
  const wal = `${sizeText(recovery.walBytes)} at ${rateText(recovery.walBytesPerSecond)}`;
  return [
    ['WAL', `${wal}, ${countText(recovery.walSegments)} segments, each compared with its SHA-1`],
    ...walFetchFacts(recovery),
    ['Server start to consistent state', durationText(recovery.consistentMs)],
    ['Replay, from its start to its end', durationText(recovery.replayMs)],
    ['End of recovery to accepting connections (checkpoint)', durationText(recovery.checkpointMs)],
  ];
}
