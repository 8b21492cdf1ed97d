import { DrillError } from '../core/errors.ts';
import type { PathSegments } from '../pgbackrest/path-segments.ts';
import type { PgBackRest } from '../pgbackrest/pgbackrest.ts';
import type { PostgresBinaries } from '../postgres/binaries.ts';
import { formatLsn, type Lsn } from '../postgres/lsn.ts';
import { complaintIn } from '../postgres/waldump.ts';
import { isTextBefore, positionIn } from '../postgres/wal-line.ts';
import { parseSegmentName, segmentName } from '../postgres/wal-segment.ts';

/** What WAL is read from. */
export interface WalSource {
  readonly pgbackrest: PgBackRest;
  readonly repo: number;
  readonly binaries: PostgresBinaries;
  readonly segmentBytes: number;
  /** The segments that recovery reads, in order. */
  readonly segments: PathSegments;
  /** The restored cluster: archive-get wants a pg_control with the system identifier of the archive. */
  readonly dataDirectory: string;
  /** Where some segments are put for a while. */
  readonly directory: string;
  /** How many are fetched at once. */
  readonly atOnce: number;
  readonly signal: AbortSignal;
}

/** So many segments lie there at once, and one more. */
const BATCH = 16;

/** What is read of the segment behind a batch, for the record that begins in the batch and ends there. */
const OVERLAP_BYTES = 1024 * 1024;

/** A record has at most 1 GB: so many bytes behind a batch are read for one that goes on there. */
const LONGEST_RECORD_BYTES = 1024 ** 3;

/**
 * Reads the WAL on the way of a recovery with pg_waldump, some segments at a time, and calls back for each line of a record that
 * begins at or behind `from`, and before `to`, in the order of the WAL; `filter`: words of pg_waldump that leave records out.
 * Throws `wal-invalid` where it cannot be read.
 */
export class WalWalk {
  readonly #source: WalSource;
  readonly #fetched = new Map<number, string>();

  constructor(source: WalSource) {
    this.#source = source;
  }

