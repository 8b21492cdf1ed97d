import type { PhaseId } from '../report/report.ts';
import type { ControlResult, FaultResult, GroundKind } from './document.ts';

/** What a self-test tells while it goes on. */
export type SelfTestEvent =
  /** Something takes its time: a drill of a healthy copy, of a fault, or making a repository. */
  | { readonly kind: 'began'; readonly what: string }
  | { readonly kind: 'phase'; readonly phase: PhaseId }
  | { readonly kind: 'made'; readonly repository: GroundKind; readonly durationMs: number }
  /** No copy of the user's repository is made, and why. */
  | { readonly kind: 'not-copied'; readonly why: string }
  | { readonly kind: 'control'; readonly control: ControlResult }
  | { readonly kind: 'fault'; readonly fault: FaultResult };
