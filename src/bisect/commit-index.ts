import { parseLsn, type Lsn } from '../postgres/lsn.ts';
import {
  createdFile,
  eachFileNode,
  endOf,
  isOf,
  locksIn,
  mayChangeRows,
  oldestRunning,
  parseWalLine,
  positionIn,
  precedes,
  transactionEnd,
  type FileNode,
  type TransactionEnd,
} from '../postgres/wal-line.ts';
import { NONE_OPEN, wasOpen, type OpenTransactions } from '../postgres/open-transactions.ts';
import type { Instant } from '../core/instant.ts';
import type { Point } from './range.ts';
import { Sampled } from './sampled.ts';
import { count, together, untouched, type Counts, type Touched } from './touched.ts';
import type { Watched } from './watched.ts';

/** A transaction that may have changed what the predicate says. */
export interface Candidate {
  readonly xid: string;
  readonly at: Instant | null;
  /** Where the record of its end begins. */
  readonly lsn: Lsn;
  /** Right before its end is replayed, and right after it. */
  readonly before: Point;
  readonly after: Point;
  readonly isPrepared: boolean;
  readonly subtransactions: readonly string[];
  /** It changed the definition, or the file, of a relation that is watched: what is watched may not be what has to be. */
  readonly changesRelations: boolean;
  readonly counts: Counts;
  /** The commit before it, whether a candidate or not; null: it is the first of the range. */
  readonly commitBefore: Instant | null;
  /** No transaction ended between the candidate before and this one. */
  readonly followsCandidate: boolean;
}

/** A lock that keeps the predicate from being asked: from the record on that took it, until the holder has ended. */
export interface Span {
  /** Right before the record that took it. */
  readonly from: Point;
  /** Right after the holder has ended; null: it does not end in this WAL. */
  readonly to: Point | null;
}

/** More candidates than these are not asked about one by one. */
export const MOST_CANDIDATES = 2000;

/**
 * What a stretch of the WAL holds of transactions that may have changed what the predicate says. Takes the lines of pg_waldump in
 * the order of the WAL. Holds what has not ended, {@link MOST_CANDIDATES}, and a sample of the places of more.
 */
export class CommitIndex {
  readonly #watched: Watched;
  /** The files that are watched; null: all of the database. Those that a watched relation gets later are added. */
  readonly #files: Set<FileNode> | null;
  readonly #open: OpenTransactions;
  readonly #running = new Map<string, Touched>();
  readonly #candidates: Candidate[] = [];
  readonly #places = new Sampled<Point>(MOST_CANDIDATES);
  readonly #spans: Span[] = [];
  #commits = 0;
  #count = 0;
  #lastCommit: Instant | null = null;
  #endedSince = false;
  #lastLine = '';
  #end: Point | null = null;
  /** What ended in the record before, whose end is where the next record begins. */
  #ended: { readonly end: TransactionEnd; readonly touched: Touched } | null = null;

  /** `open`: what may have been open where the WAL begins that it is given, so that it is not known what it did before. */
  constructor(watched: Watched, open: OpenTransactions = NONE_OPEN) {
    this.#watched = watched;
    this.#open = open;
    this.#files = watched.files === null ? null : new Set(watched.files);
  }

  /** All commits that were seen. */
  get commits(): number {
    return this.#commits;
  }

  /** How many candidates there are; more than {@link MOST_CANDIDATES} are not all held. */
  get count(): number {
    return this.#count;
  }

  /** The first of the candidates. */
  get candidates(): readonly Candidate[] {
    return this.#candidates;
  }

  /** The places right after candidates, evenly spread where there are many. */
  get places(): readonly Point[] {
    return this.#places.items;
  }

  /** Where the predicate would meet a lock. */
  get spans(): readonly Span[] {
    return this.#spans;
  }

  /** Right behind the last record; null: there was none. */
  get end(): Point | null {
    return this.#end;
  }

  /** The files that are watched by now; null: all. */
  get files(): ReadonlySet<FileNode> | null {
    return this.#files;
  }

  /** What was watched from the beginning on. */
  get watched(): Watched {
    return this.#watched;
  }

