import { z } from 'zod';
import { duration } from '../core/plan-values.ts';
import { writtenTarget } from './written.ts';

/** What a drill that rotates recovers to where its plan names no target: the end of the archive, and some place before. */
export const USUAL_TURNS: readonly z.output<typeof writtenTarget>[] = [
  'latest',
  { random: { within: duration.parse('7d') } },
];
