import { hostname } from 'node:os';
import { join } from 'node:path';
import { CleanupStack } from '../core/cleanup.ts';
import { newSeed } from '../core/draw.ts';
import { version } from '../core/version.ts';
import { newRunId, readConfiguration } from '../drill/run-setup.ts';
import { optionsFor } from '../pgbackrest/user-config.ts';
import type { DrillPlan } from '../plan/drill-plan.ts';
import { isOnThisMachine } from '../sandbox/registry.ts';
import { drillOn, type Bench } from '../trial-run/drill-on.ts';
import { keepsFrom } from '../trial-run/keeps-from.ts';
import { openPlace, placeIn, type Place } from '../trial-run/place.ts';
import type { Tried, TuneDocument } from './document.ts';
import type { TuneEvent } from './events.ts';
import { bestOf, gainWanted, spreadOf, triedOf, worthOf, type Drilled } from './judge.ts';
import type { Way } from './knob.ts';
import { knobOf, type KnobId } from './knobs.ts';
import { knownOf, type Known } from './known.ts';

/** What is to be tuned. */
export interface TuneRequest {
  readonly plan: DrillPlan;
  /** What is tried. */
  readonly knobs: readonly KnobId[];
  /** How often each way is drilled. */
  readonly drills: number;
  /** Of production's machine; null: as here. */
  readonly memoryBytes: number | null;
}

/** What it works with. */
export interface TuneServices extends Pick<Bench, 'redactor' | 'signal' | 'hurry' | 'env'> {
  readonly tell: (event: TuneEvent) => void;
}

/**
 * Drills the same backup as configured and in other ways, one after the other, and says what each does for the RTO; last those together
 * that are worth it. The drills are no runs of anybody's: nobody is told, and nothing is on record. Throws a DrillError of outcome
 * `usage` or `busy` while nothing has been started.
 */
export async function runTune(request: TuneRequest, services: TuneServices): Promise<TuneDocument> {
  const startedAt = new Date();
  const id = newRunId(startedAt);
  const cleanup = new CleanupStack({ told: services.signal, hurry: services.hurry });
  const work = new Tuning(request, services);
  let ended: string | null = null;
  let left: string[] = [];
  try {
    const { plan } = request;
    const about = { name: 'tune', id, keepsFrom: keepsFrom(plan, services), signal: services.signal };
    ended = await work.run(await openPlace({ ...about, ...placeIn(plan) }, cleanup));
  } catch (error) {
    if (!services.signal.aborted) throw error;
    ended = 'it was ended before its end';
  } finally {
    const steps = await cleanup.unwind();
    left = steps.filter(({ ok }) => !ok).map(({ label, message }) => `could not ${label}: ${message ?? '?'}`);
  }
  return {
    schemaVersion: 1,
    id,
    drill: request.plan.name,
    startedAt: startedAt.toISOString(),
    finishedAt: new Date().toISOString(),
    pgdrill: version(),
    sandbox: request.plan.sandbox.kind,
    host: hostname(),
    backup: work.backup,
    tried: [...work.tried],
    spread: work.spread,
    best: bestOf(work.tried, gainWanted(work.spread))?.id ?? null,
    ended,
    left,
  };
}

/** As the plan and the configuration have it. */
const AS_CONFIGURED = 'as configured';

class Tuning {
  readonly tried: Tried[] = [];
  backup: string | null = null;
  /** How far apart the drills as configured were. */
  spread: number | null = null;
  readonly #request: TuneRequest;
  readonly #services: TuneServices;
  readonly #bench: Bench;
  #place: Place | null = null;
  #count = 0;

