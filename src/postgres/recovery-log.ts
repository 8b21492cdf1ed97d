import { parseInstant, type Instant } from '../core/instant.ts';
import { parseLsn, type Lsn } from './lsn.ts';

/** The line that says where recovery stopped. */
export interface RecoveryStop {
  readonly kind: 'time' | 'lsn' | 'name' | 'immediate';
  /** `before`: what is named was not replayed. */
  readonly side: 'before' | 'after';
  /** How the transaction that is named ended; null where none is. */
  readonly outcome: 'commit' | 'abort' | null;
  readonly xid: string | null;
  readonly at: Instant | null;
  readonly lsn: Lsn | null;
  readonly name: string | null;
  readonly text: string;
}

/** What PostgreSQL's log says of a recovery; null where it has not said it. */
export interface RecoveryFacts {
  readonly startedAt: Instant | null;
  readonly redoStartedAt: Instant | null;
  readonly consistentAt: Instant | null;
  readonly redoDoneAt: Instant | null;
  readonly completeAt: Instant | null;
  readonly readyAt: Instant | null;
  readonly readOnlyAt: Instant | null;
  readonly stop: RecoveryStop | null;
  /** Where the record begins that was read last: the last one replayed, or the one that PostgreSQL stopped before. */
  readonly redoDoneLsn: Lsn | null;
  readonly progressLsn: Lsn | null;
  readonly lastCommitAt: Instant | null;
  readonly newTimeline: number | null;
  readonly lastRestored: string | null;
  readonly waitingForLsn: Lsn | null;
  readonly paused: boolean;
  /** Somebody ended the recovery from outside. */
  readonly promoteRequested: boolean;
  /** The first WAL record that PostgreSQL rejected. At the end of unfinished WAL this is normal. */
  readonly invalidRecord: string | null;
  /** FATAL and PANIC lines of the server itself, each with its DETAIL and HINT. */
  readonly fatal: readonly string[];
  /** How a child that the postmaster reports was killed. */
  readonly killedBySignal: number | null;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const INVALID_RECORD =
  /^(invalid record (length|offset)|incorrect resource manager data checksum|invalid magic number|unexpected pageaddr|record with (incorrect|invalid)|invalid resource manager ID|invalid info bits|invalid contrecord|there is no contrecord|out-of-sequence timeline|WAL file is from different|record length .* too long|contrecord is requested|(invalid|out-of-order) block_id|(neither )?BKP(BLOCK|IMAGE)_|could not read from (WAL|log) segment)/;

/** The first words of the process that recovers (StartupXLOG, 12 to 18). */
const OF_THE_RECOVERER =
  /^(database system was |starting (point-in-time|archive|backup) recovery|entering standby mode|redo starts at )/;

/** What the postmaster says. */
const OF_THE_SERVER = /^(starting PostgreSQL |database system is ready |.* was terminated by signal \d)/;

/** Refused connections are no failure of recovery, though they are FATAL. */
const REFUSED_CONNECTION =
  /^(the database system is |role ".*" does not exist|database ".*" does not exist|password authentication failed|no pg_hba.conf entry|sorry, too many clients|terminating connection|connection to client lost|remaining connection slots|canceling authentication)/;

/**
 * Reads the log of a recovering server, which runs with log_line_prefix `%m [%p] `, log_timezone UTC and lc_messages C,
 * line by line. Texts are those of PostgreSQL 12 to 18; the order of the first ones differs between majors, so nothing
 * rests on it.
 */
export class RecoveryLog {
  readonly #facts: Mutable<RecoveryFacts> & { fatal: string[] } = {
    startedAt: null,
    redoStartedAt: null,
    consistentAt: null,
    redoDoneAt: null,
    completeAt: null,
    readyAt: null,
    readOnlyAt: null,
    stop: null,
    redoDoneLsn: null,
    progressLsn: null,
    lastCommitAt: null,
    newTimeline: null,
    lastRestored: null,
    waitingForLsn: null,
    paused: false,
    promoteRequested: false,
    invalidRecord: null,
    fatal: [],
    killedBySignal: null,
  };
  /** The process that recovers, once a line is its own; no other is believed about the recovery. */
  #recoverer: string | null = null;
  /** The process whose FATAL may still have a DETAIL or a HINT. */
  #dying: string | null = null;
  readonly #isEnd: (rejected: string) => boolean;

  /** `isEnd`: whether what is rejected is merely the end of the WAL that was served so far. */
  constructor(isEnd: (rejected: string) => boolean = () => false) {
    this.#isEnd = isEnd;
  }

  get facts(): RecoveryFacts {
    return this.#facts;
  }

