import type { CheckReport, DrillReport, PhaseId } from '../report/report.ts';

/** How far a phase is; every number is null while it is not known. */
export interface PhaseProgress {
  readonly fraction: number | null;
  readonly bytesPerSecond: number | null;
  readonly remainingMs: number | null;
  readonly text: string | null;
}

/** What a run tells while it happens. The domain reports events; how they look is the business of whoever listens. */
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
  | { readonly kind: 'check-ended'; readonly check: CheckReport }
  | { readonly kind: 'run-ended'; readonly report: DrillReport };

export type Emit = (event: DrillEvent) => void;
