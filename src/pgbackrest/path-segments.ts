import { parseSegmentName, segmentName, type WalSegment } from '../postgres/wal-segment.ts';

/** Segments of one timeline whose numbers follow each other. */
interface Run {
  readonly timeline: number;
  /** The number of the first segment. */
  readonly first: number;
  /** The place of the first segment on the path. */
  readonly index: number;
}

/**
 * The segments on the way of a recovery, oldest first, whose numbers follow each other without a gap. An archive may hold
 * millions: a timeline is held as its first segment, and a name is made while somebody looks at it.
 */
export class PathSegments implements Iterable<string> {
  readonly #segmentBytes: number;
  readonly #runs: Run[] = [];
  #length = 0;

  constructor(segmentBytes: number) {
    this.#segmentBytes = segmentBytes;
  }

  /** Adds the segment whose number follows that of the last one. */
  add({ timeline, number }: WalSegment): void {
    if (this.#runs.at(-1)?.timeline !== timeline) {
      this.#runs.push({ timeline, first: Number(number), index: this.#length });
    }
    this.#length += 1;
  }

  get length(): number {
    return this.#length;
  }

  /** The name of the segment at a place, counted from the end where it is negative; undefined: there is none. */
  at(index: number): string | undefined {
    const place = index < 0 ? this.#length + index : index;
    if (place < 0 || place >= this.#length) return undefined;
    const run = this.#runs.findLast((candidate) => candidate.index <= place);
    if (run === undefined) return undefined;
    const number = BigInt(run.first + place - run.index);
    return segmentName({ timeline: run.timeline, number }, this.#segmentBytes);
  }

  /** The place of a segment on the path, or -1. */
  indexOf(name: string): number {
    const [first] = this.#runs;
    const segment = parseSegmentName(name, this.#segmentBytes);
    if (first === undefined || segment === null) return -1;
    const place = Number(segment.number) - first.first;
    return this.at(place) === name ? place : -1;
  }

  includes(name: string): boolean {
    return this.indexOf(name) >= 0;
  }

  /** The name of the last segment before a number, whatever its timeline; undefined: the path begins later. */
  lastBefore(number: bigint): string | undefined {
    const [first] = this.#runs;
    if (first === undefined) return undefined;
    const place = Math.min(Number(number) - first.first, this.#length) - 1;
    return place < 0 ? undefined : this.at(place);
  }

  *[Symbol.iterator](): IterableIterator<string> {
    for (let index = 0; index < this.#length; index += 1) yield this.at(index) ?? '';
  }
}
