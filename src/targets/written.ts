import { z } from 'zod';
import { TARGET_TYPES, type PlannedTarget } from './index.ts';
import type { Reading } from './kind.ts';
import * as PLANNED from './planned-kinds.ts';
import type { TimelineChoice } from './timeline.ts';

type Type = PlannedTarget['type'];

interface Written {
  readonly isWord?: boolean;
  readonly follows?: TimelineChoice;
  /** Each kind reads its own block alone. */
  readonly read: (block: never, context: Reading) => PlannedTarget;
}

const KINDS: { readonly [K in Type]: Written } = PLANNED;
const WORDS = TARGET_TYPES.filter((type) => KINDS[type].isWord);
const BLOCKS = TARGET_TYPES.filter((type) => !KINDS[type].isWord);

const error = `is one of ${WORDS.join(', ')}, or a block with one of ${BLOCKS.join(', ')}, such as { time: "-15m" }`;
const FORMS = [z.enum(WORDS), ...Object.values(PLANNED).map(({ block }) => block)] as const;

/** A target as a plan writes it: a word, or the block of one kind. */
export const writtenTarget = z.union(FORMS, { error });

/** The same, or a list of such. */
export const writtenTargets = z.union([...FORMS, z.array(writtenTarget).min(1)], { error });

/** The target that was written, and the timeline that leads to it. */
export function readTarget(
  written: z.output<typeof writtenTarget>,
  now: Date,
  refuse: (path: (string | number)[], problem: string) => void,
): { target: PlannedTarget; timeline: TimelineChoice } {
  const block = typeof written === 'string' ? ({ [written]: true } as { timeline?: undefined }) : written;
  const type = TARGET_TYPES.find((name) => name in block);
  if (type === undefined) throw new Error('a target of no kind');
  const { read, follows = 'latest' } = KINDS[type];
  const timeline = 'timeline' in block && block.timeline !== undefined ? block.timeline : follows;
  return {
    target: read(block as never, { now, refuse: (problem, at = []) => refuse(['target', type, ...at], problem) }),
    timeline,
  };
}
