import { z } from 'zod';
import type { SandboxKind } from './kind.ts';
import * as ALL from './kinds.ts';
import type { Sandbox } from './sandbox.ts';

const KINDS = { ...ALL };

/** The name of a kind. */
export type SandboxName = keyof typeof KINDS;

type Schema = (typeof KINDS)[SandboxName]['schema'];

/** What a plan says of its sandbox. */
type SandboxPlan = z.output<Schema>;

/** The same, for whoever does not know the kind. */
const BY_NAME: {
  readonly [K in SandboxName]: SandboxKind<z.ZodType<Extract<SandboxPlan, { kind: K }>>>;
} = KINDS;

/** Whether a plan that names no kind means this one. */
function isMeant(name: SandboxName): boolean {
  return KINDS[name].schema.safeParse({}).success;
}

/** The names of all kinds; the one that is meant where none is named comes first. */
export const SANDBOX_NAMES = (Object.keys(KINDS) as SandboxName[]).toSorted(
  (a, b) => Number(isMeant(b)) - Number(isMeant(a)),
) as [SandboxName, ...SandboxName[]];

/** Each kind and its name. */
export const SANDBOX_KINDS: readonly (readonly [SandboxName, SandboxKind<z.ZodType>])[] = SANDBOX_NAMES.map(
  (name) => [name, BY_NAME[name]] as const,
);

/** Where a drill happens: one of the kinds. */
export const sandboxSchema = z.discriminatedUnion(
  'kind',
  SANDBOX_NAMES.map((name) => KINDS[name].schema) as [Schema, ...Schema[]],
  { error: `is one of ${SANDBOX_NAMES.slice(0, -1).join(', ')} and ${SANDBOX_NAMES.at(-1) ?? ''}` },
);

/** The sandbox that a plan asks for. */
export function sandboxFor<K extends SandboxName>(plan: Extract<SandboxPlan, { kind: K }>): Sandbox {
  const kind: K = plan.kind;
  return BY_NAME[kind].create(plan);
}

/** Directories of this machine that the runs of a plan write to: see {@link SandboxKind.writesTo}. */
export function writesOf(plan: SandboxPlan, home: string | null): readonly string[] {
  return BY_NAME[plan.kind].writesTo(plan as never, home);
}

/** Whether the drill of a plan happens in images, so that it needs an engine for them. */
export function needsEngine({ kind }: SandboxPlan): boolean {
  return BY_NAME[kind].images !== null;
}

/** Whether the drill of a plan happens on this machine: see {@link SandboxKind.onThisMachine}. */
export function isOnThisMachine({ kind }: SandboxPlan): boolean {
  return BY_NAME[kind].onThisMachine;
}
