import { isProven, type CopyReport } from '../copy.ts';
import type { DrillReport } from '../report.ts';
import { paragraph, type Inline, type Section, type Words } from './blocks.ts';
import { verdictTone } from './verdict.ts';
import { durationText, minuteText, secondText } from './words.ts';

/** A copy in a sentence: `repository 2 (s3, my-bucket/pgbackrest)`. */
export function copyName(copy: Pick<CopyReport, 'key' | 'type' | 'host' | 'location'>): string {
  const parts = whereParts(copy).map((part) => (typeof part === 'string' ? part : part.code));
  return `repository ${copy.key} (${parts.join('')})`;
}

/** Which copies of the backup there are, and what drills have shown of each. */
export function describeCopies(report: DrillReport): Section[] {
  const { copies, startedAt } = report;
  const [only] = copies;
  if (only === undefined) return [];
  const summary: Inline = { strong: copiesText(copies, startedAt) };
  // Of a single copy that this run drilled the rest of the report tells.
  if (copies.length === 1 && only.thisRun) {
    return [{ title: TITLE, blocks: [paragraph([summary, ` It is ${copyName(only)}. ${THREE_TWO_ONE}`])] }];
  }
  const rows = copies.map((copy): Words[] => [
    String(copy.key),
    whereParts(copy),
    encryptedText(copy),
    lastProven(copy, report),
    lastDrill(copy, report),
  ]);
  const blocks = [
    paragraph([summary, copies.length === 1 ? ` ${THREE_TWO_ONE}` : '']),
    { kind: 'table', head: ['Repository', 'Where', 'Encrypted', 'Last proven', 'Last drill'], rows } as const,
    paragraph(
      'Proven: a drill of it has passed, and none has failed since, as far as was on record when this was written.',
    ),
  ];
  return [{ title: TITLE, blocks }];
}

const TITLE = 'Copies of the backup';

const THREE_TWO_ONE =
  'The 3-2-1 rule wants three copies of the data, production among them, on two kinds of storage, and one of them elsewhere.';

/** How many copies are proven, since when, and which are not, in a sentence or two. Ages are counted from `now`. */
export function copiesText(copies: readonly CopyReport[], now: string): string {
  const proven = copies.filter(isProven);
  const never = copies.filter(({ lastPassedAt }) => lastPassedAt === null);
  const failed = copies.filter((copy) => copy.lastPassedAt !== null && !isProven(copy));
  const since = proven.length === 0 ? '' : ` ${sinceWhen(proven, now)}`;
  if (copies.length === 1) {
    if (proven.length === 1) return `The only copy is proven${since}.`;
    const lastPassed = failed[0]?.lastPassedAt ?? null;
    return lastPassed === null
      ? 'The only copy is not proven.'
      : `The only copy is not proven: a drill of it failed after the last one that passed (${minuteText(lastPassed)}).`;
  }
  const count = `${proven.length === 0 ? 'None' : proven.length} of ${copies.length} copies ${proven.length > 1 ? 'are' : 'is'} proven${since}.`;
  const open = [
    ...(never.length > 0 ? [`Never proven: ${keysText(never)}.`] : []),
    ...(failed.length > 0 ? [`Failed since: ${keysText(failed)}.`] : []),
  ];
  return [count, ...open].join(' ');
}

function sinceWhen(proven: readonly CopyReport[], now: string): string {
  const oldest = Math.max(...proven.map(({ lastPassedAt }) => ageMs(lastPassedAt ?? now, now)));
  if (oldest === 0) return 'by this run';
  return proven.length === 1
    ? `by a drill ${durationText(oldest)} ago`
    : `by drills of the last ${durationText(oldest)}`;
}

function keysText(copies: readonly CopyReport[]): string {
  return `${copies.length === 1 ? 'repository' : 'repositories'} ${copies.map(({ key }) => key).join(', ')}`;
}

function ageMs(stamp: string, now: string): number {
  return Math.max(0, Date.parse(now) - Date.parse(stamp));
}

function whereParts({ type, host, location }: Pick<CopyReport, 'type' | 'host' | 'location'>): (string | Code)[] {
  const on = host === null ? [] : [`on ${host}`];
  const parts = [...(type === null ? [] : [type]), ...on, ...(location === null ? [] : [{ code: location }])];
  return parts.flatMap((part, index) => (index === 0 ? [part] : [', ', part]));
}

interface Code {
  readonly code: string;
}

function encryptedText({ cipher }: CopyReport): string {
  if (cipher === null) return 'not known here';
  return cipher === 'none' ? 'no' : cipher;
}

function lastProven({ lastPassedAt, lastPassedRunId, lastPassedBackup }: CopyReport, run: Run): Inline[] {
  if (lastPassedAt === null) return [{ tone: 'bad', mark: 'NEVER PROVEN' }];
  const backup = lastPassedBackup === null ? [] : [', backup ', { code: lastPassedBackup }];
  return [...runWords(lastPassedAt, lastPassedRunId, run), ...backup];
}

function lastDrill({ lastVerdict, lastRunAt, lastRunId }: CopyReport, run: Run): Inline[] {
  if (lastVerdict === null || lastRunAt === null) return [{ tone: 'neutral', mark: 'none' }];
  return [{ tone: verdictTone(lastVerdict), mark: lastVerdict }, ', ', ...runWords(lastRunAt, lastRunId, run)];
}

/** The run whose report is written. */
type Run = Pick<DrillReport, 'runId' | 'startedAt'>;

function runWords(at: string, runId: string | null, run: Run): Inline[] {
  if (runId === run.runId) return ['this run'];
  return [`${secondText(at)}, ${durationText(ageMs(at, run.startedAt))} before this run, run `, { code: runId ?? '?' }];
}
