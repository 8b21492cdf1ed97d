import { asDrillError, DrillError } from '../../core/errors.ts';
import { readContents, type BackupSet } from '../../pgbackrest/info.ts';
import { readBytes } from '../../host/read-bytes.ts';
import type { PgBackRest } from '../../pgbackrest/pgbackrest.ts';
import { restoreCatalogs } from '../../pgbackrest/restore-catalogs.ts';
import type { PostgresBinaries } from '../../postgres/binaries.ts';
import { formatLsn } from '../../postgres/lsn.ts';
import { parseSegmentName, segmentName } from '../../postgres/wal-segment.ts';
import { firstRecord, goesBeyond, SEGMENT_HEADER_BYTES } from '../../postgres/wal-page.ts';
import { filterOf, isWanted, isWithin, parseRecord, type Wanted, type WalRecord } from '../../postgres/waldump.ts';

interface WalSearchOptions {
  readonly pgbackrest: PgBackRest;
  /** Any backup set of the same cluster. */
  readonly backup: BackupSet;
  readonly binaries: PostgresBinaries;
  readonly segmentBytes: number;
  /** Where a few segments are put; emptied again. */
  readonly directory: string;
  readonly wanted: Wanted;
  readonly signal: AbortSignal;
}

/** What was looked for, where it lies, and the commits next to it in the same segment. */
export interface Found extends WalRecord {
  readonly segment: string;
  readonly commitBefore: WalRecord | null;
  readonly commitAfter: WalRecord | null;
}

/** A record may go on in the next segment; longer ones than this end no transaction. */
const RECORD_BYTES = 1024 * 1024;

/** Names of other restore points that are kept, to tell the one that was meant. */
const MOST_NAMES = 1000;

/** Where so many segments in a row cannot be fetched, the repository is at fault, and not the segments. */
const REPOSITORY_GONE = 3;

/**
 * Reads archived WAL with pg_waldump, segment by segment, and remembers what it has seen. Every segment stands for
 * itself, so that a damaged one does not end the search. Costs a fetch of the WAL, so it is done only for targets whose
 * position is not known.
 */
export class WalSearch {
  readonly #options: WalSearchOptions;
  readonly #seen = new Map<string, readonly Found[]>();
  readonly #unreadable = new Set<string>();
  /** Fetched segments, by the name under which they lie in the directory. */
  readonly #fetched = new Set<string>();
  readonly #names = new Set<string>();
  #around: WalRecord | null = null;
  #lastCommit: WalRecord | null = null;
  #failedInARow = 0;
  #open = false;

  constructor(options: WalSearchOptions) {
    this.#options = options;
  }

