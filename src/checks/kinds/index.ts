import { z } from 'zod';
import type { CheckContext, CheckFinding } from '../check.ts';
import type { CheckOf, CheckPlace } from './kind.ts';
import * as KINDS from './kinds.ts';

/** A check as it is asked. */
export type ResolvedCheck = CheckOf<(typeof KINDS)[keyof typeof KINDS]>;

type OfKind<K extends ResolvedCheck['kind']> = Extract<ResolvedCheck, { kind: K }>;

interface Asked<C> {
  readonly forms: Readonly<Record<string, z.ZodObject>>;
  /** Each kind reads its own forms alone. */
  readonly read: (written: never, place: CheckPlace) => ResolvedCheck;
  readonly run: (check: C, context: CheckContext) => Promise<CheckFinding>;
  readonly queryOf?: (check: C) => string;
}

const ALL: { readonly [K in ResolvedCheck['kind']]: Asked<OfKind<K>> } = KINDS;

/** The keys that tell what kind a check is of. */
const KEYS = Object.values(ALL).flatMap(({ forms }) => Object.keys(forms));

type Form = {
  [K in keyof typeof KINDS]: (typeof KINDS)[K]['forms'][keyof (typeof KINDS)[K]['forms']];
}[keyof typeof KINDS];

/** A check as a plan writes it. */
export const writtenCheck = z.union(
  Object.values(KINDS).flatMap(({ forms }) => Object.values<Form>(forms)),
  { error: `needs a name and exactly one of ${KEYS.slice(0, -1).join(', ')} and ${KEYS.at(-1) ?? ''}` },
);

/** The check that was written. */
export function readCheck(written: z.output<typeof writtenCheck>, place: CheckPlace): ResolvedCheck {
  const kind = Object.values(ALL).find(({ forms }) => Object.keys(forms).some((key) => key in written));
  if (!kind) throw new Error('a check of no kind');
  return kind.read(written as never, place);
}

/** Asks a check of any kind. */
export function askOneOf<K extends ResolvedCheck['kind']>(
  check: OfKind<K>,
  context: CheckContext,
): Promise<CheckFinding> {
  const kind: K = check.kind;
  return ALL[kind].run(check, context);
}

/** The query of a check, for the report; null: its kind has none. */
export function queryOf<K extends ResolvedCheck['kind']>(check: OfKind<K>): string | null {
  const kind: K = check.kind;
  return ALL[kind].queryOf?.(check) ?? null;
}
