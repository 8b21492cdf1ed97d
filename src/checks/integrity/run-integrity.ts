import type { IntegrityPartReport } from '../../report/integrity-report.ts';
import { FindingList } from './findings.ts';
import { InOrder } from './in-order.ts';
import { LaneProgress } from './lane-progress.ts';
import { stagesOf } from './lanes.ts';
import { faultOf, faultText } from '../../postgres/data-fault.ts';
import { partReport, unaskedPart } from './outcome.ts';
import type { Looked, PartContext } from './part.ts';
import { partOf } from './parts.ts';
import type { IntegrityPlan, PlannedPart } from './written.ts';

/** What the parts share. */
interface Surroundings extends Omit<PartContext, 'demanded' | 'timeoutMs' | 'options' | 'onProgress'> {
  readonly monotonicMs: () => number;
  readonly onProgress: (text: string, fraction: number | null) => void;
  /** Called with each part that has ended. Throws what is to end the run. */
  readonly onDone: (part: IntegrityPartReport) => Promise<void>;
}

/**
 * Asks the parts of the integrity checks, some of them at the same time, and tells of them in their order. A part never throws: what
 * keeps it from an answer is a doubt. Aborting the signal ends the parts that run, and those after them are not asked; then it throws
 * the reason of the signal.
 */
export async function runIntegrity({ parts, options }: IntegrityPlan, around: Surroundings): Promise<void> {
  const told = new InOrder<IntegrityPartReport>(
    parts.map(({ id }) => id),
    around.onDone,
  );
  const progress = new LaneProgress(around.onProgress);
  for (const lanes of stagesOf(parts)) {
    await together(lanes, around.signal, async (part, signal) => {
      const report = await runPart(part, options, { ...around, signal, onProgress: progress.of(part.id) });
      progress.end(part.id);
      await told.ended(report);
    }).catch(async (error: unknown) => {
      await told.rest().catch(() => undefined);
      throw error;
    });
  }
}

/** Works through lanes at the same time. What one throws ends the others, and is thrown when all have ended. */
async function together<T>(
  lanes: readonly (readonly T[])[],
  signal: AbortSignal,
  work: (one: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const own = new AbortController();
  const either = AbortSignal.any([signal, own.signal]);
  await Promise.allSettled(
    lanes.map(async (lane) => {
      for (const one of lane) {
        either.throwIfAborted();
        await work(one, either).catch((error: unknown) => {
          own.abort(error);
          throw error;
        });
      }
    }),
  );
  signal.throwIfAborted();
  own.signal.throwIfAborted();
}

async function runPart(
  { id, demanded, timeoutMs }: PlannedPart,
  options: IntegrityPlan['options'],
  around: Omit<Surroundings, 'onProgress' | 'onDone'> & Pick<PartContext, 'onProgress'>,
): Promise<IntegrityPartReport> {
  const { monotonicMs, signal } = around;
  const findings = new FindingList();
  const startedMs = monotonicMs();
  around.onProgress(null);
  const context: PartContext = {
    ...around,
    demanded,
    get timeoutMs() {
      return Math.max(1, timeoutMs - (monotonicMs() - startedMs));
    },
    options,
  };
  const looked = await partOf(id)
    .examine(context, findings)
    .catch((error: unknown): Looked => {
      signal.throwIfAborted();
      findings.add('not-examined', faultText(faultOf(error)));
      return { at: 'not all of it' };
    });
  signal.throwIfAborted();
  return partReport(id, looked, findings, Math.round(monotonicMs() - startedMs));
}

/** The reports of parts that nobody asks, and why. */
export function unaskedParts({ parts }: IntegrityPlan, why: string): IntegrityPartReport[] {
  return parts.map(({ id }) => unaskedPart(id, why));
}
