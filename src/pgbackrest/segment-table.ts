/** A WAL segment in the archive. */
export interface ArchivedSegment {
  readonly name: string;
  /** The SHA-1 of its content, from its file name; archive-get does not compare it. */
  readonly sha1: string;
  /** Whole seconds. */
  readonly archivedAt: Date;
}

/** The segments of an archive by name, in the order of names. One that was archived twice with different content has both. */
export type ArchivedSegments = ReadonlyMap<string, readonly ArchivedSegment[]>;

const NAME_BYTES = 12;
const SHA1_BYTES = 20;
const ROW_BYTES = NAME_BYTES + 4 + SHA1_BYTES;
const BLOCK_ROWS = 16_384;

/** An archive may hold millions of segments: each takes 36 bytes here, and is an object while somebody looks at it. */
export class SegmentTable implements ArchivedSegments {
  readonly #blocks: Buffer[] = [];
  #rows = 0;
  /** The rows in the order of names, once somebody looks; null: as they were added, which is how pgBackRest lists them. */
  #order: Uint32Array | null = null;
  #last = '';
  #inOrder = true;
  /** The rank that was found last: who follows an archive asks for one name after the other. */
  #found = 0;
  readonly #sought = Buffer.alloc(NAME_BYTES);

  /** Adds a segment; `name` has 24 and `sha1` 40 hexadecimal digits. */
  add(name: string, sha1: string, archivedSeconds: number): void {
    const at = (this.#rows % BLOCK_ROWS) * ROW_BYTES;
    if (at === 0) this.#blocks.push(Buffer.alloc(BLOCK_ROWS * ROW_BYTES));
    const block = this.#blocks.at(-1);
    block?.write(name, at, 'hex');
    block?.writeUInt32BE(archivedSeconds, at + NAME_BYTES);
    block?.write(sha1, at + NAME_BYTES + 4, 'hex');
    this.#rows += 1;
    this.#inOrder &&= name >= this.#last;
    this.#order = null;
    this.#last = name;
  }

  /** How many names there are. */
  get size(): number {
    let names = 0;
    for (const _ of this.keys()) names += 1;
    return names;
  }

  has(name: string): boolean {
    return this.#find(name) !== null;
  }

  get(name: string): readonly ArchivedSegment[] | undefined {
    const first = this.#find(name);
    if (first === null) return undefined;
    const copies: ArchivedSegment[] = [];
    for (let rank = first; rank < this.#rows && this.#name(rank) === name; rank += 1) copies.push(this.#segment(rank));
    return copies;
  }

  *keys(): MapIterator<string> {
    let last = '';
    for (let rank = 0; rank < this.#rows; rank += 1) {
      const name = this.#name(rank);
      if (name !== last) yield name;
      last = name;
    }
  }

  *entries(): MapIterator<[string, readonly ArchivedSegment[]]> {
    for (const name of this.keys()) yield [name, this.get(name) ?? []];
  }

  *values(): MapIterator<readonly ArchivedSegment[]> {
    for (const [, copies] of this.entries()) yield copies;
  }

  [Symbol.iterator](): MapIterator<[string, readonly ArchivedSegment[]]> {
    return this.entries();
  }

  forEach(visit: (copies: readonly ArchivedSegment[], name: string, all: ArchivedSegments) => void): void {
    for (const [name, copies] of this.entries()) visit(copies, name, this);
  }

  /** The rank of the first row of a name, or null. */
  #find(name: string): number | null {
    if (this.#sought.write(name, 'hex') < NAME_BYTES) return null;
    const next = this.#found + 1;
    const isNext = this.#compared(next - 1) < 0 && this.#compared(next) === 0;
    let [low, high] = isNext ? [next, next] : [0, this.#rows];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#compared(middle) < 0) low = middle + 1;
      else high = middle;
    }
    if (this.#compared(low) !== 0) return null;
    this.#found = low;
    return low;
  }

  /** How the name at a rank compares with the one that is sought; behind the last it is greater. */
  #compared(rank: number): number {
    if (rank >= this.#rows) return 1;
    const { block, at } = this.#row(rank);
    return block.compare(this.#sought, 0, NAME_BYTES, at, at + NAME_BYTES);
  }

  #name(rank: number): string {
    const { block, at } = this.#row(rank);
    return block.toString('hex', at, at + NAME_BYTES).toUpperCase();
  }

  #segment(rank: number): ArchivedSegment {
    const { block, at } = this.#row(rank);
    return {
      name: this.#name(rank),
      sha1: block.toString('hex', at + NAME_BYTES + 4, at + ROW_BYTES),
      archivedAt: new Date(block.readUInt32BE(at + NAME_BYTES) * 1000),
    };
  }

  #row(rank: number): { block: Buffer; at: number } {
    if (!this.#inOrder) this.#order ??= this.#sorted();
    return this.#stored(this.#order?.[rank] ?? rank);
  }

  #stored(row: number): { block: Buffer; at: number } {
    const block = this.#blocks[Math.floor(row / BLOCK_ROWS)];
    if (block === undefined) throw new RangeError(`there is no row ${row}`);
    return { block, at: (row % BLOCK_ROWS) * ROW_BYTES };
  }

  #sorted(): Uint32Array {
    return Uint32Array.from({ length: this.#rows }, (_, row) => row).toSorted((a, b) => {
      const [x, y] = [this.#stored(a), this.#stored(b)];
      return x.block.compare(y.block, y.at, y.at + NAME_BYTES, x.at, x.at + NAME_BYTES);
    });
  }
}