  constructor(request: TuneRequest, services: TuneServices) {
    this.#request = request;
    this.#services = services;
    this.#bench = {
      ...services,
      seed: newSeed(),
      emit: (event) => {
        if (event.kind === 'phase-started') services.tell({ kind: 'phase', phase: event.phase });
      },
    };
  }

  /** Gives why not all was tried; null: all was. */
  async run(place: Place): Promise<string | null> {
    this.#place = place;
    const { plan, knobs, memoryBytes } = this.#request;
    const processes = configuredProcesses(plan, this.#services);
    const asConfigured = { id: AS_CONFIGURED, lines: [], apply: bare(plan, processes) };
    const { reports, why } = await this.#drill(asConfigured, null);
    this.spread = spreadOf(reports);
    this.tried.push(triedOf(asConfigured, { reports, why }, null));
    this.#services.tell({ kind: 'tried', tried: this.tried[0] as Tried });
    const [report] = reports;
    const known = report ? knownOf(report, processes, memoryBytes) : null;
    if (why !== null || !report || !known) return `the drill as configured ${why ?? 'tells too little of its machine'}`;
    this.backup = report.source.backup?.label ?? null;
    await this.#tryAll(knobs, known, asConfigured);
    return null;
  }

  async #tryAll(knobs: readonly KnobId[], known: Known, base: Way): Promise<void> {
    const ways = knobs.map((id) => knobOf(id).ways(known));
    const total = 1 + ways.flat().length;
    const found: (Way & Tried)[][] = [];
    for (const some of ways) {
      const its: (Way & Tried)[] = [];
      for (const way of some) its.push({ ...way, ...(await this.#tryWay(over(base, way), total)) });
      found.push(its);
    }
    const worth = worthOf(found, gainWanted(this.spread));
    if (worth.length > 1) await this.#tryWay(over(base, together(worth)), null);
  }

  async #tryWay(way: Way, total: number | null): Promise<Tried> {
    const tried = triedOf(way, await this.#drill(way, total), this.tried[0] ?? null);
    this.tried.push(tried);
    this.#services.tell({ kind: 'tried', tried });
    return tried;
  }

  /** Drills one way as often as was asked for. The first that does not pass ends that. */
  async #drill(way: Way, total: number | null): Promise<Drilled> {
    const { plan, drills } = this.#request;
    const { drills: scratch, reports: place } = this.#place ?? { drills: '', reports: '' };
    this.#count += 1;
    this.#services.tell({ kind: 'began', id: way.id, number: this.#count, of: total });
    const reports: Drilled['reports'][number][] = [];
    for (let time = 0; time < drills; time += 1) {
      const chosen = { ...way.apply(plan), reports: join(place, String(this.#count), String(time)) };
      const its = this.backup === null ? chosen : { ...chosen, source: { ...chosen.source, backup: this.backup } };
      const inPlace = isOnThisMachine(its.sandbox) ? { ...its, sandbox: { ...its.sandbox, scratch } } : its;
      const { report, refused } = await drillOn(inPlace, {}, (sandbox) => sandbox, this.#bench);
      this.#services.signal.throwIfAborted();
      if (refused) return { reports, why: `was refused: ${refused.message}` };
      if (report.verdict !== 'passed') {
        const [reason] = report.reasons;
        return { reports, why: `was ${report.verdict}: ${reason?.code ?? '?'}: ${reason?.message ?? '?'}` };
      }
      reports.push(report);
    }
    return { reports, why: null };
  }
}

/** A drill of nothing but the recovery: what is asked of the data is no part of the RTO. */
function bare(plan: DrillPlan, processMax: number): Way['apply'] {
  return (given) => ({
    ...given,
    source: { ...given.source, processMax },
    rotation: null,
    fallback: null,
    schedule: null,
    runbook: null,
    evidence: null,
    notify: [],
    checks: [],
    compare: null,
    baseline: null,
    integrity: null,
    objectives: { ...plan.objectives, rtoMs: null, rpoMs: null, backupAgeMs: null, forecastMs: null, regression: null },
  });
}

function over(base: Way, way: Way): Way {
  return { ...way, apply: (plan) => way.apply(base.apply(plan)) };
}

function together(ways: readonly Way[]): Way {
  return {
    id: ways.map(({ id }) => id).join(' + '),
    lines: ways.flatMap(({ lines }) => lines),
    apply: (plan) => ways.reduce((changed, way) => way.apply(changed), plan),
  };
}

/** As pgBackRest has it when nothing is said (2.45 to 2.58). */
const USUAL_PROCESSES = 1;

/** How many processes a restore in earnest has: drills by themselves take one for each processor. */
function configuredProcesses(plan: DrillPlan, services: Pick<Bench, 'env' | 'redactor'>): number {
  const option = optionsFor(readConfiguration(plan, services), plan.source.stanza, 'restore').get('process-max')?.[0];
  return plan.source.processMax ?? Number.parseInt(option ?? String(USUAL_PROCESSES), 10);
}
