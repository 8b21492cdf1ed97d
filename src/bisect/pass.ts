import { DrillError } from '../core/errors.ts';
import { endingOf } from '../drill/ending.ts';
import { cleanUp } from '../drill/phases/cleanup.ts';
import { preflight, type Foreseen } from '../drill/phases/preflight.ts';
import { provision, type Provisioned } from '../drill/phases/provision.ts';
import { restore } from '../drill/phases/restore.ts';
import type { GatedReplay } from '../drill/recover/gated-replay.ts';
import { proveWal } from '../drill/recover/prove-wal.ts';
import { recoverCluster } from '../drill/recover/recover.ts';
import { undoingOf } from '../drill/recover/after-recovery.ts';
import { beginRun, tellText, type Run } from '../drill/run.ts';
import type { DrillServices } from '../drill/services.ts';
import { assertCutOff } from '../drill/verify/cut-off.ts';
import type { WalFeed } from '../pgbackrest/wal-feed.ts';
import type { DrillPlan } from '../plan/drill-plan.ts';
import { openTransactions, type OpenTransactions } from '../postgres/open-transactions.ts';
import { parseSegmentName } from '../postgres/wal-segment.ts';
import type { Lsn } from '../postgres/lsn.ts';
import { ALONG_THE_ARCHIVE } from '../targets/fallback.ts';
import { askAlong, type Along } from './ask-along.ts';
import { CommitIndex } from './commit-index.ts';
import { flipsIn } from './flips.ts';
import type { Predicate } from './predicate.ts';
import type { AskedRange, Range } from './range.ts';
import { namesOf } from './relations.ts';
import { resolveRange, type ResolvedRange } from './resolve-range.ts';
import { WalWalk } from './wal-walk.ts';

/** One restore, and one replay along a range of the WAL. */
export interface PassRequest {
  /** Its target lies where the range begins: so the backup set is chosen. */
  readonly plan: DrillPlan;
  readonly predicate: Predicate;
  /** As it was asked for, or as the pass before has narrowed it. */
  readonly range: AskedRange | Range;
  readonly all: boolean;
  readonly folder: Run['folder'];
  readonly label: string;
}

/** What a pass came to. */
export interface PassResult {
  readonly runId: string;
  readonly found: Found | null;
  /** What ended it before its time; null: it went through. */
  readonly endedBy: DrillError | null;
  /** What could not be removed. */
  readonly left: readonly string[];
  readonly durationMs: number;
}

export interface Found extends Along {
  readonly range: ResolvedRange;
  readonly backup: { readonly label: string; readonly repo: number };
  readonly segments: number;
  /** Names of the files that transactions at flips have touched. */
  readonly names: ReadonlyMap<string, string>;
}

/** Runs a pass and cleans up. Throws a DrillError of outcome `usage` or `busy` while nothing has been started. */
export async function runPass(request: PassRequest, services: DrillServices): Promise<PassResult> {
  const startedMs = services.clock.monotonicMs();
  const run: Run = { ...beginRun(request.plan, false, services), folder: request.folder };
  const { record } = run;
  let found: Found | null = null;
  const work = async (): Promise<void> => {
    found = await procedure(run, request);
  };
  const ending = await endingOf(run, work());
  const { steps } = await record.timeline.phase('cleanup', () => cleanUp(run, ending));
  if (ending.bug !== null) throw ending.bug;
  return {
    runId: record.runId,
    found,
    endedBy: ending.endedBy,
    left: steps.filter(({ ok }) => !ok).map(({ label, message }) => `could not ${label}: ${message ?? '?'}`),
    durationMs: Math.round(services.clock.monotonicMs() - startedMs),
  };
}

async function procedure(run: Run, request: PassRequest): Promise<Found> {
  const { plan, record, services, folder } = run;
  const { timeline, runId } = record;
  const about = { runId, drill: plan.name, repository: plan.source.repo, folder: folder.path };
  services.emit({ kind: 'run-started', target: request.label, ...about });
  const foreseen = await timeline.phase('preflight', () => preflight(run));
  const ready = { ...foreseen.ready, target: ALONG_THE_ARCHIVE };
  const place = await timeline.phase('provision', () => provision(run, { ...foreseen, ready }));
  record.note({ ready: place.ready });
  const feed = await timeline.phase('restore', () => restore(run, place));
  return timeline.phase('recover', () => alongTheWal(run, { ...place, feed, foreseen }, request));
}

interface Restored extends Provisioned {
  readonly feed: WalFeed;
  readonly foreseen: Foreseen;
}

