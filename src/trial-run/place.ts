import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CleanupStack } from '../core/cleanup.ts';
import type { Host } from '../host/host.ts';
import type { DrillPlan } from '../plan/drill-plan.ts';
import { isOnThisMachine, sandboxFor, sandboxSchema } from '../sandbox/registry.ts';
import type { SandboxSpec } from '../sandbox/sandbox.ts';

/**
 * A directory of this machine for drills that are no runs of anybody's. It is marked as ours, so that a sweep removes what a kill
 * leaves.
 */
export interface Place {
  readonly root: string;
  /** Makes and runs what is not a part of a drill: nothing fences it off. */
  readonly host: Host;
  /** Where its drills happen, if they happen on this machine. */
  readonly drills: string;
  /** Where their reports lie: they are no runs of anybody's drill. */
  readonly reports: string;
  /** For what is taken out of a repository. */
  readonly aside: string;
}

interface PlaceOptions {
  /** What names the directory and its lock: one of this name works at a time. */
  readonly name: string;
  readonly id: string;
  /** Undefined: the usual one. */
  readonly scratch: string | undefined;
  /** Who restores there, where a plan names somebody: its directory has to let them in. */
  readonly runAs: string | undefined;
  /** Data directories of production and repositories, which it keeps away from. */
  readonly keepsFrom: Pick<SandboxSpec, 'productionPaths' | 'repositoryPaths'>;
  readonly signal: AbortSignal;
}

/** Makes the place; its removal is on the stack before it is there. Throws a DrillError, `busy` where another of its name works. */
export async function openPlace(
  { name, id, scratch, runAs, keepsFrom, signal }: PlaceOptions,
  cleanup: CleanupStack,
): Promise<Place> {
  const given = { ...(scratch === undefined ? {} : { scratch }), ...(runAs === undefined ? {} : { runAs }) };
  const plan = sandboxSchema.parse({ ...given, confine: 'off' });
  const spec: SandboxSpec = {
    ...keepsFrom,
    runId: id,
    drill: name,
    readPaths: [],
    reaches: [],
    credentials: {},
    credentialPaths: [],
    productionServers: [],
    configFiles: [],
    keepInstance: false,
    endsBefore: new Date(Date.now() + LONGEST_MS),
  };
  const { host, paths } = await sandboxFor(plan).prepare(spec, cleanup, signal);
  const place = {
    root: paths.root,
    host,
    drills: join(paths.root, 'd'),
    reports: join(paths.root, 'reports'),
    aside: join(paths.root, 'aside'),
  };
  mkdirSync(place.aside, { mode: 0o700 });
  return place;
}

const LONGEST_MS = 7 * 86_400_000;

/** Where a plan restores on this machine, for there is the room, and as whom; null: there is no plan. */
export function placeIn(plan: DrillPlan | null): Pick<PlaceOptions, 'scratch' | 'runAs'> {
  if (plan === null || !isOnThisMachine(plan.sandbox)) return { scratch: undefined, runAs: undefined };
  const { sandbox } = plan;
  return {
    scratch: 'scratch' in sandbox ? sandbox.scratch : undefined,
    runAs: 'runAs' in sandbox ? sandbox.runAs : undefined,
  };
}
