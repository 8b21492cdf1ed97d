import type { IntegrityPartReport } from '../../report/integrity-report.ts';
import { FindingList } from './findings.ts';
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
 * Asks the parts of the integrity checks in their order. A part never throws: what keeps it from an answer is a doubt. Aborting the
 * signal ends the part that runs, and those after it are not asked; then it throws the reason of the signal.
 */
export async function runIntegrity({ parts, options }: IntegrityPlan, around: Surroundings): Promise<void> {
  for (const planned of parts) {
    around.signal.throwIfAborted();
    await around.onDone(await runPart(planned, options, around));
  }
}

async function runPart(
  { id, demanded, timeoutMs }: PlannedPart,
  options: IntegrityPlan['options'],
  around: Surroundings,
): Promise<IntegrityPartReport> {
  const { monotonicMs, signal, onProgress } = around;
  const findings = new FindingList();
  const startedMs = monotonicMs();
  const tell = (fraction: number | null): void => onProgress(`integrity: ${id}`, fraction);
  tell(null);
  const context: PartContext = {
    ...around,
    demanded,
    get timeoutMs() {
      return Math.max(1, timeoutMs - (monotonicMs() - startedMs));
    },
    options,
    onProgress: tell,
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
