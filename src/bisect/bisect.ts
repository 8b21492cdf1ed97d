import { newRunId } from '../drill/run-setup.ts';
import type { DrillServices } from '../drill/services.ts';
import type { DrillPlan } from '../plan/drill-plan.ts';
import { formatLsn, parseLsn, type Lsn } from '../postgres/lsn.ts';
import type { BisectDocument, FlipDocument } from './document.ts';
import { BisectFolder } from './evidence.ts';
import { flipsIn } from './flips.ts';
import { narrowed, type Narrowed } from './narrow.ts';
import { notesOn } from './notes.ts';
import { outcomeOf } from './outcome.ts';
import { runPass, type Found, type PassResult } from './pass.ts';
import type { Predicate } from './predicate.ts';
import type { AskedRange } from './range.ts';
import { boundText } from './resolve-range.ts';
import { answerOf, flipOf, passOf } from './tell.ts';

/** What is looked for, and where. */
export interface BisectRequest {
  readonly predicate: Predicate;
  readonly range: AskedRange;
  /** The plan of a restore that leads to a position; null: to where the range begins as it was asked for. */
  readonly planFor: (lsn: Lsn | null) => DrillPlan;
}

export interface Bisected {
  readonly document: BisectDocument;
  /** Where it and its evidence lie. */
  readonly folder: BisectFolder;
}

/** Each pass narrows the range by a factor of a hundred and more. */
const MOST_PASSES = 6;

/**
 * Finds the transactions at which the answer of a predicate changes: by restores that are held at places of the WAL, where the
 * predicate is asked. Counts as no drill. Throws a DrillError of outcome `usage` or `busy` while nothing has been started.
 */
export async function bisect(request: BisectRequest, services: DrillServices): Promise<Bisected> {
  const startedAt = services.clock.now();
  const startedMs = services.clock.monotonicMs();
  // No id of a run: what lies in a folder of such a name is taken for a drill's.
  const id = `bisect-${newRunId(startedAt)}`;
  const plan = request.planFor(null);
  const folder = new BisectFolder(plan.reports, id);
  const passes = await runPasses(request, services, folder);
  const findings = together(passes);
  const { predicate } = request;
  const document: BisectDocument = {
    schemaVersion: 1,
    id,
    outcome: outcomeOf(
      findings,
      passes.found.every(({ isEach }) => isEach),
    ),
    drill: plan.name,
    stanza: plan.source.stanza,
    predicate: predicate.sql,
    database: predicate.database,
    startedAt: startedAt.toISOString(),
    finishedAt: services.clock.now().toISOString(),
    durationMs: Math.round(services.clock.monotonicMs() - startedMs),
    pgdrill: services.version,
    ...findings,
  };
  return { document: services.redactor.data(document), folder };
}

/** What the passes have found, each on its own. */
interface Passes {
  readonly found: Found[];
  readonly told: BisectDocument['passes'];
  readonly flips: FlipDocument[];
  readonly left: string[];
  endedBy: PassResult['endedBy'];
}

async function runPasses(request: BisectRequest, services: DrillServices, folder: BisectFolder): Promise<Passes> {
  const passes: Passes = { found: [], told: [], flips: [], left: [], endedBy: null };
  let next: Narrowed | null = null;
  do next = await onePass(request, services, { folder, passes, next });
  while (next !== null && passes.found.length < MOST_PASSES);
  return passes;
}

interface Step {
  readonly folder: BisectFolder;
  readonly passes: Passes;
  /** What the pass before has left to be looked into; null: this is the first. */
  readonly next: Narrowed | null;
}

/** Runs a pass, and gives what it has left to be looked into. */
async function onePass(
  { predicate, range, planFor }: BisectRequest,
  services: DrillServices,
  step: Step,
): Promise<Narrowed | null> {
  const { folder, passes, next } = step;
  const number = passes.found.length + 1;
  const plan = planFor(next === null ? null : next.range.start.before);
  const wanted = next?.range ?? range;
  const all = next?.all ?? false;
  const result = await runPass(
    { plan, predicate, range: wanted, all, folder: folder.ofPass(number), label: labelOf(range, next) },
    services,
  );
  const { found } = result;
  passes.left.push(...result.left);
  passes.endedBy = result.endedBy;
  if (found === null || result.endedBy !== null) return null;
  passes.found.push(found);
  passes.told.push(passOf(result, found));
  const flips = flipsIn(found.asked);
  const rest = narrowed(flips, { isEach: found.isEach, all });
  const settled = found.isEach ? flips.filter((flip) => flip !== rest?.flip) : [];
  passes.flips.push(...settled.map((flip) => flipOf(flip, found, plan)));
  return rest;
}

function labelOf({ from, to }: AskedRange, next: Narrowed | null): string {
  if (next !== null)
    return `a change between LSN ${formatLsn(next.range.start.before)} and ${formatLsn(next.range.end.before)}`;
  return `places between ${boundText(from)} and ${to === null ? 'the end of the archive' : boundText(to)}`;
}

function together({ found, told, flips, left, endedBy }: Passes): Omit<BisectDocument, keyof Asked> {
  const inOrder = flips.toSorted((a, b) => (positionOf(a) < positionOf(b) ? -1 : 1));
  const culprit = inOrder.findLastIndex(({ madeFalse }) => madeFalse);
  const [start, last] = [found[0]?.asked[0], found[0]?.asked.at(-1)];
  return {
    start: start === undefined ? null : answerOf(start),
    last: last === undefined ? null : answerOf(last),
    flips: inOrder,
    culprit: culprit < 0 ? null : culprit,
    allFlips:
      endedBy === null &&
      found.every(({ isEach }) => isEach) &&
      inOrder.every(({ transactions }) => transactions.length > 0),
    passes: told,
    notes: notesOn(found, inOrder),
    reason: endedBy === null ? null : { code: endedBy.code, message: endedBy.message, hint: endedBy.hint ?? null },
    left,
  };
}

type Asked = Omit<
  BisectDocument,
  'start' | 'last' | 'flips' | 'culprit' | 'allFlips' | 'passes' | 'notes' | 'reason' | 'left'
>;

function positionOf({ before }: FlipDocument): Lsn {
  return parseLsn(before.lsn) ?? 0n;
}
