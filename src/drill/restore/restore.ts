import { formatBytes } from '../../core/bytes.ts';
import type { RunPaths } from '../../host/run-paths.ts';
import { counted } from '../../report/document/words.ts';
import { pgBackRestFailure } from '../../pgbackrest/failure.ts';
import { RestoreLog, restoreOptions } from '../../pgbackrest/restore.ts';
import type { DrillReport } from '../../report/report.ts';
import type { EvidenceLog } from '../../store/evidence-log.ts';
import type { DrillPlan } from '../../plan/drill-plan.ts';
import type { PhaseProgress } from '../events.ts';
import type { Preflight } from '../preflight/preflight.ts';
import { kindOf } from '../../targets/index.ts';

/** Where it is restored to. */
interface Restored {
  readonly paths: Pick<RunPaths, 'data' | 'tablespaces'>;
}

interface RestoreInput {
  readonly plan: DrillPlan;
  readonly station: Restored;
  readonly ready: Preflight;
  /** Where the whole log goes. */
  readonly log: EvidenceLog;
  readonly redact: (text: string) => string;
  readonly monotonicMs: () => number;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: PhaseProgress) => void;
}

export type RestoreFacts = NonNullable<DrillReport['restore']>;

/** The words of the restore. */
export function restoreArgv(plan: DrillPlan, { paths }: Restored, ready: Preflight): string[] {
  const options = restoreOptions({
    repo: ready.backup.repo,
    label: ready.backup.label,
    target: kindOf(ready.target).restoreOptions(plan.timeline),
    offline: ready.backup.walStart === null,
    dataDirectory: paths.data,
    tablespaces: paths.tablespaces,
    processMax: ready.processMax,
    delta: ready.hasKeptData,
  });
  return ready.pgbackrest.argv('restore', options);
}

/** Restores the backup set into the scratch path. Throws what pgBackRest's exit status and lines stand for. */
export async function restoreBackup(input: RestoreInput): Promise<RestoreFacts> {
  const { plan, station, ready, signal } = input;
  const log = new RestoreLog();
  const pending = new LogWriter(input.log, input.redact);
  const startedMs = input.monotonicMs();
  let toldMs = 0;
  const result = await ready.pgbackrest.host.run(restoreArgv(plan, station, ready), {
    role: 'pgbackrest',
    signal,
    onLine: (line) => {
      pending.write(line);
      const elapsedMs = input.monotonicMs() - startedMs;
      if (!log.push(line) || elapsedMs - toldMs < TELL_EVERY_MS) return;
      toldMs = elapsedMs;
      input.onProgress(progressOf(log, ready.backup.sizeBytes, elapsedMs));
    },
  });
  pending.flush();
  if (result.exitCode !== 0) throw pgBackRestFailure('restore', result, log.messages);
  const { files, bytesReused } = log.progress;
  const bytesTotal = ready.backup.sizeBytes;
  const bytesFetched = Math.max(0, bytesTotal - bytesReused);
  return {
    start: ready.hasKeptData ? 'delta' : 'empty',
    bytesTotal,
    bytesFetched,
    bytesReused,
    files,
    alone: log.alone,
    bytesPerSecond: result.durationMs > 0 ? Math.round((bytesFetched / result.durationMs) * 1000) : null,
  };
}

/** What a restore has done, in a line. */
export function restoreSummary({ bytesTotal, bytesReused, bytesPerSecond }: RestoreFacts): string {
  const speed = bytesPerSecond === null ? '' : ` at ${formatBytes(bytesPerSecond)}/s`;
  const reused =
    bytesReused !== null && bytesReused > 0 ? `, ${formatBytes(bytesReused)} of it were there already` : '';
  return `${bytesTotal === null ? '' : formatBytes(bytesTotal)}${speed}${reused}`;
}

function progressOf(log: RestoreLog, totalBytes: number, elapsedMs: number): PhaseProgress {
  const { fraction, files } = log.progress;
  const known = fraction > 0 && elapsedMs > 500;
  return {
    fraction,
    bytesPerSecond: known ? (fraction * totalBytes * 1000) / elapsedMs : null,
    remainingMs: known ? (elapsedMs * (1 - fraction)) / fraction : null,
    text: counted(files, 'file'),
  };
}

/** A large cluster has many thousand files a second. */
const TELL_EVERY_MS = 100;

const FLUSH_LINES = 500;

/** Writes a long log in pieces: neither a system call a line nor the whole of it in memory. */
class LogWriter {
  readonly #log: EvidenceLog;
  readonly #redact: (text: string) => string;
  #lines: string[] = [];

  constructor(log: EvidenceLog, redact: (text: string) => string) {
    this.#log = log;
    this.#redact = redact;
  }

  write(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length >= FLUSH_LINES) this.flush();
  }

  flush(): void {
    if (this.#lines.length > 0) this.#log.append(`${this.#redact(this.#lines.join('\n'))}\n`);
    this.#lines = [];
  }
}
