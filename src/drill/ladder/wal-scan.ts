import { awaitedLater } from '../../core/awaited-later.ts';
import { asDrillError, DrillError } from '../../core/errors.ts';
import type { BackupSet } from '../../pgbackrest/info.ts';
import type { PgBackRest } from '../../pgbackrest/pgbackrest.ts';
import type { PostgresBinaries } from '../../postgres/binaries.ts';
import { formatLsn, type Lsn } from '../../postgres/lsn.ts';
import { complaintIn, recordAt, saysNoRecord } from '../../postgres/waldump.ts';
import { parseSegmentName, segmentName, segmentNumberAt } from '../../postgres/wal-segment.ts';
import type { ArchiveState } from '../preflight/archive-state.ts';
import { sha1Of } from '../preflight/divergence.ts';
import { provideControl } from '../preflight/wal-search.ts';

interface WalScanOptions {
  readonly pgbackrest: PgBackRest;
  /** The set from whose beginning on the WAL is read. */
  readonly backup: BackupSet;
  readonly binaries: PostgresBinaries;
  readonly archive: ArchiveState;
  /** Where some segments are put; emptied again. */
  readonly directory: string;
  /** How many are fetched at once. */
  readonly atOnce: number;
  readonly signal: AbortSignal;
}

interface Scan {
  /** Words of pg_waldump that leave out what is not wanted. */
  readonly filter: readonly string[];
  /** Called with each line, in the order of the WAL. */
  readonly onLine: (line: string) => void;
  /** Asked after some segments: whether the rest is of no interest. */
  readonly isDone: () => boolean;
  readonly onProgress: (text: string) => void;
}

/** So much is read by one pg_waldump, while as much is fetched: that is the room it takes, whatever the size of a segment. */
const AT_A_TIME_BYTES = 512 * 1024 * 1024;
const MOST_AT_A_TIME = 32;
/** A record that begins in one may go on in the next; longer ones end no transaction. */
const RECORD_BYTES = 1024n * 1024n;

/** Reads the WAL on the way from a backup set with pg_waldump, in its order and across timelines; what was fetched is not kept. */
export class WalScan {
  readonly #options: WalScanOptions;
  readonly #first: bigint;
  /** The places on the way of the segments that lie in the directory. */
  readonly #fetched = new Set<number>();

  constructor(options: WalScanOptions) {
    const { path, segmentBytes } = options.archive;
    this.#options = options;
    this.#first = parseSegmentName(path.segments.at(0) ?? '', segmentBytes)?.number ?? 0n;
  }

