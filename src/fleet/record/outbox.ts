import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { sha256Of } from '../../evidence/verify/read-file.ts';
import { verifyManifest } from '../../evidence/verify/verify-manifest.ts';
import { Ledger } from '../../store/ledger/ledger.ts';
import type { BegunEntry, EndedEntry } from '../../store/ledger/line.ts';
import { MANIFEST_FILE, SIGN_OFF_FILE } from '../../store/manifest.ts';
import { readHistory, type PastRun, type RunWithoutReport } from '../../store/past-runs.ts';
import { settled } from '../../store/settle.ts';
import { entriesOf } from './entries-of.ts';
import { isPlainFile } from './files.ts';

/** What a worker has on record in its directory of reports, and so has to hand in. */
export interface Outbox {
  /** Oldest first. */
  readonly ended: readonly PastRun[];
  readonly lost: readonly RunWithoutReport[];
}

/** What lies there. Runs whose process is gone are settled first: their end has to be on record too. */
export async function outboxIn(reports: string): Promise<Outbox> {
  const ledger = new Ledger(reports);
  if (ledger.id() === null) return { ended: [], lost: [] };
  await ledger.append((state) => settled(state, reports));
  const { runs, fallbacks, withoutReport } = readHistory(reports, null);
  const ended = [...runs, ...fallbacks].toSorted((a, b) => (a.finishedAt < b.finishedAt ? -1 : 1));
  return { ended, lost: withoutReport.filter(({ state }) => state === 'lost') };
}

/** Why a run is not as it was put on record; null: it is. */
export function whyChanged(run: PastRun, folder: string): string | null {
  const entry: EndedEntry = run;
  try {
    const odd = filesOf(folder).find((name) => !isPlainFile(join(folder, name)));
    if (odd !== undefined) return `${odd} is no plain file`;
    if (sha256Of(join(folder, 'report.json')) !== entry.report) return 'report.json was changed';
    if (entry.manifest === null) return null;
    if (sha256Of(join(folder, MANIFEST_FILE)) !== entry.manifest) return `${MANIFEST_FILE} was changed`;
  } catch (error) {
    return error instanceof Error ? `a file of it cannot be read: ${error.message}` : String(error);
  }
  const [wrong] = verifyManifest(folder, { entry, files: 'all' });
  return wrong === undefined ? null : `${wrong.file}: ${wrong.what}`;
}

/** The names of the files of a run, without those of people who have looked at it later. */
export function filesOf(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => !name.startsWith('.') && !SIGN_OFF_FILE.test(name))
    .toSorted();
}

/** What was put on record when a run began; null: it cannot be read. */
export function beginningOf(
  reports: string,
  { drill, run }: Pick<RunWithoutReport, 'drill' | 'run'>,
): BegunEntry | null {
  for (const entry of entriesOf(reports)) {
    if (entry.kind === 'begun' && entry.drill === drill && entry.run === run) return entry;
  }
  return null;
}