  /** Segments that could not be read to their end. */
  get unreadable(): readonly string[] {
    return [...this.#unreadable].toSorted();
  }

  /** Segments that were looked through, in the order of the WAL. */
  get looked(): readonly string[] {
    return [...this.#seen.keys()].toSorted((a, b) => (a.slice(8) < b.slice(8) ? -1 : 1));
  }

  /** Restore points of other names that were met. */
  get names(): readonly string[] {
    return [...this.#names];
  }

  /** The end of the transaction that has what is looked for as a subtransaction; the newest of them. */
  get around(): WalRecord | null {
    return this.#around;
  }

  /** The newest commit that was met; none is when a name is looked for. */
  get lastCommit(): WalRecord | null {
    return this.#lastCommit;
  }

  has(segment: string): boolean {
    return this.#seen.has(segment);
  }

  /** What is looked for in this segment, in the order of the WAL. `next` is the segment that follows on the way, if any. */
  async in(segment: string, next: string | null): Promise<readonly Found[]> {
    const known = this.#seen.get(segment);
    if (known) return known;
    await this.#prepare();
    const wanted = [segment, ...(next === null ? [] : [next])];
    await this.#keepOnly(wanted.map((name) => this.#plain(name)));
    const fetched = await this.#fetch(segment);
    const found = fetched ? await this.#read(segment, next !== null && (await this.#fetch(next))) : [];
    this.#seen.set(segment, found);
    return found;
  }

  async close(): Promise<void> {
    this.#open = false;
    this.#fetched.clear();
    await this.#options.pgbackrest.host.remove(this.#options.directory);
  }

  async #prepare(): Promise<void> {
    if (this.#open) return;
    this.#open = true;
    const { pgbackrest, directory } = this.#options;
    await pgbackrest.host.makeDirectory(`${directory}/wal`);
    await provideControl(this.#options);
  }

  /** All under timeline 1: pg_waldump follows one timeline by name, and the way of a recovery may pass several. */
  #plain(segment: string): string {
    const { segmentBytes } = this.#options;
    return segmentName({ timeline: 1, number: this.#number(segment) }, segmentBytes);
  }

  #number(segment: string): bigint {
    return parseSegmentName(segment, this.#options.segmentBytes)?.number ?? 0n;
  }

  async #keepOnly(names: readonly string[]): Promise<void> {
    const { pgbackrest, directory } = this.#options;
    for (const fetched of this.#fetched) {
      const [segment = ''] = fetched.split(' ').slice(1);
      if (names.includes(segment)) continue;
      await pgbackrest.host.remove(`${directory}/wal/${segment}`);
      this.#fetched.delete(fetched);
    }
  }

  async #fetch(segment: string): Promise<boolean> {
    const { pgbackrest, backup, directory, signal } = this.#options;
    const plain = this.#plain(segment);
    const key = `${segment} ${plain}`;
    if (this.#fetched.has(key)) return true;
    const options = [`--repo=${backup.repo}`, `--pg1-path=${directory}/cluster`];
    try {
      await pgbackrest.read('archive-get', options, [segment, `${directory}/wal/${plain}`], { signal });
    } catch (error) {
      this.#failedInARow += 1;
      const harmed = asDrillError(error)?.outcome === 'failed' && this.#failedInARow < REPOSITORY_GONE;
      if (!harmed || signal.aborted) throw error;
      this.#unreadable.add(segment);
      return false;
    }
    this.#failedInARow = 0;
    for (const other of this.#fetched) if (other.endsWith(` ${plain}`)) this.#fetched.delete(other);
    this.#fetched.add(key);
    return true;
  }

  async #read(segment: string, withNext: boolean): Promise<Found[]> {
    const { pgbackrest, binaries, directory, segmentBytes, wanted, signal } = this.#options;
    const begin = this.#number(segment) * BigInt(segmentBytes);
    const end = begin + BigInt(segmentBytes);
    const until = withNext ? end + BigInt(Math.min(RECORD_BYTES, segmentBytes)) : end;
    const found: { record: WalRecord; before: WalRecord | null; after: WalRecord | null }[] = [];
    let commit: WalRecord | null = null;
    const take = (record: WalRecord): void => {
      if (record.lsn >= end) return;
      this.#note(record);
      if (isWanted(record, wanted)) found.push({ record, before: commit, after: null });
      if (record.kind !== 'commit') return;
      for (const hit of found) if (hit.record !== record) hit.after ??= record;
      commit = record;
    };
    const result = await pgbackrest.host.run(
      [
        `${binaries.directory}/pg_waldump`,
        filterOf(wanted),
        `--path=${directory}/wal`,
        '--timeline=1',
        `--start=${formatLsn(begin)}`,
        `--end=${formatLsn(until)}`,
      ],
      {
        signal,
        env: { TZ: 'UTC', LC_ALL: 'C' },
        onLine: (line, stream) => {
          const record = stream === 'out' ? parseRecord(line) : null;
          if (record !== null) take(record);
        },
      },
    );
    if (result.exitCode === null) throw new DrillError('process-killed', 'pg_waldump was killed');
    if (result.exitCode !== 0 && !(await this.#isOfOneRecord(segment, Number(until - begin))))
      this.#unreadable.add(segment);
    return found.map(({ record, before, after }) => ({
      ...record,
      segment,
      commitBefore: before,
      commitAfter: after,
    }));
  }

  /** What explains a search that finds nothing. */
  #note(record: WalRecord): void {
    if (record.name !== null && this.#names.size < MOST_NAMES) this.#names.add(record.name);
    if (isWithin(record, this.#options.wanted)) this.#around = later(this.#around, record);
    if (record.kind === 'commit') this.#lastCommit = later(this.#lastCommit, record);
  }

  /**
   * Whether pg_waldump has nothing to read, though nothing is wrong: no record begins in the segment, or the first is longer
   * than what was fetched. Such a record ends no transaction.
   */
  async #isOfOneRecord(segment: string, readableBytes: number): Promise<boolean> {
    const { pgbackrest, directory, segmentBytes } = this.#options;
    const file = `${directory}/wal/${this.#plain(segment)}`;
    const read = (offset: number, bytes: number): Promise<Buffer> =>
      readBytes(pgbackrest.host, file, { offset, bytes });
    const first = firstRecord(await read(0, SEGMENT_HEADER_BYTES));
    if (first === null || first.offset >= segmentBytes) return first !== null;
    return goesBeyond(first, await read(first.offset, 4), readableBytes);
  }
}

function later(a: WalRecord | null, b: WalRecord): WalRecord {
  return a === null || b.lsn > a.lsn ? b : a;
}

/**
 * archive-get insists on a pg_control with the system identifier of the archive (2.45: `unable to open missing file
 * '…/global/pg_control' for read`).
 */
export async function provideControl({
  pgbackrest,
  backup,
  directory,
  signal,
}: Pick<WalSearchOptions, 'pgbackrest' | 'backup' | 'directory' | 'signal'>): Promise<void> {
  const { databases } = await readContents(pgbackrest, backup, signal);
  const places = { cluster: `${directory}/cluster`, tablespaces: `${directory}/tablespaces` };
  await restoreCatalogs({ pgbackrest, backup, databases, ...places, signal });
}
