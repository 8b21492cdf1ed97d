import { hostname } from 'node:os';
import { CleanupStack } from '../core/cleanup.ts';
import { asDrillError } from '../core/errors.ts';
import { newSeed } from '../core/draw.ts';
import { version } from '../core/version.ts';
import { currentUser } from '../host/run-user.ts';
import { newRunId } from '../drill/run-setup.ts';
import type { DrillPlan } from '../plan/drill-plan.ts';
import { SANDBOX_NAMES } from '../sandbox/registry.ts';
import type { SelfTestDocument } from './document.ts';
import type { Fault } from './fault.ts';
import { Grounds } from './grounds.ts';
import { outcomeOf } from './judge.ts';
import { openPlace, placeIn } from '../trial-run/place.ts';
import { keepsFrom } from '../trial-run/keeps-from.ts';
import type { Bench } from '../trial-run/drill-on.ts';
import type { SelfTestEvent } from './events.ts';
import { Findings, leaveRest, tryFaults } from './try-faults.ts';

/** What is to be tested. */
export interface SelfTestRequest {
  /** The plan of a user, as it was loaded; null: a cluster of our own is drilled. */
  readonly plan: DrillPlan | null;
  /** Where it works: as was asked for, else as the plan says, else the usual place; undefined: nothing is said of it. */
  readonly scratch: { readonly asked: string | undefined; readonly usual: string | undefined };
  /** The faults that are made, by their names. */
  readonly faults: Readonly<Record<string, Fault>>;
  /** Whether those are all. */
  readonly isWhole: boolean;
}

/** What it works with. */
export interface SelfTestServices extends Pick<Bench, 'redactor' | 'signal' | 'hurry' | 'env'> {
  readonly tell: (event: SelfTestEvent) => void;
}

/**
 * Makes faults one after the other, and drills what has them: each drill has to fail, and for the fault. First of all the healthy
 * copy has to pass, or nothing that fails means anything. Nothing is written to a repository of the user's. Throws a DrillError of
 * outcome `usage` or `busy` while nothing has been started.
 */
export async function runSelfTest(request: SelfTestRequest, services: SelfTestServices): Promise<SelfTestDocument> {
  const startedAt = new Date();
  const id = newRunId(startedAt);
  const { plan } = request;
  const { signal, hurry } = services;
  const cleanup = new CleanupStack({ told: signal, hurry });
  const bench: Bench = {
    ...services,
    seed: newSeed(),
    emit: (event) => {
      if (event.kind === 'phase-started') services.tell({ kind: 'phase', phase: event.phase });
    },
  };
  const findings = new Findings();
  let left: string[] = [];
  try {
    const { scratch: planned, runAs } = placeIn(plan);
    const scratch = request.scratch.asked ?? planned ?? request.scratch.usual;
    const place = await openPlace(
      { name: 'self-test', id, scratch, runAs, keepsFrom: keepsFrom(plan, services), signal },
      cleanup,
    );
    const grounds = new Grounds({ plan, place, cleanup, bench, now: startedAt, tell: services.tell });
    const work = { grounds, findings, bench, place, now: startedAt, tell: services.tell };
    await tryFaults(request.faults, work).catch((error: unknown) => endEarly(error, request, work));
  } finally {
    const steps = await cleanup.unwind();
    left = steps.filter(({ ok }) => !ok).map(({ label, message }) => `could not ${label}: ${message ?? '?'}`);
  }
  const about = findings.all();
  return {
    schemaVersion: 1,
    id,
    outcome: outcomeOf(about, signal.aborted),
    plan: plan?.name ?? null,
    startedAt: startedAt.toISOString(),
    finishedAt: new Date().toISOString(),
    pgdrill: version(),
    ...about,
    sandbox: plan?.sandbox.kind ?? SANDBOX_NAMES[0],
    host: hostname(),
    user: currentUser().name,
    isWhole: request.isWhole,
    left: [...about.left, ...left],
  };
}

/** What was found out by then counts, above all a fault that was missed: it goes on record however the self-test ends. */
function endEarly(error: unknown, { faults }: SelfTestRequest, work: Parameters<typeof leaveRest>[1]): void {
  if (work.bench.signal.aborted) return;
  const known = asDrillError(error);
  if (known === null) throw error;
  leaveRest(faults, work, `the self-test could not go on: ${known.message}`);
}
