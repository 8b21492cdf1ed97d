import { join } from 'node:path';
import { CleanupStack } from '../core/cleanup.ts';
import type { Endpoint } from '../core/endpoint.ts';
import { orGiveUp, TOLD_GRACE_MS } from '../core/give-up.ts';
import type { DrillError } from '../core/errors.ts';
import { abortAfter } from '../core/timer.ts';
import { together } from '../core/together.ts';
import type { Host } from '../host/host.ts';
import { RecordingHost } from '../host/recording-host.ts';
import { historyName } from '../pgbackrest/archive.ts';
import { WalFeed } from '../pgbackrest/wal-feed.ts';
import type { DrillPlan } from '../plan/drill-plan.ts';
import { counted } from '../report/document/words.ts';
import type { DrillReport } from '../report/report.ts';
import { makeRunFolder, removeRunFolder, requireWritableReports, saveReport } from '../report/write.ts';
import { recorded } from '../sandbox/recorded.ts';
import type { Station } from '../sandbox/sandbox.ts';
import { buildReport } from './judge/build-report.ts';
import { kindOf, targetText } from './targets/index.ts';
import { describeRecovery, recoverySummary } from './judge/describe-recovery.ts';
import { requireFeasible, requireRoom, reserveOf } from './preflight/feasibility.ts';
import { preflight, settleIn } from './preflight/preflight.ts';
import { proveWal } from './recover/prove-wal.ts';
import { installFeed, recover } from './recover/recover.ts';
import { restore, restoreSummary } from './restore/restore.ts';
import { configurationFindings, newRunId, readConfiguration, sandboxSpec } from './run-setup.ts';
import type { DrillServices, RunState } from './run-state.ts';
import { RoomWatch } from './room-watch.ts';
import { saveServerLog } from './verify/server-log.ts';
import { Timeline } from './timeline.ts';
import { ended, unlessGone } from './undoing.ts';
import { verify } from './verify/verify.ts';
import { reasonFor } from './why-ended.ts';

/** What a run came to, and where its evidence lies. */
export interface DrillResult {
  readonly report: DrillReport;
  readonly folder: string;
  /** How to reach an instance that was kept, and in whose socket directory. */
  readonly endpoint: Endpoint | null;
  /** What ended the run before its time; null: it went through. */
  readonly endedBy: DrillError | null;
}

/**
 * Runs one drill from preflight to cleanup and writes its report. Throws a DrillError of outcome `usage` or `busy` while
 * nothing has been started and nothing is recorded; every other ending is a report. Anything else that is thrown is a bug,
 * and comes only after everything has been cleaned up.
 */
export async function runDrill(plan: DrillPlan, keepInstance: boolean, services: DrillServices): Promise<DrillResult> {
  const { clock } = services;
  const config = readConfiguration(plan, services);
  requireWritableReports(plan.reports);
  const startedAt = clock.now();
  const runId = newRunId(startedAt);
  const state: RunState = {
    runId,
    plan,
    startedAt,
    timeline: new Timeline(clock, services.emit),
    commands: [],
    reasons: configurationFindings(config, plan.source.stanza),
    checks: [],
    config,
    station: null,
    ready: null,
    restore: null,
    recovered: null,
    recovery: null,
    endpoint: null,
    closedServerLog: null,
  };
  const cleanup = new CleanupStack({ told: services.signal, hurry: services.hurry });
  const deadline = abortAfter(plan.deadlineMs);
  const room = new RoomWatch();
  const signal = AbortSignal.any([services.signal, deadline, room.signal]);
  const folder = join(plan.reports, plan.name, runId);
  let bug: Error | null = null;
  let endedBy: DrillError | null = null;
  let inDoubt = false;
  const onGivenUp = (): void => {
    inDoubt = true;
  };
  try {
    const work = drill(state, { keepInstance, services, cleanup, signal, room, folder });
    const unlessTold = orGiveUp(work, services.signal, TOLD_GRACE_MS, onGivenUp);
    await orGiveUp(unlessTold, signal, GRACE_MS, onGivenUp);
  } catch (error) {
    const reason = await reasonFor(error, state, { cancel: services.signal, deadline, full: room.error });
    if (reason && ['usage', 'busy'].includes(reason.outcome) && !state.timeline.isDone('preflight')) {
      await cleanup.unwind({ inDoubt });
      removeRunFolder(folder);
      throw reason;
    }
    endedBy = reason;
    if (reason)
      state.reasons.push({
        code: reason.code,
        message: reason.message,
        phase: state.timeline.current,
        hint: reason.hint,
      });
    else bug = error instanceof Error ? error : new Error(String(error));
  }
  room.stop();
  const kept = keepInstance && state.recovery !== null && bug === null;
  const steps = await state.timeline.phase('cleanup', () => cleanup.unwind({ kept, inDoubt }));
  if (bug !== null) throw bug;
  const report = services.redactor.data(buildReport(state, { services, steps, kept: keptText(state, kept), folder }));
  const saved = saveReport(folder, report);
  services.emit({ kind: 'run-ended', report: saved.report });
  return { report: saved.report, folder: saved.folder, endpoint: kept ? state.endpoint : null, endedBy };
}

/** How long after its deadline a run may take to stop what it does. */
const GRACE_MS = 30_000;

function keptText({ plan, station }: RunState, instance: boolean): string | null {
  if (instance) return `the instance, and its directory ${station?.paths.root ?? ''}`;
  return plan.sandbox.reuse ? `the data directory ${station?.paths.data ?? ''}, for the next run` : null;
}

