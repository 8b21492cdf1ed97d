import type { PhaseId } from '../report/report.ts';
import type { Tried } from './document.ts';

/** What a tuning tells while it goes on. */
export type TuneEvent =
  /** A way is drilled, the how-manieth of how many as far as is known. */
  | { readonly kind: 'began'; readonly id: string; readonly number: number; readonly of: number | null }
  | { readonly kind: 'phase'; readonly phase: PhaseId }
  | { readonly kind: 'tried'; readonly tried: Tried };