  push(line: string): void {
    const match = /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}) \w+ \[(\d+)\] (\w+): {2}(.*)$/.exec(line);
    if (!match) return;
    const [, stamp = '', process = '', level = '', text = ''] = match;
    const at = parseInstant(`${stamp}+00`);
    if (level === 'FATAL' || level === 'PANIC') this.#fatal(text, process);
    else if (level === 'DETAIL' || level === 'HINT') {
      if (process === this.#dying) this.#extendFatal(level, text);
    } else {
      if (process === this.#dying) this.#dying = null;
      if (level === 'LOG' || level === 'WARNING') this.#log(text, at, process);
    }
  }

  #fatal(text: string, process: string): void {
    if (REFUSED_CONNECTION.test(text)) return;
    this.#dying = process;
    this.#facts.fatal.push(text);
  }

  #extendFatal(level: string, text: string): void {
    const last = this.#facts.fatal.pop();
    this.#facts.fatal.push(`${last ?? ''} (${level === 'HINT' ? 'hint: ' : ''}${text})`);
  }

  #log(text: string, at: Instant | null, process: string): void {
    if (text.startsWith('starting PostgreSQL ')) this.#recoverer = null;
    if (OF_THE_RECOVERER.test(text)) this.#recoverer ??= process;
    const isOfTheServer = OF_THE_SERVER.test(text);
    // Whatever a session is made to log, it ends no recovery.
    if (isOfTheServer || this.#recoverer === null || process === this.#recoverer) this.#learned(text, at);
  }

  #learned(text: string, at: Instant | null): void {
    const facts = this.#facts;
    if (text.startsWith('starting PostgreSQL ')) facts.startedAt = at;
    else if (text.startsWith('redo starts at ')) facts.redoStartedAt ??= at;
    else if (text.startsWith('consistent recovery state reached')) facts.consistentAt ??= at;
    else if (text.startsWith('archive recovery complete')) facts.completeAt = at;
    else if (/^database system is ready to accept read[- ]only connections/.test(text)) facts.readOnlyAt ??= at;
    else if (text.startsWith('database system is ready to accept connections')) facts.readyAt ??= at;
    else if (text.startsWith('recovery stopping ')) facts.stop = parseStop(text);
    else if (text.startsWith('recovery has paused') || text.startsWith('pausing at the end of recovery'))
      facts.paused = true;
    else if (text === 'received promote request') facts.promoteRequested = true;
    else if (INVALID_RECORD.test(text)) facts.invalidRecord ??= this.#isEnd(text) ? null : text;
    else this.#captured(text, at);
  }

  #captured(text: string, at: Instant | null): void {
    const facts = this.#facts;
    const taken = (pattern: RegExp): string | null => pattern.exec(text)?.[1] ?? null;
    const redoDone = taken(/^redo done at (\S+)/);
    const lastCommit = taken(/^last completed transaction was at log time (.+)$/);
    const timeline = taken(/^selected new timeline ID: (\d+)/);
    const restored = taken(/^restored log file "([^"]+)" from archive/);
    const waiting = taken(/^waiting for WAL to become available at (\S+)/);
    const progress = taken(/^redo in progress, .*current LSN: (\S+)/);
    const signal = taken(/was terminated by signal (\d+)/);
    if (redoDone !== null) {
      facts.redoDoneAt = at;
      facts.redoDoneLsn = parseLsn(redoDone);
    }
    if (lastCommit !== null) facts.lastCommitAt = parseInstant(lastCommit);
    if (timeline !== null) facts.newTimeline = Number(timeline);
    if (restored !== null) facts.lastRestored = restored;
    if (waiting !== null) facts.waitingForLsn = parseLsn(waiting);
    if (progress !== null) facts.progressLsn = parseLsn(progress);
    if (signal !== null) facts.killedBySignal ??= Number(signal);
  }
}

/** Reads the forms of "recovery stopping …" (recoveryStopsBefore and recoveryStopsAfter of xlogrecovery.c). */
export function parseStop(text: string): RecoveryStop | null {
  const nothing = { outcome: null, xid: null, at: null, lsn: null, name: null, text };
  const transaction = /^recovery stopping (before|after) (commit|abort) of transaction (\d+), time (.+)$/.exec(text);
  if (transaction) {
    return {
      ...nothing,
      kind: 'time',
      side: sideOf(transaction[1]),
      outcome: transaction[2] === 'commit' ? 'commit' : 'abort',
      xid: transaction[3] ?? null,
      at: parseInstant(transaction[4] ?? ''),
    };
  }
  const lsn = /^recovery stopping (before|after) WAL location \(LSN\) "([^"]+)"/.exec(text);
  if (lsn) return { ...nothing, kind: 'lsn', side: sideOf(lsn[1]), lsn: parseLsn(lsn[2] ?? '') };
  const point = /^recovery stopping at restore point "(.*)", time (.+)$/.exec(text);
  if (point)
    return { ...nothing, kind: 'name', side: 'after', name: point[1] ?? null, at: parseInstant(point[2] ?? '') };
  if (text === 'recovery stopping after reaching consistency') return { ...nothing, kind: 'immediate', side: 'after' };
  return null;
}

function sideOf(word: string | undefined): 'before' | 'after' {
  return word === 'before' ? 'before' : 'after';
}
