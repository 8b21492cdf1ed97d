import { setTimeout as delay } from 'node:timers/promises';
import { DrillError } from '../../core/errors.ts';
import { instantOf, parseInstant } from '../../core/instant.ts';
import { WalGate } from '../../pgbackrest/wal-gate.ts';
import { parseLsn } from '../../postgres/lsn.ts';
import { RecoveryLog, type RecoveryFacts } from '../../postgres/recovery-log.ts';
import { Sessions, type Entrances } from '../../postgres/sessions.ts';
import { parseSegmentName } from '../../postgres/wal-segment.ts';
import { kindOf } from '../../targets/index.ts';
import type { PhaseProgress } from '../events.ts';
import type { Settled } from '../preflight/preflight.ts';
import { aborted, abortedBy } from './aborted.ts';
import type { Configured } from './configure.ts';
import { fetcherKilled, type startFetcher } from './fetcher.ts';
import { GateEnds } from './gate-ends.ts';
import { GatedReplay, type Climb } from './gated-replay.ts';
import { LogWatch } from './log-watch.ts';
import { neverOpens } from './never-opens.ts';
import type { Recovered, RecoverInput } from './recovered.ts';
import { untilCaughtUp } from './standby.ts';
import { whyFailed } from './why-failed.ts';

interface Started extends Pick<Configured, 'server' | 'entrances'> {
  readonly gated: Gate | null;
  readonly fetching: Awaited<ReturnType<typeof startFetcher>>;
}

type Replayed = Pick<
  Recovered,
  'sessions' | 'log' | 'journal' | 'replayedTo' | 'lastCommitAt' | 'timeline' | 'acceptedAt'
>;

/** Waits until a server that was started has replayed what it is to replay, and answers. Throws a DrillError. */
export async function replayed(
  input: RecoverInput,
  { server, entrances, gated, fetching }: Started,
): Promise<Replayed> {
  const log = new RecoveryLog((rejected) => gated?.ends.has(rejected) === true);
  const watch = new LogWatch(log);
  const follower = input.station.host.followLines(server.logPath, (line) => watch.push(line));
  const exited = server.exited.then(() => 'exited' as const);
  const progress = setInterval(() => input.onProgress(progressOf(log.facts, input.ready)), 250);
  try {
    const standby = kindOf(input.ready.target).staysInRecovery || gated !== null;
    const end = await Promise.race([
      watch.until((facts) => facts.fatal.length > 0 || (standby ? facts.readOnlyAt : facts.readyAt) !== null),
      exited,
      aborted(input.signal),
      fetching.ended,
      ...(gated === null ? [] : [neverOpens({ ...gated, log, exited, signal: input.signal })]),
    ]);
    if (end === 'aborted') throw new DrillError('cancelled', 'the run was ended during recovery');
    if (end === 'fetcher-ended') throw fetcherKilled();
    // Without it the server ends as well, of what it could not get.
    const why = async (): Promise<DrillError> => {
      const reason = await whyFailed(input, server, follower, log);
      return fetching.hasEnded() ? fetcherKilled() : reason;
    };
    if (log.facts.fatal.length > 0 || end === 'exited') throw await why();
    const state = await askOnceThere(input, { log, watch, gated, exited, entrances }).catch(async (error: unknown) => {
      const stopped = log.facts.fatal.length > 0 || log.facts.paused || (await hasEnded(exited));
      throw stopped && !input.signal.aborted ? await why() : error;
    });
    if (!kindOf(input.ready.target).staysInRecovery) fetching.stop();
    return { log, journal: await input.feed.journal(), ...state, acceptedAt: instantOf(input.now()) };
  } finally {
    clearInterval(progress);
    await follower.stop();
  }
}

/** The gate of a recovery that is held at positions, and where it was. */
interface Gate {
  readonly climb: Climb;
  readonly gate: WalGate;
  readonly ends: GateEnds;
}

/** The gate, set before the server is started; null: all WAL is served. */
export async function gateOf({ climb, station, ready }: RecoverInput): Promise<Gate | null> {
  if (climb === null) return null;
  const { segmentBytes } = ready.archive;
  const gate = new WalGate(station.host, station.paths, segmentBytes);
  const ends = new GateEnds(segmentBytes);
  ends.add(climb.from);
  await gate.moveTo(climb.from);
  return { climb, gate, ends };
}

interface Running {
  readonly log: RecoveryLog;
  readonly watch: LogWatch;
  readonly gated: Gate | null;
  readonly exited: Promise<unknown>;
  readonly entrances: Entrances;
}

async function askOnceThere(input: RecoverInput, running: Running): ReturnType<typeof ask> {
  const { ready, station } = input;
  const sessions = await Sessions.find(station.endpoint, ready.binaries.major, running.entrances);
  if (running.gated !== null) {
    const replay = await climbed(input, running.gated, { ...running, sessions });
    return ask(sessions, !replay.isPromoted);
  }
  const standby = kindOf(ready.target).staysInRecovery;
  if (standby) await untilCaughtUp({ ...input, ...running, sessions });
  return ask(sessions, standby);
}

async function climbed(
  { ready, signal }: RecoverInput,
  { climb, ...gate }: Gate,
  running: Running & { readonly sessions: Sessions },
): Promise<GatedReplay> {
  const { segmentBytes } = ready.archive;
  const ended = AbortSignal.any([signal, abortedBy(running.exited)]);
  const replay = new GatedReplay({ ...gate, ...running, segmentBytes, ended }, climb.from);
  await replay.stand();
  await climb.work(replay);
  return replay;
}

/** A server whose connection broke is given a moment to be seen to end. */
async function hasEnded(exited: Promise<unknown>): Promise<boolean> {
  return Promise.race([exited.then(() => true), delay(500, false)]);
}

/** The first successful connection ends the recovery phase: it is what an application would wait for. */
async function ask(
  sessions: Sessions,
  standby: boolean,
): Promise<Pick<Recovered, 'sessions' | 'replayedTo' | 'lastCommitAt' | 'timeline'>> {
  await using database = await sessions.ours();
  const [row] = await database.rows(
    `select pg_is_in_recovery(), coalesce(pg_last_wal_replay_lsn(), '0/0'),
            (select timeline_id from pg_control_checkpoint()), pg_last_xact_replay_timestamp()`,
  );
  const [inRecovery, lsn, timeline, lastCommit] = row ?? [];
  if (inRecovery !== (standby ? 't' : 'f')) {
    throw new DrillError(
      'recovery-failed',
      standby ? 'the standby has left recovery' : 'the server accepts connections, but is still in recovery',
    );
  }
  return {
    sessions,
    replayedTo: parseLsn(lsn ?? '') ?? 0n,
    lastCommitAt: parseInstant(lastCommit ?? ''),
    timeline: Number(timeline ?? 0),
  };
}

function progressOf(facts: RecoveryFacts, { archive }: Settled): PhaseProgress {
  const { path, segmentBytes } = archive;
  const index = facts.lastRestored === null ? -1 : path.segments.indexOf(facts.lastRestored);
  const segment = facts.lastRestored === null ? null : parseSegmentName(facts.lastRestored, segmentBytes);
  const done = index < 0 ? null : (index + 1) / path.segments.length;
  const text =
    segment === null ? 'starting' : `WAL ${index + 1} of ${path.segments.length}: ${facts.lastRestored ?? ''}`;
  return { fraction: done, bytesPerSecond: null, remainingMs: null, text };
}
