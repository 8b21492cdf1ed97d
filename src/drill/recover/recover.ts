import { setTimeout as delay } from 'node:timers/promises';
import { DrillError } from '../../core/errors.ts';
import { together } from '../../core/together.ts';
import { instantOf, parseInstant, type Instant } from '../../core/instant.ts';
import type { FeedJournal, FeedWay, WalFeed } from '../../pgbackrest/wal-feed.ts';
import { WalGate } from '../../pgbackrest/wal-gate.ts';
import type { UserConfig } from '../../pgbackrest/user-config.ts';
import type { DrillPlan } from '../../plan/drill-plan.ts';
import type { RecoveryTarget } from '../../targets/index.ts';
import { refusedAutoConf } from '../../postgres/auto-conf.ts';
import { readRestoredConf } from '../../postgres/conf-file.ts';
import { localesLacking, readSharedCatalogs } from '../../postgres/catalog-files.ts';
import { readControlData, type ControlData } from '../../postgres/control-data.ts';
import { environmentLacks, missingLocales } from '../../postgres/lacks.ts';
import type { Daemon } from '../../host/host.ts';
import { parseLsn, type Lsn } from '../../postgres/lsn.ts';
import { RecoveryLog, type RecoveryFacts } from '../../postgres/recovery-log.ts';
import type { Server } from '../../postgres/server.ts';
import { Sessions, type Entrances } from '../../postgres/sessions.ts';
import type { RecordedSetting } from '../../postgres/settings.ts';
import { requireTransactionStatus } from '../../postgres/transaction-status.ts';
import { parseSegmentName } from '../../postgres/wal-segment.ts';
import type { ProvisionedSandbox } from '../../sandbox/sandbox.ts';
import { aborted, abortedBy } from './aborted.ts';
import { entrancesOf } from './entrances.ts';
import type { PhaseProgress } from '../events.ts';
import type { Settled } from '../preflight/preflight.ts';
import { fetcherKilled, startFetcher } from './fetcher.ts';
import { LogWatch } from './log-watch.ts';
import { GateEnds } from './gate-ends.ts';
import { GatedReplay, type Climb } from './gated-replay.ts';
import { gatedSettings, offlineSettings, recoverySettings } from './recovery-settings.ts';
import { restoredServer } from './restored-server.ts';
import { untilCaughtUp } from './standby.ts';
import { walWords } from './wal-words.ts';
import { neverOpens } from './never-opens.ts';
import { whyFailed } from './why-failed.ts';
import { kindOf } from '../../targets/index.ts';

interface RecoverInput {
  readonly plan: DrillPlan;
  readonly config: UserConfig;
  readonly runId: string;
  readonly station: ProvisionedSandbox;
  readonly ready: Settled;
  readonly feed: WalFeed;
  readonly keepInstance: boolean;
  /** What is done while it is held at positions; null: it goes to its target at once. */
  readonly climb: Climb | null;
  readonly now: () => Date;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: PhaseProgress) => void;
  /** Called before the server is started, so that it is stopped however the run ends. */
  readonly onServer: (server: Server) => void;
  /** Called when something fetches WAL beside the server. */
  readonly onFetcher: (fetcher: Daemon) => void;
}

/** A recovery that went through; whether its target was reached is still to be proven. */
export interface Recovered {
  readonly server: Server;
  readonly sessions: Sessions;
  readonly log: RecoveryLog;
  readonly journal: FeedJournal;
  readonly replayedTo: Lsn;
  readonly lastCommitAt: Instant | null;
  readonly timeline: number;
  readonly acceptedAt: Instant;
  /** What pg_control said of the restored cluster before it was started. */
  readonly restored: ControlData;
  readonly settings: readonly RecordedSetting[];
  /** Null when the cluster's configuration was in the backup. */
  readonly configurationMissing: string | null;
  /** What PostgreSQL has against the settings of ALTER SYSTEM in the backup; null: nothing. */
  readonly refusedSettings: string | null;
}

