import { setTimeout as delay } from 'node:timers/promises';
import { DrillError } from '../../core/errors.ts';
import { parseInstant, type Instant } from '../../core/instant.ts';
import type { WalGate } from '../../pgbackrest/wal-gate.ts';
import type { Database } from '../../postgres/database.ts';
import { formatLsn, type Lsn } from '../../postgres/lsn.ts';
import type { RecoveryLog } from '../../postgres/recovery-log.ts';
import { replayState } from '../../postgres/replay-state.ts';
import type { Sessions } from '../../postgres/sessions.ts';
import { endBefore } from '../../postgres/wal-page.ts';
import { aborted } from './aborted.ts';
import type { GateEnds } from './gate-ends.ts';
import type { LogWatch } from './log-watch.ts';
import { Standstill } from './standstill.ts';

/** A recovery that is held at positions of the WAL. */
export interface Climb {
  /** Where it is held first; behind the end of the backup, since nobody is let in before. */
  readonly from: Lsn;
  /** Called once it stands there. When it returns, no session is open; the copy was promoted or is still held. */
  readonly work: (replay: GatedReplay) => Promise<void>;
}

/** What the server says at a gate. */
export interface Standing {
  /** Where the record begins that is the first behind the gate. */
  readonly gate: Lsn;
  /** pg_last_wal_replay_lsn(): all before the gate was replayed, and nothing behind it. */
  readonly replayedTo: Lsn;
  /** The time in the record of the transaction that ended last; null: none has since replay began. */
  readonly lastEndedAt: Instant | null;
}

interface Gated {
  readonly gate: WalGate;
  readonly ends: GateEnds;
  readonly sessions: Sessions;
  readonly log: RecoveryLog;
  readonly watch: LogWatch;
  readonly segmentBytes: number;
  /** Aborted when the run or the server ends. */
  readonly ended: AbortSignal;
}

const LOOK_EVERY_MS = 10;

/**
 * A hot standby whose WAL ends at a gate. Between two moves of the gate it is asked, read-only; whoever asks closes his sessions
 * before the next move, since replay has to end those that are in its way.
 */
export class GatedReplay {
  readonly #with: Gated;
  #at: Lsn;
  #promoted = false;

  /** `from`: where the gate was set before the server was started. */
  constructor(parts: Gated, from: Lsn) {
    this.#with = parts;
    this.#at = from;
  }

  get sessions(): Sessions {
    return this.#with.sessions;
  }

  get isPromoted(): boolean {
    return this.#promoted;
  }

  /** Moves the gate forward, and waits until replay stands there. Throws where it stood before: nothing is taken back. */
  async moveTo(lsn: Lsn): Promise<Standing> {
    if (lsn < this.#at) throw new Error(`a gate at ${formatLsn(this.#at)} cannot go back to ${formatLsn(lsn)}`);
    if (lsn > this.#at) {
      this.#with.ends.add(lsn);
      await this.#with.gate.moveTo(lsn);
      this.#at = lsn;
    }
    return this.stand();
  }

  /**
   * Waits until replay stands at the gate, to the byte. Throws `target-unproven` where it went further or is held short of it,
   * `wal-invalid` where the server rejects a record before it, `standby-paused`, and `recovery-failed` when the server ends.
   */
  async stand(): Promise<Standing> {
    const { segmentBytes, ended, log, gate } = this.#with;
    const wanted = endBefore(this.#at, segmentBytes);
    await using asking = new Asking(this.#with);
    const standstill = new Standstill(gate, this.#at);
    while (!ended.aborted) {
      const state = await asking.state();
      if (state === null) continue;
      const { replayedTo } = state;
      if (replayedTo === wanted) return { gate: this.#at, replayedTo, lastEndedAt: await asking.lastEndedAt() };
      if (replayedTo > wanted) throw wentFurther(replayedTo, this.#at);
      if (log.facts.paused) throw paused(replayedTo);
      const fault = await standstill.look({ replayedTo, invalidRecord: log.facts.invalidRecord });
      if (fault !== null) throw fault;
      await delay(LOOK_EVERY_MS);
    }
    throw new DrillError('recovery-failed', `the server ended on its way to LSN ${formatLsn(this.#at)}`);
  }

  /** Promotes the copy where it stands. The transactions that are open there are rolled back, those that are prepared stay. */
  async promote(): Promise<void> {
    const { sessions, watch, ended } = this.#with;
    // Before it is asked for: a fact that is there by then is told to nobody.
    const over = watch.until(({ readyAt, fatal }) => readyAt !== null || fatal.length > 0);
    {
      await using database = await sessions.ours();
      await database.execute('select pg_promote(false)');
    }
    const end = await Promise.race([over, aborted(ended)]);
    if (end === 'aborted' || this.#with.log.facts.fatal.length > 0)
      throw new DrillError('recovery-failed', 'the server ended when it was promoted');
    this.#promoted = true;
  }
}

/** A session for short questions. Replay may end it, where it drops the database that it is in: then there is another. */
class Asking implements AsyncDisposable {
  readonly #with: Gated;
  #database: Database | null = null;
  #refusals = 0;

  constructor(parts: Gated) {
    this.#with = parts;
  }

  async state(): Promise<{ replayedTo: Lsn } | null> {
    return this.#orNull((database) => replayState(database));
  }

  /** Of no importance where it is not told: then nothing is proven. */
  async lastEndedAt(): Promise<Instant | null> {
    const rows = await this.#orNull((database) => database.rows('select pg_last_xact_replay_timestamp()'));
    return parseInstant(rows?.[0]?.[0] ?? '');
  }

  async #orNull<T>(ask: (database: Database) => Promise<T>): Promise<T | null> {
    try {
      this.#database ??= await this.#with.sessions.ours();
      const answer = await ask(this.#database);
      this.#refusals = 0;
      return answer;
    } catch (error) {
      await this[Symbol.asyncDispose]();
      this.#refusals += 1;
      if (this.#with.ended.aborted || this.#refusals > MOST_REFUSALS) throw error;
      await delay(LOOK_EVERY_MS);
      return null;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#database?.close();
    this.#database = null;
  }
}

/** A session in a row that is ended: a database is dropped once. */
const MOST_REFUSALS = 20;

function wentFurther(replayedTo: Lsn, gate: Lsn): DrillError {
  return new DrillError(
    'target-unproven',
    `replay was to stand at LSN ${formatLsn(gate)}, and went to ${formatLsn(replayedTo)}`,
    { hint: 'read the server log in the report folder' },
  );
}

function paused(replayedTo: Lsn): DrillError {
  return new DrillError(
    'standby-paused',
    `replay paused at ${formatLsn(replayedTo)}: a setting is lower than in production`,
    { hint: 'the server log names it; raise it with sandbox.settings in the plan' },
  );
}
