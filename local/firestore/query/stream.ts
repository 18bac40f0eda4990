import type { DocumentStore, Entry } from '../engine/store.ts';
import { type Bound, boundKey, inverted, invertedBound } from '../values/bytes.ts';
import type { Interval } from './intervals.ts';

const FIRST_CHUNK = 16;
const MAX_CHUNK = 1024;

/** What follows the fixed part of an index key, in the direction of the query, and the document it leads to. */
export interface Hit {
  suffix: Buffer;
  documentNo: number;
}

/** Reads the index entries below one fixed key prefix, stretch by stretch, in chunks that grow as it goes on. */
export class EntryStream {
  #store: DocumentStore;
  #prefix: Buffer;
  #intervals: readonly Interval[];
  #backwards: boolean;
  #at = 0;
  #from: Bound | undefined;
  #chunk: Hit[] = [];
  #next = 0;
  #chunkSize = FIRST_CHUNK;

  /** `backwards`: a descending query over ascending entries; intervals are in the direction of the query. */
  constructor(store: DocumentStore, prefix: Buffer, intervals: readonly Interval[], backwards: boolean) {
    this.#store = store;
    this.#prefix = prefix;
    this.#intervals = intervals;
    this.#backwards = backwards;
  }

  /** The current entry; undefined at the end. */
  peek(): Hit | undefined {
    while (this.#next >= this.#chunk.length) {
      const interval = this.#intervals[this.#at];
      if (!interval) return undefined;
      this.#read(this.#from ?? interval.from, interval.to);
    }
    return this.#chunk[this.#next];
  }

  advance(): void {
    this.#next++;
  }

  /** Goes on to the first entry whose suffix is not below `target`. */
  seek(target: Buffer): void {
    while (this.#next < this.#chunk.length && Buffer.compare(this.#hit().suffix, target) < 0) this.#next++;
    if (this.#next < this.#chunk.length) return;
    const bound: Bound = { at: target, after: false };
    for (let interval = this.#intervals[this.#at]; interval; interval = this.#intervals[++this.#at]) {
      const from = this.#from ?? interval.from;
      if (Buffer.compare(target, boundKey(interval.to)) < 0) {
        this.#from = Buffer.compare(target, boundKey(from)) > 0 ? bound : from;
        this.#chunkSize = FIRST_CHUNK;
        return;
      }
      this.#from = undefined;
    }
  }

  /** The number of entries, counted up to `limit`; to be called on a fresh stream. */
  count(limit: number): number {
    let count = 0;
    for (const { from, to } of this.#intervals) {
      if (count < limit) count += this.#store.countEntries(...this.#range(from, to), limit - count);
    }
    return count;
  }

  #hit(): Hit {
    return this.#chunk[this.#next] as Hit;
  }

  #read(from: Bound, to: Bound): void {
    const entries = this.#store.entries(...this.#range(from, to), this.#chunkSize, this.#backwards);
    this.#chunk = entries.map((entry) => this.#toHit(entry));
    this.#next = 0;
    const last = this.#chunk.at(-1);
    if (entries.length < this.#chunkSize || !last) {
      this.#at++;
      this.#from = undefined;
    } else {
      this.#from = { at: last.suffix, after: true };
    }
    this.#chunkSize = Math.min(this.#chunkSize * 4, MAX_CHUNK);
  }

  #range(from: Bound, to: Bound): [Buffer, Buffer] {
    const [low, high] = this.#backwards ? [invertedBound(to), invertedBound(from)] : [from, to];
    return [Buffer.concat([this.#prefix, boundKey(low)]), Buffer.concat([this.#prefix, boundKey(high)])];
  }

  #toHit({ key, documentNo }: Entry): Hit {
    const suffix = key.subarray(this.#prefix.length);
    return { suffix: this.#backwards ? inverted(suffix) : suffix, documentNo };
  }
}

/** The documents that are in every stream, in order: the streams leap over what the others do not have. */
export function* joined(streams: readonly EntryStream[]): Generator<number> {
  const [first, ...others] = streams;
  if (!first) return;
  for (let hit = first.peek(); hit; hit = first.peek()) {
    const target = hit.suffix;
    let ahead: Buffer | undefined;
    for (const other of others) {
      other.seek(target);
      const found = other.peek();
      if (!found) return;
      if (Buffer.compare(found.suffix, target) > 0) {
        ahead = found.suffix;
        break;
      }
    }
    if (ahead) {
      first.seek(ahead);
    } else {
      first.advance();
      yield hit.documentNo;
    }
  }
}