interface Configured {
  readonly server: Server;
  readonly entrances: Entrances;
  readonly settings: readonly RecordedSetting[];
  readonly configurationMissing: string | null;
  readonly refusedSettings: string | null;
  readonly restored: ControlData;
}

/** What the restored data directory needs before a server may start on it. It is a part of the recovery, as in a real one. */
async function configure(input: RecoverInput): Promise<Configured> {
  const { ready } = input;
  const { host, paths } = input.station;
  const [conf, control, catalogs] = await Promise.all([
    readRestoredConf(host, paths.data),
    readControlData(host, ready.binaries, paths.data),
    readSharedCatalogs(host, paths.data, ready.binaries.major),
  ]);
  if (control.systemId !== ready.database.systemId) {
    throw new DrillError(
      'restore-failed',
      `the restored cluster has the system identifier ${control.systemId}, the repository says ${ready.database.systemId}`,
    );
  }
  const [locales, refusedSettings] = await Promise.all([
    // Nobody could connect, once all the WAL has been replayed.
    localesLacking(host, catalogs.locales),
    refusedAutoConf(host, ready.binaries, paths.data),
    requireTransactionStatus(host, paths.data, control),
  ]);
  if (locales !== null && locales.length > 0) throw environmentLacks(missingLocales(locales));
  await host.writeFile(`${paths.data}/postgresql.auto.conf`, autoConfOf(input), 0o600);
  const { server, recorded } = restoredServer({
    ...input,
    endpoint: input.station.endpoint,
    production: conf.settings,
    control,
    outlive: input.keepInstance,
    gated: input.climb !== null,
  });
  const entrances = entrancesOf(input.plan, input.config, catalogs);
  return {
    server,
    entrances,
    settings: recorded,
    configurationMissing: conf.found ? null : 'postgresql.conf',
    refusedSettings,
    restored: control,
  };
}

function autoConfOf({ ready, plan, climb }: RecoverInput): string {
  if (climb !== null) return gatedSettings(ready.archive.spans);
  return ready.backup.walStart === null ? offlineSettings() : recoverySettings(ready.target, plan.timeline);
}

/** Puts the feed in place from which the server gets its WAL. Only a drill does this work: a real recovery has none of it. */
export async function installFeed(feed: WalFeed, { archive, target }: Settled): Promise<void> {
  await feed.install(archive.listing, archive.path.segments.at(0) ?? '', wayOf(target));
}

/**
 * At the end of the archive the drill claims what would be left after a disaster at its beginning, so later WAL does not
 * count. A chosen target is proven by where PostgreSQL stops, and the WAL that shows that may come later.
 */
function wayOf(target: RecoveryTarget): FeedWay {
  const { goesToTheEnd, isClimbed } = kindOf(target);
  // A standby meets no stop: what it may not read has to end it.
  return { asListed: goesToTheEnd || isClimbed, hasStop: !goesToTheEnd && !isClimbed };
}

/**
 * Starts the restored cluster and waits until recovery has really ended: until the server accepts read-write connections
 * and says itself that it is no longer in recovery, or, for a standby, until it has replayed the archive. `pg_ctl -w` and
 * a first successful query are no such signs: both come in hot standby, mid-replay.
 */
export async function recoverCluster(input: RecoverInput): Promise<Recovered> {
  const { station, keepInstance: outlive, onFetcher: onStart } = input;
  // What fetches ahead has begun by the time the server asks.
  const { fetcher } = walWords(input);
  const started = startFetcher(fetcher, { station, outlive, onStart });
  const [{ server, entrances, ...configured }, fetching] = await together(configure(input), started);
  const gated = await gateOf(input);
  const log = new RecoveryLog((rejected) => gated?.ends.has(rejected) === true);
  const watch = new LogWatch(log);
  input.onServer(server);
  await server.start();
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
    return {
      server,
      log,
      journal: await input.feed.journal(),
      ...state,
      acceptedAt: instantOf(input.now()),
      ...configured,
    };
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
async function gateOf({ climb, station, ready }: RecoverInput): Promise<Gate | null> {
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
