import { DrillError } from '../core/errors.ts';
import type { Standing } from '../drill/recover/gated-replay.ts';
import type { Sessions } from '../postgres/sessions.ts';
import { CommitIndex, MOST_CANDIDATES } from './commit-index.ts';
import type { Asked } from './flips.ts';
import { isMistake } from '../postgres/sqlstate.ts';
import { askPredicate, NO_PREDICATE, type Predicate } from './predicate.ts';
import { standsAt, type Point } from './range.ts';
import { relationsOf, type Relations } from './relations.ts';
import type { ResolvedRange } from './resolve-range.ts';
import { spread } from './sampled.ts';
import { late, stopsAround, withCandidates, type Stop } from './stops.ts';
import type { Watched } from './watched.ts';

/** Where there are more candidates than can be asked about one by one, the predicate is asked at so many places. */
const PLACES = 200;

/** What the questions go to. */
export interface Copy {
  readonly sessions: Sessions;
  /** Moves the gate forward, and gives where replay stands then. */
  readonly moveTo: (lsn: bigint) => Promise<Standing>;
  /** Reads the WAL from a place to the end of the range. */
  readonly index: (from: Point, watched: Watched) => Promise<CommitIndex>;
  readonly onAsk: (done: number, all: number) => void;
  readonly signal: AbortSignal;
}

/** What one pass along the WAL has found. */
export interface Along {
  readonly asked: readonly Asked[];
  readonly relations: Relations;
  readonly commits: number;
  readonly candidates: number;
  /** Each candidate was asked about; else only some places were. */
  readonly isEach: boolean;
  /** Where the range ends. */
  readonly end: Point | null;
}

interface Request {
  readonly predicate: Predicate;
  readonly range: ResolvedRange;
  /** Every transaction that changed something is a candidate. */
  readonly all: boolean;
}

/**
 * Asks the predicate where the range begins, then around each transaction that may have changed what it says, and at the end of the
 * range. What a transaction made of the relations is looked at again after it: where they are others by then, the
 * rest of the WAL is read for those.
 */
export async function askAlong({ predicate, range, all }: Request, copy: Copy): Promise<Along> {
  const watch = async (): Promise<Relations> => watched(await relationsOf(copy.sessions, predicate, copy.signal), all);
  let relations = await watch();
  const asked: Asked[] = [await ask({ point: range.start, candidates: [] }, predicate, copy)];
  asked.forEach(requirePredicate);
  let index = await copy.index(range.start, relations);
  const first = index;
  const isEach = index.count <= MOST_CANDIDATES;
  let stops = stopsIn(index, range.start, isEach);
  for (let next = stops.shift(); next !== undefined; next = stops.shift()) {
    asked.push(await ask(next, predicate, copy));
    copy.onAsk(asked.length, asked.length + stops.length);
    if (!isEach || !next.candidates.some(({ changesRelations }) => changesRelations)) continue;
    relations = withNames(await watch(), relations);
    if (isCovered(relations, index)) continue;
    index = await copy.index(next.point, relations);
    stops = stopsIn(index, next.point, true);
  }
  const end = range.end ?? index.end;
  const isLast = end === null || (asked.at(-1)?.point.before ?? end.before) >= end.before;
  // What no candidate explains shows there at the latest.
  if (!isLast) asked.push(await ask({ point: end, candidates: [] }, predicate, copy));
  return { asked, relations, commits: first.commits, candidates: first.count, isEach, end };
}

/** What is watched when every transaction is a candidate. */
function watched(relations: Relations, all: boolean): Relations {
  return all ? { ...relations, files: null } : relations;
}

function withNames(now: Relations, before: Relations): Relations {
  return { ...now, names: new Map([...before.names, ...now.names]), read: [...new Set([...before.read, ...now.read])] };
}

function stopsIn(index: CommitIndex, start: Point, isEach: boolean): Stop[] {
  if (isEach) return stopsAround(index.candidates, index.spans, start);
  const places = spread(index.places, PLACES).flatMap((point) => late(point, index.spans) ?? []);
  const distinct = places.filter(({ before }, place) => before > (places[place - 1]?.before ?? start.before));
  return withCandidates(distinct, []);
}

/** Whether the WAL was read for all that is to be watched by now. */
function isCovered({ files, relations, anyDefinition }: Relations, index: CommitIndex): boolean {
  const [were, read] = [index.watched, index.files];
  if (read === null) return true;
  if (files === null || anyDefinition !== were.anyDefinition) return false;
  return files.isSubsetOf(read) && relations.isSubsetOf(were.relations);
}

/** A query that is wrong wherever it is asked is not asked anywhere else. */
function requirePredicate({ answer: { message, code } }: Asked): void {
  if (message !== NO_PREDICATE && !isMistake(code)) return;
  throw new DrillError('bisect-unanswered', `the predicate cannot be asked: ${message ?? '?'}`, {
    hint: 'write it as one query that answers with one row of one boolean, such as: select count(*) > 0 from shop.orders',
  });
}

async function ask(stop: Stop, predicate: Predicate, { sessions, moveTo, signal }: Copy): Promise<Asked> {
  const { replayedTo } = await moveTo(stop.point.before);
  if (!standsAt(replayedTo, stop.point)) throw new Error('replay does not stand where its gate is');
  return { ...stop, answer: await askPredicate(sessions, predicate, signal), replayedTo };
}