async function alongTheWal(run: Run, restored: Restored, request: PassRequest): Promise<Found> {
  const { plan, record, services, signal } = run;
  const { station, ready, feed } = restored;
  const walk = walkOver(run, restored);
  const way = wayOf(restored);
  tellText(run, 'looking for the range in the WAL');
  const range = 'start' in request.range ? request.range : await resolveRange(request.range, { ...way, walk });
  let found: Found | null = null;
  const recovered = await recoverCluster({
    plan,
    config: record.config,
    runId: record.runId,
    station,
    ready,
    feed,
    keepInstance: false,
    climb: {
      from: range.start.before,
      work: async (replay) => {
        await requireCutOff(run, restored, replay);
        found = await lookAlong(run, restored, { ...request, range, walk, replay, archiveEnd: way.archiveEnd });
      },
    },
    now: () => services.clock.now(),
    signal,
    onProgress: () => undefined,
    ...undoingOf(run, station),
  });
  await proveWal({ feed, ready, recovered, signal });
  if (found === null) throw new Error('a pass without an answer');
  record.timeline.summarize(summaryOf(found));
  return found;
}

interface Looking extends Omit<PassRequest, 'range'> {
  readonly range: ResolvedRange;
  readonly walk: WalWalk;
  readonly replay: GatedReplay;
  readonly archiveEnd: Lsn;
}

async function lookAlong(run: Run, { ready }: Restored, looking: Looking): Promise<Found> {
  const { range, walk, replay, archiveEnd, predicate, all } = looking;
  const { sessions } = replay;
  const along = await askAlong(
    { predicate, range, all },
    {
      sessions,
      moveTo: (lsn) => replay.moveTo(lsn),
      index: async (from, watched) => {
        tellText(run, 'reading which transactions there are in the WAL');
        const index = new CommitIndex(watched, await openNow(replay));
        await walk.read({ from: from.before, to: range.end?.before ?? archiveEnd }, [], (line) => index.push(line));
        index.finish(ready.archive.segmentBytes);
        return index;
      },
      onAsk: (done, of) => tellText(run, `asked at ${done} of ${of} places`),
      signal: run.signal,
    },
  );
  const files = flipsIn(along.asked).flatMap(({ candidates }) =>
    candidates.flatMap(({ counts }) => [...counts.keys()]),
  );
  await using database = await sessions.of(sessions.databaseFor(predicate.database));
  const names = new Map([...(await namesOf(database, files)), ...along.relations.names]);
  const { backup, archive } = ready;
  return { ...along, range, names, backup, segments: archive.path.segments.length };
}

/** Replay stands where the WAL is read from. */
async function openNow({ sessions }: GatedReplay): Promise<OpenTransactions> {
  await using database = await sessions.ours();
  return await openTransactions(database);
}

function summaryOf({ candidates, asked, commits }: Found): string {
  return `${candidates} of ${commits} transactions may have changed it; asked at ${asked.length} places`;
}

/** Nothing is asked of a copy that is not cut off: what a query does there it might do to production. */
async function requireCutOff(run: Run, { foreseen, ...copy }: Restored, { sessions }: GatedReplay): Promise<void> {
  const { historiesBefore } = foreseen;
  const assertions = await assertCutOff(run, { ...copy, historiesBefore, sessions, isNetworkUsed: true });
  const broken = assertions.filter(({ status }) => status !== 'passed');
  if (broken.length === 0) return;
  const names = broken.map(({ name, observed }) => `${name} (${observed ?? '?'})`).join('; ');
  throw new DrillError('isolation-broken', `nothing was asked of a copy that is not cut off: ${names}`);
}

function walkOver({ signal }: Run, { station, ready }: Restored): WalWalk {
  return new WalWalk({
    pgbackrest: ready.pgbackrest,
    repo: ready.backup.repo,
    binaries: ready.binaries,
    segmentBytes: ready.archive.segmentBytes,
    segments: ready.archive.path.segments,
    dataDirectory: station.paths.data,
    directory: `${station.paths.spool}/bisect`,
    atOnce: ready.processMax,
    signal,
  });
}

function wayOf({ ready }: Restored): { consistentAt: Lsn; archiveEnd: Lsn; segmentBytes: number } {
  const { backup, archive } = ready;
  const { segmentBytes, path } = archive;
  const last = parseSegmentName(path.segments.at(-1) ?? '', segmentBytes);
  if (last === null || backup.lsnStop === null) {
    throw new DrillError('bisect-unanswered', `nothing is archived behind the backup set ${backup.label}`, {
      hint: 'name another set with --backup, one that was taken while the server ran',
    });
  }
  return { consistentAt: backup.lsnStop, archiveEnd: (last.number + 1n) * BigInt(segmentBytes), segmentBytes };
}
