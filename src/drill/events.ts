import type { CheckReport, DrillReport, PhaseId } from '../report/report.ts';

/** How far a phase is; every number is null while it is not known. */
export interface PhaseProgress {
  readonly fraction: number | null;
  readonly bytesPerSecond: number | null;
  readonly remainingMs: number | null;
  readonly text: string | null;
}

/**
 * What a run tells while it happens. The domain reports events; what is made of them is the business of whoever listens: a
 * screen, a log. No listener can change a verdict, or hold up the run.
 */
export type DrillEvent =
  | {
      readonly kind: 'run-started';
      readonly runId: string;
      readonly drill: string;
      readonly target: string;
      /** The repository that was asked for; null: whichever serves. */
      readonly repository: number | null;
      readonly folder: string;
    }
  | { readonly kind: 'phase-started'; readonly phase: PhaseId }
  | { readonly kind: 'phase-progress'; readonly phase: PhaseId; readonly progress: PhaseProgress }
  | {
      readonly kind: 'phase-ended';
      readonly phase: PhaseId;
      readonly ok: boolean;
      readonly durationMs: number;
      readonly summary: string | null;
    }
  | {
      /** A command ended, or a server was started. */
      readonly kind: 'command-ended';
      readonly phase: PhaseId;
      readonly argv: readonly string[];
      /** Null: it did not end by itself, or has not ended yet. */
      readonly exitCode: number | null;
      /** Null: it has not ended yet. */
      readonly durationMs: number | null;
      /** The last of what it said. */
      readonly stderr: string;
    }
  | { readonly kind: 'check-ended'; readonly check: CheckReport }
  /** Who was told of the run, or of why it did not begin. */
  | { readonly kind: 'notified'; readonly notifications: DrillReport['notifications'] }
  | { readonly kind: 'run-ended'; readonly report: DrillReport };

export type Emit = (event: DrillEvent) => void;
