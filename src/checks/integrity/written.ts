import { z } from 'zod';
import { duration } from '../../core/plan-values.ts';
import { holds, LEVEL_MEANINGS, LEVELS, type Level } from './levels.ts';
import type { PartOptions } from './part.ts';
import { PART_IDS, PARTS, partOf, type PartId } from './parts.ts';

const LEVELS_TEXT = LEVELS.join(', ').replace(/, (\w+)$/, ' or $1');

const level = z.enum(LEVELS);
const limit = duration.optional().describe('the part may take at most this long; default: integrity.timeout');

function about(id: PartId): string {
  return `${PARTS[id].asks}; from ${PARTS[id].from} on`;
}

const SWITCH_ERROR = { error: 'is true, false, or a block such as { timeout: 2h }' };

function part(id: Exclude<PartId, 'amcheck' | 'promised'>) {
  return z
    .union([z.boolean(), z.strictObject({ timeout: limit })], SWITCH_ERROR)
    .optional()
    .describe(about(id));
}

const names = z.array(z.string().min(1)).default([]);

const block = z
  .strictObject({
    level: level.optional().describe(`turns on all parts of a level: ${LEVELS_TEXT}`),
    timeout: duration.prefault('4h').describe('each part may take at most this long'),
    promised: z
      .strictObject({
        databases: names.describe('databases that must be there and let us in'),
        roles: names.describe('roles that must be there'),
      })
      .optional()
      .describe(PARTS.promised.asks),
    leftOut: part('leftOut'),
    files: part('files'),
    indexes: part('indexes'),
    constraints: part('constraints'),
    sequences: part('sequences'),
    extensions: part('extensions'),
    collations: part('collations'),
    prepared: part('prepared'),
    unlogged: part('unlogged'),
    read: part('read'),
    amcheck: z
      .union(
        [
          z.boolean(),
          z.strictObject({
            heapAllIndexed: z.boolean().default(true).describe('look for each row of a table in its indexes'),
            parentCheck: z.boolean().optional().describe('compare the levels of each index; default: at deep'),
            timeout: limit,
          }),
        ],
        { error: 'is true, false, or a block such as { parentCheck: true, timeout: 2h }' },
      )
      .optional()
      .describe(about('amcheck')),
    pages: part('pages'),
    checksums: part('checksums'),
  })
  .refine((written) => written.level !== undefined || PART_IDS.some((id) => isOn(written[id])), {
    error: `asks for nothing; give a level (${LEVELS_TEXT}), or a part such as checksums: true`,
    // Of a part that is not spelt right that is said, and no more.
    when: ({ issues }) => issues.length === 0,
  })
  .refine(({ promised }) => promised === undefined || promised.databases.length + promised.roles.length > 0, {
    path: ['promised'],
    error: 'promises nothing; name databases or roles, or leave it out',
  });

/** The integrity checks as a plan writes them. */
export const writtenIntegrity = z.union([level, block], {
  error: `is ${LEVELS_TEXT}, or a block such as { level: standard, checksums: false }`,
});

type Block = z.output<typeof block>;

/** A part that a plan asks for. */
export interface PlannedPart {
  readonly id: PartId;
  /** It was named, and not only its level. */
  readonly demanded: boolean;
  readonly timeoutMs: number;
}

/** The integrity checks that a plan asks for; parts are in the order in which they are asked. */
export interface IntegrityPlan {
  /** Null: parts alone. */
  readonly level: Level | null;
  readonly parts: readonly PlannedPart[];
  readonly options: PartOptions;
}

/** What was written, with all that is meant by it. */
export function readIntegrity(written: z.output<typeof writtenIntegrity>): IntegrityPlan {
  const asked: Block = typeof written === 'string' ? block.parse({ level: written }) : written;
  const { promised } = asked;
  const amcheck = typeof asked.amcheck === 'object' ? asked.amcheck : null;
  return {
    level: asked.level ?? null,
    parts: PART_IDS.flatMap((id) => plannedPart(id, asked)),
    options: {
      amcheck: {
        heapAllIndexed: amcheck?.heapAllIndexed ?? true,
        parentCheck: amcheck?.parentCheck ?? asked.level === 'deep',
      },
      promised: { databases: promised?.databases ?? [], roles: promised?.roles ?? [] },
    },
  };
}

function plannedPart(id: PartId, asked: Block): PlannedPart[] {
  const written = asked[id];
  const demanded = isOn(written);
  const byLevel =
    (asked.level !== undefined && holds(asked.level, partOf(id).from) && id !== 'promised') ||
    (id === 'leftOut' && LOOKS_INTO_DATABASES.some((other) => isOn(asked[other])));
  if (!demanded && !(byLevel && written === undefined)) return [];
  const own = typeof written === 'object' && 'timeout' in written ? written.timeout : undefined;
  return [{ id, demanded, timeoutMs: own ?? asked.timeout }];
}

/** They see nothing of a database that lets nobody in, so with them goes the part that says which that is. */
const LOOKS_INTO_DATABASES = ['read', 'amcheck', 'pages'] as const;

function isOn(written: unknown): boolean {
  return written !== undefined && written !== false;
}

/** What a plan asks for, in words: `standard (…), without checksums`. */
export function integrityText({ level: chosen, parts }: IntegrityPlan): string {
  const ids = parts.map(({ id }) => id);
  if (chosen === null) return ids.join(', ');
  const ofLevel = PART_IDS.filter((id) => id !== 'promised' && holds(chosen, partOf(id).from));
  const more = ids.filter((id) => !ofLevel.includes(id));
  const less = ofLevel.filter((id) => !ids.includes(id));
  const and = more.length === 0 ? '' : `, and ${more.join(', ')}`;
  const but = less.length === 0 ? '' : `, without ${less.join(', ')}`;
  return `${chosen} (${LEVEL_MEANINGS[chosen]})${and}${but}`;
}
