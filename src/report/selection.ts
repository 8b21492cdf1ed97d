import { z } from 'zod';
import { TARGET_TYPES } from '../targets/index.ts';

const text = z.string().nullable();

/** How old a backup set is among those of its cluster in its repository. */
export const AGES = ['newest', 'middle', 'oldest'] as const;

export type BackupAge = (typeof AGES)[number];

const candidate = z.strictObject({
  repo: z.int().describe('the number of the repository'),
  backup: text.describe('the backup set; null: the repository told of none'),
  age: z.enum(AGES).nullable().describe('among the sets of its cluster in that repository'),
  target: z.enum(TARGET_TYPES).describe('the kind of target'),
  lastPassedAt: text.describe('when the last drill of it that passed began; null: never, or it was not asked'),
  leftOut: text.describe('why it could not be drilled; null: it could'),
});

/** Why this backup set was restored, and to this target. */
export const selectionReport = z.strictObject({
  kind: z.enum(['latest', 'oldest', 'random', 'rotate', 'label']).describe('how the plan has it chosen'),
  reason: z.string().describe('why this one, in a sentence'),
  seed: text.describe('draws the same again of the same candidates (--seed); null: nothing was left to chance'),
  candidates: z.array(candidate).describe('what it was drawn of, or whose turn it could have been; else empty'),
});

export type SelectionReport = z.output<typeof selectionReport>;