/** A host that puts every command on the record: into the report and the log. */
function recordingHost(host: Host, { commands, timeline }: RunState, { clock, log }: DrillServices): Host {
  return new RecordingHost(
    host,
    (command, result) => {
      const phase = timeline.current;
      commands.push({ phase, command });
      const { argv, exitCode, durationMs } = command;
      log('command', { phase, argv, exitCode, durationMs, stderr: result?.stderr.slice(-2000) });
    },
    () => clock.monotonicMs(),
  );
}

interface RunFrame {
  readonly keepInstance: boolean;
  readonly services: DrillServices;
  readonly cleanup: CleanupStack;
  readonly signal: AbortSignal;
  readonly room: RoomWatch;
  readonly folder: string;
}

/** The procedure: each phase once, in order, its results in constants. */
async function drill(state: RunState, frame: RunFrame): Promise<void> {
  const { keepInstance, services, cleanup, signal, room, folder } = frame;
  const { plan, timeline, runId } = state;
  const { clock, emit } = services;
  const progress = (text: string): void =>
    emit({
      kind: 'phase-progress',
      phase: timeline.current,
      progress: { fraction: null, bytesPerSecond: null, remainingMs: null, text },
    });
  emit({
    kind: 'run-started',
    runId,
    drill: plan.name,
    target: targetText(plan.target),
    repository: plan.source.repo,
    folder,
  });

  const { prepared, found, historiesBefore } = await timeline.phase('preflight', async () => {
    const spec = sandboxSpec(plan, state.config, {
      runId,
      startedAt: state.startedAt,
      keepInstance,
      env: services.env,
    });
    const bare = await services.sandbox.prepare(spec, cleanup, signal);
    makeRunFolder(folder);
    const sandbox = recorded(bare, (host) => recordingHost(host, state, services));
    state.station = sandbox;
    const now = state.startedAt;
    const { config } = state;
    const { random } = services;
    const onSandbox = (other: Station): void => {
      state.station = other;
    };
    const looked = await preflight({ plan, config, sandbox, onSandbox, now, random, signal, onProgress: progress });
    const { ready } = looked;
    state.ready = ready;
    requireFeasible(plan, ready);
    timeline.summarize(
      `${ready.backup.type} backup ${ready.backup.label}, ${counted(ready.archive.path.segments.length, 'WAL segment')}`,
    );
    const before = ready.archive.listing.histories.map(historyName);
    return { prepared: looked.sandbox, found: ready, historiesBefore: before };
  });

  const { station, ready } = await timeline.phase('provision', async () => {
    const provisioned = await prepared.provision(signal, progress);
    state.station = provisioned;
    state.endpoint = provisioned.endpoint;
    const { binaries } = found;
    if (binaries !== null && provisioned.host === prepared.host) {
      return { station: provisioned, ready: { ...found, binaries } };
    }
    const settled = await settleIn(found, provisioned, state);
    state.ready = settled;
    requireRoom(plan, settled);
    return { station: provisioned, ready: settled };
  });
  room.watch(station, reserveOf(plan, ready));

  const feed = new WalFeed(station.host, station.paths);
  state.restore = await timeline.phase('restore', async () => {
    const restoring = restore({
      plan,
      station,
      ready,
      logFile: join(folder, 'pgbackrest-restore.log'),
      redact: (text) => services.redactor.text(text),
      monotonicMs: () => clock.monotonicMs(),
      signal,
      onProgress: (item) => emit({ kind: 'phase-progress', phase: 'restore', progress: item }),
    });
    const [facts] = await together(restoring, installFeed(feed, ready));
    timeline.summarize(restoreSummary(facts));
    return facts;
  });

  // The phase ends when the target is proven: that the server accepts connections proves nothing.
  const recovered = await timeline.phase('recover', async () => {
    const done = await recover({
      plan,
      config: state.config,
      runId,
      station,
      ready,
      feed,
      keepInstance,
      now: () => clock.now(),
      signal,
      onProgress: (item) => emit({ kind: 'phase-progress', phase: 'recover', progress: item }),
      onFetcher: (fetcher) => {
        const stop = (): Promise<void> => unlessGone(station, () => ended(fetcher));
        cleanup.push('stop fetching WAL', stop);
      },
      onServer: (server) => {
        const saveLog = (): Promise<void> => saveServerLog(state, station, server, { folder, services });
        cleanup.push('save the server log', saveLog, { evenWhenKept: true });
        const stop = (): Promise<void> => unlessGone(station, () => server.stop());
        cleanup.push('stop PostgreSQL', stop, { deadlineMs: 180_000 });
      },
    });
    state.recovered = done;
    state.endpoint = done.sessions.endpoint;
    state.reasons.push(...(await proveWal({ feed, ready, recovered: done, signal })));
    state.recovery = describeRecovery({ ...done, journal: await feed.settledJournal() }, ready);
    timeline.summarize(recoverySummary(state.recovery));
    return done;
  });

  await timeline.phase('verify', async () => {
    await verify({ state, station, ready, recovered, historiesBefore, services, signal });
    // It has gone on asking since the proof: all that it was given until now is compared.
    if (kindOf(ready.target).staysInRecovery) await proveWal({ feed, ready, recovered, signal });
    signal.throwIfAborted();
    // Only now may it have what was archived since the run began.
    if (keepInstance) await feed.open();
  });
}
