import { z } from 'zod';
import { duration } from '../../core/plan-values.ts';
import type { CheckContext, CheckFinding } from '../check.ts';

/** What every check of a plan has. */
export const common = {
  name: z.string().min(1).max(120).describe('what the check asks, as the report shows it'),
  severity: z
    .enum(['critical', 'warning'])
    .default('critical')
    .describe('critical: the drill fails with it; warning: the report says so'),
  timeout: duration.prefault('60s').describe('after this the check is stopped, and counts as an error'),
  redact: z.boolean().default(false).describe('show no value of the restored data, only whether the check held'),
  database: z.string().min(1).default('postgres').describe('the database to ask'),
  user: z.string().min(1).optional().describe("the role to ask as; default: the sandbox's superuser"),
};

/** A check of whatever kind, as it is asked. */
export interface AnyCheck extends z.output<z.ZodObject<typeof common>> {
  readonly kind: string;
}

/** Where a check was written. */
export interface CheckPlace {
  /** The directory of the plan. */
  readonly base: string;
  /** Checks run on this machine. */
  readonly isHere: boolean;
  /** Says what the schema cannot see: what is wrong with the value of a key. */
  readonly refuse: (key: string, problem: string) => void;
}

/** All about a kind of check: how a plan writes it, and how it is asked. */
export interface CheckKind<Forms extends Readonly<Record<string, z.ZodObject>>, C extends AnyCheck> {
  /** Each form by the key that makes it one of this kind. */
  readonly forms: Forms;
  /** What was written, with all that has to be known before the drill. */
  readonly read: (written: z.output<Forms[keyof Forms]>, place: CheckPlace) => C;
  readonly run: (check: C, context: CheckContext) => Promise<CheckFinding>;
  /** The query that it asks, for the report; without it there is none. */
  readonly queryOf?: (check: C) => string;
}

/** Nothing but its types: what `read` gives is what `run` takes. */
export function checkKind<Forms extends Readonly<Record<string, z.ZodObject>>, C extends AnyCheck>(
  kind: CheckKind<Forms, C>,
): CheckKind<Forms, C> {
  return kind;
}

/** The check of a kind in a table of kinds. */
export type CheckOf<Kind> = Kind extends { readonly run: (check: infer C, context: CheckContext) => unknown }
  ? C
  : never;