  /** Takes the next line. */
  push(line: string): void {
    if (this.#ended !== null) this.#take(positionIn(line));
    this.#lastLine = line;
    if (isOf(line, 'Transaction')) this.#transaction(line);
    else if (isOf(line, 'Standby')) this.#standby(line);
    else if (isOf(line, 'Storage')) this.#made(line);
    else this.#touch(line);
  }

  /** There is no more WAL. */
  finish(segmentBytes: number): void {
    const last = parseWalLine(this.#lastLine);
    if (last !== null) {
      const before = endOf(last, segmentBytes);
      this.#end = { after: last.lsn, before };
      this.#close(before);
    }
    for (const { lockedAt } of this.#running.values())
      if (lockedAt !== null) this.#spans.push({ from: lockedAt, to: null });
  }

  #touch(line: string): void {
    const watched: FileNode[] = [];
    eachFileNode(line, (file) => {
      if (this.#isWatched(file)) watched.push(file);
    });
    const [file] = watched;
    const record = file === undefined ? null : parseWalLine(line);
    if (file === undefined || record === null || record.xid === '0' || !mayChangeRows(record)) return;
    count(this.#of(record.xid).counts, file, record.verb.replace(/\+INIT$/, ''));
  }

  #isWatched(file: FileNode): boolean {
    if (this.#files !== null) return this.#files.has(file);
    return file.startsWith(`${this.#watched.database}/`) || file.startsWith('0/');
  }

  #of(xid: string): Touched {
    const known = this.#running.get(xid);
    if (known) return known;
    const made = untouched();
    this.#running.set(xid, made);
    return made;
  }

  #standby(line: string): void {
    const record = parseWalLine(line);
    if (record === null) return;
    for (const { xid, database, relation } of locksIn(record)) {
      if (database !== this.#watched.database || !this.#watched.relations.has(relation)) continue;
      this.#of(xid).lockedAt ??= { after: record.previous, before: record.lsn };
    }
    const oldest = oldestRunning(record);
    if (oldest === null) return;
    for (const xid of this.#running.keys()) if (precedes(xid, oldest)) this.#running.delete(xid);
  }

  #made(line: string): void {
    const record = parseWalLine(line);
    const file = record === null ? null : createdFile(record);
    if (record === null || file === null || record.xid === '0') return;
    const touched = this.#of(record.xid);
    touched.made.add(file);
    // Who holds that lock makes the new file for the relation, and fills it before it ends.
    if (touched.lockedAt !== null) this.#files?.add(file);
  }

  #transaction(line: string): void {
    const end = transactionEnd(line);
    if (end === null || end.xid === null) return;
    const members = [end.xid, ...end.subtransactions];
    const touched = together(members.flatMap((xid) => this.#running.get(xid) ?? []));
    for (const xid of members) this.#running.delete(xid);
    if (end.kind === 'commit') this.#commits += 1;
    this.#ended = { end, touched };
  }

  #take(position: string | null): void {
    const next = position === null ? null : parseLsn(position);
    if (next !== null) this.#close(next);
  }

  #close(next: Lsn): void {
    if (this.#ended === null) return;
    const { end, touched } = this.#ended;
    this.#ended = null;
    const after = { after: end.lsn, before: next };
    if (touched.lockedAt !== null) this.#spans.push({ from: touched.lockedAt, to: after });
    if (end.kind !== 'commit') return;
    if (this.#isCandidate(end, touched)) this.#add(end, touched, after);
    else this.#endedSince = true;
    this.#lastCommit = end.at;
  }

  #isCandidate(end: TransactionEnd, { counts, lockedAt }: Touched): boolean {
    const { changed, changesCatalogs } = end;
    const { relations, files, anyDefinition } = this.#watched;
    return (
      wasOpen([end.xid ?? '', ...end.subtransactions], this.#open) ||
      counts.size > 0 ||
      lockedAt !== null ||
      changed.some((oid) => relations.has(oid)) ||
      (changesCatalogs && (files === null || anyDefinition))
    );
  }

  #add(end: TransactionEnd, touched: Touched, after: Point): void {
    const { relations, anyDefinition } = this.#watched;
    const changesRelations =
      touched.lockedAt !== null ||
      end.changed.some((oid) => relations.has(oid)) ||
      (anyDefinition && end.changesCatalogs);
    // Nobody else writes to a file before whoever made it has ended.
    if (changesRelations) for (const file of touched.made) this.#files?.add(file);
    this.#count += 1;
    this.#places.push(after);
    if (this.#candidates.length < MOST_CANDIDATES) {
      this.#candidates.push({
        xid: end.xid ?? '',
        at: end.at,
        lsn: end.lsn,
        before: { after: end.previous, before: end.lsn },
        after,
        isPrepared: end.isPrepared,
        subtransactions: end.subtransactions,
        changesRelations,
        counts: touched.counts,
        commitBefore: this.#lastCommit,
        followsCandidate: !this.#endedSince && this.#count > 1,
      });
    }
    this.#endedSince = false;
  }
}
