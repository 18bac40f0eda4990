import type { DocumentStore, Entry } from '../engine/store.ts';
import { afterPrefix, inverted, invertedRange, type Range } from '../values/ranges.ts';

const FIRST_CHUNK = 16;
const MAX_CHUNK = 1024;

/** How many index entries a query came to, for `explain`. */
export type Tally = { entries: number };

/**
 * Reads the index entries below one fixed key prefix, range by range, in chunks that grow as it goes on. Keys are what
 * follows the prefix, in the direction of the query.
 */
export class EntryStream {
  #store: DocumentStore;
  #prefix: Buffer;
  /** What is still to be read, the next first. */
  #open: Range[];
  #backwards: boolean;
  #chunk: Entry[] = [];
  #next = 0;
  #chunkSize = FIRST_CHUNK;
  #tally: Tally;
  #isTold = false;

  /** `backwards`: a descending query over ascending entries; ranges are in the direction of the query. */
  constructor(
    store: DocumentStore,
    prefix: Buffer,
    ranges: readonly Range[],
    backwards: boolean,
    tally: Tally = { entries: 0 },
  ) {
    this.#tally = tally;
    this.#store = store;
    this.#prefix = prefix;
    this.#open = [...ranges];
    this.#backwards = backwards;
  }

  /** The current entry; undefined at the end. */
  peek(): Entry | undefined {
    for (let range = this.#open[0]; this.#next >= this.#chunk.length; range = this.#open[0]) {
      if (!range) return undefined;
      this.#read(range);
    }
    if (!this.#isTold) this.#tally.entries++;
    this.#isTold = true;
    return this.#chunk[this.#next];
  }

  advance(): void {
    this.#next++;
    this.#isTold = false;
  }

  /** Goes on to the first entry whose key is not below `target`. */
  seek(target: Buffer): void {
    const isBelow = (hit: Entry | undefined): boolean => hit !== undefined && Buffer.compare(hit.key, target) < 0;
    while (isBelow(this.#chunk[this.#next])) this.advance();
    if (this.#next < this.#chunk.length) return;
    for (let range = this.#open[0]; range && Buffer.compare(range.to, target) <= 0; range = this.#open[0]) {
      this.#open.shift();
    }
    const [range] = this.#open;
    if (range && Buffer.compare(range.from, target) < 0) this.#open[0] = { from: target, to: range.to };
    this.#chunkSize = FIRST_CHUNK;
  }

  /** The number of entries, counted up to `limit`; to be called on a fresh stream. */
  count(limit: number): number {
    let count = 0;
    for (const range of this.#open) {
      if (count < limit) count += this.#store.countEntries(...this.#bounds(range), limit - count);
    }
    return count;
  }

  #read(range: Range): void {
    const entries = this.#store.entries(...this.#bounds(range), this.#chunkSize, this.#backwards);
    this.#chunk = entries.map(({ key, documentNo }) => {
      const suffix = key.subarray(this.#prefix.length);
      return { key: this.#backwards ? inverted(suffix) : suffix, documentNo };
    });
    this.#next = 0;
    const last = this.#chunk.at(-1);
    if (last && entries.length === this.#chunkSize) this.#open[0] = { from: afterPrefix(last.key), to: range.to };
    else this.#open.shift();
    this.#chunkSize = Math.min(this.#chunkSize * 4, MAX_CHUNK);
  }

  #bounds(range: Range): [Buffer, Buffer] {
    const { from, to } = this.#backwards ? invertedRange(range) : range;
    return [Buffer.concat([this.#prefix, from]), Buffer.concat([this.#prefix, to])];
  }
}
