import { parseBytes } from '../core/bytes.ts';
import type { DrillReport } from '../report/report.ts';

/** What is known of a drill as configured. */
export interface Known {
  /** Processors of the sandbox. */
  readonly cpus: number;
  /** How much of it a server may have that does nothing but recover: here, and on production's machine where that was told. */
  readonly memoryBytes: number;
  /** Processes of the restore. */
  readonly processMax: number;
  /** The repository is not on a file system of the sandbox: fetching waits for a network. */
  readonly isRemote: boolean;
  /** Of PostgreSQL. */
  readonly major: number;
  /** A setting that bears on the RTO, as the drill had it; null: PostgreSQL's own. */
  readonly setting: (name: string) => string | null;
}

/** What the report of a drill as configured tells; null: it did not come so far. `memoryBytes`: of production's machine. */
export function knownOf(report: DrillReport, processMax: number, memoryBytes: number | null): Known | null {
  const { sandbox, source } = report;
  const major = Number.parseInt(sandbox.versions.postgres ?? '', 10);
  if (sandbox.host === null || source.repo === null || Number.isNaN(major)) return null;
  const settings = new Map(sandbox.settings.map(({ name, drill }) => [name, drill] as const));
  return {
    cpus: sandbox.host.cpus,
    memoryBytes: Math.min(
      sandbox.host.memoryBytes,
      sandbox.container?.memoryLimitBytes ?? Infinity,
      memoryBytes ?? Infinity,
    ),
    processMax,
    isRemote: source.repo.host !== null || source.repo.type !== 'posix',
    major,
    setting: (name) => settings.get(name) ?? null,
  };
}

/** PostgreSQL's own, in 12 to 18. */
const USUAL_BUFFERS = 128 * 1024 ** 2;

/** A number alone is of pages. */
const PAGE_BYTES = 8192;

/** The size of shared_buffers of a drill. */
export function buffersOf({ setting }: Pick<Known, 'setting'>): number {
  const value = setting('shared_buffers')?.trim() ?? null;
  if (value === null) return USUAL_BUFFERS;
  return /^\d+$/.test(value) ? Number(value) * PAGE_BYTES : (parseBytes(value) ?? USUAL_BUFFERS);
}
