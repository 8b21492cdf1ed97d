import { hostname } from 'node:os';
import { CleanupStack } from '../core/cleanup.ts';
import { abortAfter } from '../core/timer.ts';
import { currentUser } from '../host/run-user.ts';
import type { DrillPlan } from '../plan/drill-plan.ts';
import type { PhaseProgress } from './events.ts';
import { RoomWatch } from './room-watch.ts';
import { RunRecord } from './run-record.ts';
import { configurationFindings, newRunId, readConfiguration } from './run-setup.ts';
import type { RunFolder } from '../store/run-folder.ts';
import { RunStore } from '../store/run-store.ts';
import type { DrillServices } from './services.ts';
import { Timeline } from './timeline.ts';

/** A run, from its beginning: what it was asked for, what it works with, and its record. */
export interface Run {
  readonly plan: DrillPlan;
  /** The instance is to stay up when the run has ended. */
  readonly keepInstance: boolean;
  readonly services: DrillServices;
  readonly record: RunRecord;
  readonly cleanup: CleanupStack;
  readonly room: RoomWatch;
  /** Aborted when the run has taken longer than its plan allows. */
  readonly deadline: AbortSignal;
  /** Aborted when the run is to end: somebody ended it, its time is over, or room is lacking. */
  readonly signal: AbortSignal;
  /** Where the reports of the runs before lie. */
  readonly store: RunStore;
  /** Where its evidence is to lie. */
  readonly folder: Pick<RunFolder, 'path' | 'begin' | 'discard' | 'keep' | 'log'>;
}

/** A run that is on record in the ledger, with a report. */
export interface RecordedRun extends Run {
  readonly folder: RunFolder;
}

/** Begins a run. Makes nothing. Throws a DrillError for a configuration that no run can begin with. */
export function beginRun(plan: DrillPlan, keepInstance: boolean, services: DrillServices): RecordedRun {
  const config = readConfiguration(plan, services);
  const store = new RunStore(plan.reports);
  store.requireWritable();
  const startedAt = services.clock.now();
  const runId = newRunId(startedAt);
  const timeline = new Timeline(services.clock, services.emit);
  const findings = configurationFindings(config, plan.source.stanza);
  const deadline = abortAfter(plan.deadlineMs);
  const room = new RoomWatch();
  const record = new RunRecord({ runId, plan, startedAt, config, timeline }, findings);
  return {
    get plan() {
      return record.plan;
    },
    keepInstance,
    services,
    record,
    cleanup: new CleanupStack({ told: services.signal, hurry: services.hurry }),
    room,
    deadline,
    signal: AbortSignal.any([services.signal, deadline, room.signal]),
    store,
    folder: store.folder(
      {
        drill: plan.name,
        runId,
        startedAt,
        stanza: plan.source.stanza,
        trigger: services.trigger,
        user: currentUser().name,
        host: hostname(),
        schedule: plan.schedule,
        onlyIfDue: services.onlyIfDue,
        fallbackOf: services.fallbackOf,
      },
      services.attestor,
    ),
  };
}

/** Tells those who watch how far the phase is that runs now. */
export function tellProgress({ services, record }: Run, progress: PhaseProgress): void {
  services.emit({ kind: 'phase-progress', phase: record.timeline.current, progress });
}

/** The same, in words alone. */
export function tellText(run: Run, text: string): void {
  tellProgress(run, { fraction: null, bytesPerSecond: null, remainingMs: null, text });
}
