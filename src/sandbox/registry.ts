import { z } from 'zod';
import { docker } from './docker/sandbox.ts';
import type { SandboxKind } from './kind.ts';
import { local } from './local/sandbox.ts';
import type { Sandbox } from './sandbox.ts';
import { ssh } from './ssh/sandbox.ts';

/** All kinds of sandboxes; a plan that names none gets the first. To add one is to add a file and a line. */
const KINDS = { local, docker, ssh };

/** The name of a kind. */
export type SandboxName = keyof typeof KINDS;

type Schema = (typeof KINDS)[SandboxName]['schema'];

/** What a plan says of its sandbox. */
type SandboxPlan = z.output<Schema>;

/** The same, for whoever does not know the kind. */
const BY_NAME: {
  readonly [K in SandboxName]: SandboxKind<z.ZodType<Extract<SandboxPlan, { kind: K }>>>;
} = KINDS;

export const SANDBOX_NAMES = Object.keys(KINDS) as [SandboxName, ...SandboxName[]];

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

/** Whether the drill of a plan happens on this machine: see {@link SandboxKind.onThisMachine}. */
export function isOnThisMachine({ kind }: SandboxPlan): boolean {
  return BY_NAME[kind].onThisMachine;
}