  async open(): Promise<void> {
    await this.#options.pgbackrest.host.makeDirectory(`${this.#options.directory}/wal`);
    await provideControl(this.#options);
  }

  async close(): Promise<void> {
    await this.#options.pgbackrest.host.remove(this.#options.directory);
  }

  /** Throws why the WAL could not be read any further, once what came before was handed on and there was need for more. */
  async read(scan: Scan): Promise<void> {
    const { path, segmentBytes } = this.#options.archive;
    const { length } = path.segments;
    const atATime = Math.max(1, Math.min(MOST_AT_A_TIME, Math.floor(AT_A_TIME_BYTES / segmentBytes)));
    let fetching = awaitedLater(this.#fetch(0, atATime));
    try {
      for (let begin = 0; begin < length; begin += atATime) {
        scan.onProgress(`reading WAL: ${begin} of ${length} segments`);
        const { until, fault } = await fetching;
        const end = begin + atATime;
        if (fault === null && end < length) fetching = awaitedLater(this.#fetch(end, end + atATime));
        const damage = until > begin ? await this.#dump(begin, Math.min(end, until), scan) : null;
        if (scan.isDone()) return;
        const over = fault ?? damage;
        if (over !== null) throw over;
        await this.#forget(begin, end);
      }
    } finally {
      await Promise.allSettled([fetching]);
      await this.#forget(0, length);
    }
  }

  /**
   * Where the record begins that follows the first one at or behind a position; null: the archive holds none. After the record
   * that takes the rest of a segment (SWITCH) there is none in it.
   */
  async following(lsn: Lsn): Promise<Lsn | null> {
    const { archive, signal, pgbackrest } = this.#options;
    const place = Number(segmentNumberAt(lsn, archive.segmentBytes) - this.#first);
    for (let further = 1; further <= FURTHER; further += 1) {
      const { until } = await this.#fetch(place, place + further);
      const records: Lsn[] = [];
      for (const from of [lsn, this.#begin(place + 1)]) {
        if (records.length > 0 || until <= place) continue;
        const words = [`--start=${formatLsn(from)}`, `--end=${formatLsn(this.#begin(until))}`, '--limit=2'];
        const onLine = (line: string): void => {
          const record = recordAt(line);
          if (record !== null) records.push(record);
        };
        await pgbackrest.host.run(this.#argv(words), { signal, env: ENVIRONMENT, onLine });
      }
      if (records.length > 1 || until < place + further) {
        await this.#forget(place, until);
        return records[1] ?? null;
      }
    }
    return null;
  }

  /** Fetches the segments of a stretch, and the first behind it. `until`: up to where they are there; `fault`: why no further. */
  async #fetch(begin: number, end: number): Promise<{ until: number; fault: DrillError | null }> {
    const last = Math.min(end + 1, this.#options.archive.path.segments.length);
    const places = Array.from({ length: Math.max(0, last - begin) }, (_, index) => begin + index);
    const faults = new Map<number, DrillError>();
    const rest = places.filter((place) => !this.#fetched.has(place)).values();
    const work = async (): Promise<void> => {
      for (const place of rest) {
        const fault = await this.#fetchOne(place);
        if (fault === null) this.#fetched.add(place);
        else faults.set(place, fault);
        if (faults.size > 0) return;
      }
    };
    await Promise.all(Array.from({ length: this.#options.atOnce }, work));
    const broken = places.find((place) => !this.#fetched.has(place));
    return { until: broken ?? last, fault: broken === undefined ? null : (faults.get(broken) ?? null) };
  }

  async #fetchOne(place: number): Promise<DrillError | null> {
    const { pgbackrest, backup, directory, archive, signal } = this.#options;
    const segment = archive.path.segments.at(place) ?? '';
    // By itself, and not into the queue that an asynchronous archive-get fills for a server.
    const options = [`--repo=${backup.repo}`, `--pg1-path=${directory}/cluster`, '--no-archive-async'];
    try {
      await pgbackrest.read('archive-get', options, [segment, `${directory}/wal/${this.#plain(place)}`], { signal });
      return null;
    } catch (error) {
      const known = asDrillError(error);
      if (known === null || signal.aborted) throw error;
      return known;
    }
  }

  /** Why the records end before the stretch does; null: they do not. */
  async #dump(begin: number, end: number, { filter, onLine }: Scan): Promise<DrillError | null> {
    const { pgbackrest, backup, archive, signal } = this.#options;
    const from = begin === 0 ? (backup.lsnStart ?? this.#begin(0)) : this.#begin(begin);
    const to = this.#begin(end);
    const until = this.#fetched.has(end) ? to + smaller(RECORD_BYTES, BigInt(archive.segmentBytes)) : to;
    const isOnTheWay = onTheWay(archive, to);
    let said = '';
    const words = [...filter, `--start=${formatLsn(from)}`, `--end=${formatLsn(until)}`];
    const result = await pgbackrest.host.run(this.#argv(words), {
      signal,
      env: ENVIRONMENT,
      onLine: (line, stream) => {
        if (stream === 'err') said = complaintIn(line);
        else if (isOnTheWay(line)) onLine(line);
      },
    });
    if (result.exitCode === null) throw new DrillError('process-killed', 'pg_waldump was killed');
    if (result.exitCode === 0 || saysNoRecord(said)) return null;
    const altered = await this.#altered(begin, end);
    if (altered !== null) return altered;
    return new DrillError('wal-invalid', `the archived WAL cannot be read behind LSN ${formatLsn(from)}: ${said}`, {
      hint: 'name targets before it only; if the segment is as it was archived, it was damaged in production: take a new full backup',
    });
  }

  /** A segment of a stretch that is not as it was archived: that explains damage better than production does. */
  async #altered(begin: number, end: number): Promise<DrillError | null> {
    const { archive, directory, pgbackrest } = this.#options;
    const places = Array.from({ length: end - begin + 1 }, (_, index) => begin + index);
    const hashes = await sha1Of(
      pgbackrest.host,
      `${directory}/wal`,
      places.map((place) => this.#plain(place)),
    );
    for (const place of places) {
      const segment = archive.path.segments.at(place) ?? '';
      const hash = hashes.get(this.#plain(place));
      if (hash === undefined || archive.listing.segments.get(segment)?.some(({ sha1 }) => sha1 === hash)) continue;
      return new DrillError(
        'wal-checksum-mismatch',
        `WAL file ${segment}: its content has the SHA-1 ${hash}, which is not that of its name in the archive`,
        {
          hint: 'look for an unharmed copy of the segment; until it is back name targets before it only',
          walFile: segment,
        },
      );
    }
    return null;
  }

  #argv(words: readonly string[]): string[] {
    const { binaries, directory } = this.#options;
    return [`${binaries.directory}/pg_waldump`, `--path=${directory}/wal`, '--timeline=1', ...words];
  }

  async #forget(begin: number, end: number): Promise<void> {
    const places = [...this.#fetched].filter((place) => place >= begin && place < end);
    if (places.length === 0) return;
    await this.#options.pgbackrest.host.remove(places.map((place) => this.#file(place)));
    for (const place of places) this.#fetched.delete(place);
  }

  #begin(place: number): Lsn {
    return (this.#first + BigInt(place)) * BigInt(this.#options.archive.segmentBytes);
  }

  #file(place: number): string {
    return `${this.#options.directory}/wal/${this.#plain(place)}`;
  }

  /** All under timeline 1: pg_waldump follows one timeline by name, and the way may pass several. */
  #plain(place: number): string {
    return segmentName({ timeline: 1, number: this.#first + BigInt(place) }, this.#options.archive.segmentBytes);
  }
}

/** A record may go on over some segments, and the one behind it begins in the last. */
const FURTHER = 8;

const ENVIRONMENT = { TZ: 'UTC', LC_ALL: 'C' };

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

/** Whether a line is of a record before `to` that no later timeline has left behind. */
function onTheWay({ spans, path, segmentBytes }: ArchiveState, to: Lsn): (line: string) => boolean {
  const first = parseSegmentName(path.segments.at(0) ?? '', segmentBytes)?.number ?? 0n;
  const behind = beginsIn(to);
  return (line) => {
    if (line.includes(behind)) return false;
    if (spans.length < 2) return true;
    const lsn = recordAt(line);
    if (lsn === null) return false;
    const name = path.segments.at(Number(segmentNumberAt(lsn, segmentBytes) - first)) ?? '';
    const span = spans.findIndex(({ timeline }) => timeline === parseSegmentName(name, segmentBytes)?.timeline);
    const left = spans[span + 1];
    return left === undefined || lsn < left.begin;
  };
}

/**
 * What is in the lines of pg_waldump (12 to 18: `lsn: 0/05000028`) of records that begin in one megabyte. There are very many
 * lines, and nothing is read further behind a stretch than that.
 */
function beginsIn(megabyte: Lsn): string {
  const [high = '', low = ''] = formatLsn(megabyte).split('/');
  return `, lsn: ${high}/${low.padStart(8, '0').slice(0, 3)}`;
}