  async read(
    { from, to }: { readonly from: Lsn; readonly to: Lsn },
    filter: readonly string[],
    onLine: (line: string) => void,
  ): Promise<void> {
    const { pgbackrest, directory, segments } = this.#source;
    const first = this.#firstNumber();
    await pgbackrest.host.makeDirectory(directory);
    try {
      const begin = Math.max(0, this.#numberAt(from) - first);
      const end = Math.min(segments.length, this.#numberAt(to - 1n) - first + 1);
      for (let index = begin; index < end; index += BATCH) {
        const next = Math.min(index + BATCH, end);
        const batch = { begin: max(from, this.#beginOf(index)), end: min(to, this.#beginOf(next)) };
        await this.#readBatch(index, next, batch, filter, onLine);
      }
    } finally {
      await pgbackrest.host.remove(directory);
      this.#fetched.clear();
    }
  }

  /** Lines of a batch; as many segments behind it are fetched as its last record goes on in. */
  async #readBatch(
    index: number,
    next: number,
    { begin, end }: { readonly begin: Lsn; readonly end: Lsn },
    filter: readonly string[],
    onLine: (line: string) => void,
  ): Promise<void> {
    const { segments, segmentBytes } = this.#source;
    const endText = printed(end);
    let last: string | null = null;
    let isOver = false;
    const take = (line: string): void => {
      const position = positionIn(line);
      if (position === null || (last !== null && !isTextBefore(last, position))) return;
      if (!isTextBefore(position, endText)) isOver = true;
      else {
        last = position;
        onLine(line);
      }
    };
    for (let behind = 1; ; behind *= 4) {
      const until = Math.min(next + behind, segments.length);
      await this.#hold(index, until);
      const overlap = behind === 1 ? BigInt(Math.min(OVERLAP_BYTES, segmentBytes)) : this.#beginOf(until) - end;
      const wanted = min(end + overlap, this.#beginOf(until));
      const complaint = await this.#dump({ begin, end: wanted }, filter, take);
      // At the end that it was given pg_waldump ends with 0, also within a record; none that is filtered for is that long.
      if (isOver || (complaint === null && (filter.length > 0 || until >= segments.length))) return;
      if (until >= segments.length || behind * segmentBytes > LONGEST_RECORD_BYTES)
        throw unreadable(last ?? printed(begin), complaint ?? 'a record does not end');
    }
  }

  async #dump(
    { begin, end }: { readonly begin: Lsn; readonly end: Lsn },
    filter: readonly string[],
    take: (line: string) => void,
  ): Promise<string | null> {
    const { pgbackrest, binaries, directory, signal } = this.#source;
    let complaint = '';
    const result = await pgbackrest.host.run(
      [
        `${binaries.directory}/pg_waldump`,
        ...filter,
        `--path=${directory}`,
        '--timeline=1',
        `--start=${formatLsn(begin)}`,
        `--end=${formatLsn(end)}`,
      ],
      {
        signal,
        env: { TZ: 'UTC', LC_ALL: 'C' },
        onLine: (line, stream) => {
          if (stream === 'out') take(line);
          else complaint = complaintIn(line);
        },
      },
    );
    if (result.exitCode === null) throw new DrillError('process-killed', 'pg_waldump was killed');
    return result.exitCode === 0 ? null : complaint;
  }

  /** Has these segments there, and no others. */
  async #hold(first: number, end: number): Promise<void> {
    const { pgbackrest, atOnce } = this.#source;
    const gone = [...this.#fetched].filter(([index]) => index < first);
    if (gone.length > 0) await pgbackrest.host.remove(gone.map(([, file]) => file));
    for (const [index] of gone) this.#fetched.delete(index);
    const missing = Array.from({ length: end - first }, (_, place) => first + place).filter(
      (index) => !this.#fetched.has(index),
    );
    const worker = async (): Promise<void> => {
      for (let index = missing.shift(); index !== undefined; index = missing.shift()) await this.#fetch(index);
    };
    await Promise.all(Array.from({ length: Math.max(1, atOnce) }, worker));
  }

  /**
   * By itself, and not from the queue that an asynchronous archive-get has filled for the server. All under timeline 1: pg_waldump
   * follows one timeline by name, and the way of a recovery may pass several.
   */
  async #fetch(index: number): Promise<void> {
    const { pgbackrest, repo, segments, segmentBytes, dataDirectory, directory, signal } = this.#source;
    const number = BigInt(this.#firstNumber() + index);
    const file = `${directory}/${segmentName({ timeline: 1, number }, segmentBytes)}`;
    const options = [`--repo=${repo}`, `--pg1-path=${dataDirectory}`, '--no-archive-async'];
    await pgbackrest.read('archive-get', options, [segments.at(index) ?? '', file], { signal });
    this.#fetched.set(index, file);
  }

  #firstNumber(): number {
    const { segments, segmentBytes } = this.#source;
    return Number(parseSegmentName(segments.at(0) ?? '', segmentBytes)?.number ?? 0n);
  }

  #numberAt(lsn: Lsn): number {
    return Number(lsn / BigInt(this.#source.segmentBytes));
  }

  /** Where the segment at a place of the way begins. */
  #beginOf(index: number): Lsn {
    return BigInt(this.#firstNumber() + index) * BigInt(this.#source.segmentBytes);
  }
}

/** As pg_waldump prints it. */
function printed(lsn: Lsn): string {
  const [high = '', low = ''] = formatLsn(lsn).split('/');
  return `${high}/${low.padStart(8, '0')}`;
}

function min(a: Lsn, b: Lsn): Lsn {
  return a < b ? a : b;
}

function max(a: Lsn, b: Lsn): Lsn {
  return a > b ? a : b;
}

function unreadable(last: string, complaint: string): DrillError {
  return new DrillError('wal-invalid', `the WAL of the range cannot be read behind LSN ${last}: ${complaint}`, {
    hint: 'name a range that ends before it with --to, or an earlier backup set with --backup',
  });
}
