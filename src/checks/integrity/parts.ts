import type { IntegrityPart } from './part.ts';
import { amcheck } from './parts/amcheck.ts';
import { checksums } from './parts/checksums.ts';
import { collations } from './parts/collations.ts';
import { constraints } from './parts/constraints.ts';
import { extensions } from './parts/extensions.ts';
import { files } from './parts/files.ts';
import { indexes } from './parts/indexes.ts';
import { leftOut } from './parts/left-out.ts';
import { pages } from './parts/pages.ts';
import { prepared } from './parts/prepared.ts';
import { promised } from './parts/promised.ts';
import { read } from './parts/read.ts';
import { sequences } from './parts/sequences.ts';
import { unlogged } from './parts/unlogged.ts';

/**
 * The parts of the integrity checks by their ids, in the order in which they are told: the cheap first, what writes to the copy after
 * what only reads it, and last what needs it stopped. To add one is to add a file beside these, and its line here.
 */
export const PARTS = {
  promised,
  leftOut,
  files,
  indexes,
  constraints,
  sequences,
  extensions,
  collations,
  prepared,
  unlogged,
  read,
  amcheck,
  pages,
  checksums,
} as const satisfies Readonly<Record<string, IntegrityPart>>;

export type PartId = keyof typeof PARTS;

export const PART_IDS = Object.keys(PARTS) as PartId[];

/** A part, with all that any may have. */
export function partOf(id: PartId): IntegrityPart {
  return PARTS[id];
}
