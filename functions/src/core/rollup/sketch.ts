/** A count of values in one bin; values of bin `index` lie in (γ^(index−1), γ^index]. */
export interface Bin {
  index: number;
  count: number;
}

/**
 * The distribution of non-negative integers, as a DDSketch (Masson, Rim, Lee: VLDB 12(12), 2019): bins whose bounds grow by
 * γ = (1 + α) ÷ (1 − α), so that any quantile is within the relative accuracy α of the value that it stands for. Counts are
 * integers, so that adding and merging commute and a value taken out again leaves no trace.
 */
export class Sketch {
  /** α. */
  readonly accuracy: number;
  #count = 0;
  #zeros = 0;
  /** Counts of the bins from `#first` on: a dense stretch, since a Map is several times slower to merge. */
  #counts: number[] = [];
  #first = 0;
  readonly #gamma: number;
  /** 1 ÷ ln γ: a value is in bin ⌈ln(value) · binsPerE⌉. */
  readonly binsPerE: number;

  constructor(accuracy: number) {
    this.accuracy = accuracy;
    this.#gamma = (1 + accuracy) / (1 - accuracy);
    this.binsPerE = 1 / Math.log(this.#gamma);
  }

  /** How many values are in it. */
  get count(): number {
    return this.#count;
  }

  /** How many of them are 0. */
  get zeros(): number {
    return this.#zeros;
  }

  /** Adds `value` `n` times, or takes it out where `n` is negative. Throws RangeError for anything but an integer from 0 on. */
  add(value: number, n = 1): void {
    if (!(value >= 0) || !Number.isSafeInteger(value)) throw new RangeError(`not a non-negative integer: ${value}`);
    if (value === 0) {
      this.#zeros += n;
      this.#count += n;
    } else this.addToBin(Math.ceil(Math.log(value) * this.binsPerE), n);
  }

  /** Adds to a bin by its index, as a decoder does. */
  addToBin(index: number, n: number): void {
    if (index < this.#first || index >= this.#first + this.#counts.length) this.#stretchTo(index);
    const at = index - this.#first;
    this.#counts[at] = (this.#counts[at] ?? 0) + n;
    this.#count += n;
  }

  /** Adds everything that is in `other`, which must be of the same accuracy. */
  merge(other: Sketch): void {
    if (other.accuracy !== this.accuracy) throw new RangeError('sketches of different accuracy do not merge');
    this.#zeros += other.#zeros;
    this.#count += other.#count;
    const [from, length] = [other.#counts, other.#counts.length];
    if (length === 0) return;
    this.#stretchTo(other.#first, other.#first + length - 1);
    const [into, shift] = [this.#counts, other.#first - this.#first];
    for (let i = 0; i < length; i++) into[i + shift] = (into[i + shift] ?? 0) + (from[i] ?? 0);
  }

  /**
   * The value at rank floor(q·(n−1)), 0 ≤ q ≤ 1, within the relative accuracy; undefined where nothing is in the sketch.
   */
  quantile(q: number): number | undefined {
    if (this.#count <= 0) return undefined;
    const rank = Math.floor(q * (this.#count - 1));
    let seen = this.#zeros;
    if (rank < seen) return 0;
    const at = this.#counts.findIndex((count) => {
      seen += count;
      return rank < seen;
    });
    return (2 * this.#gamma ** (this.#first + at)) / (this.#gamma + 1);
  }

  /** The bins that are not empty, in rising order: equal content gives equal lists. */
  bins(): Bin[] {
    const bins: Bin[] = [];
    for (let at = 0; at < this.#counts.length; at++) {
      const count = this.#counts[at] ?? 0;
      if (count !== 0) bins.push({ index: this.#first + at, count });
    }
    return bins;
  }

  isEmpty(): boolean {
    return this.#zeros === 0 && this.#counts.every((count) => count === 0);
  }

  clone(): Sketch {
    const copy = new Sketch(this.accuracy);
    copy.#count = this.#count;
    copy.#zeros = this.#zeros;
    copy.#counts = this.#counts.slice();
    copy.#first = this.#first;
    return copy;
  }

  /** Makes room for the bins from one to another. */
  #stretchTo(from: number, to = from): void {
    const counts = this.#counts;
    if (counts.length === 0) this.#first = from;
    if (from < this.#first) {
      this.#counts = new Array<number>(this.#first - from).fill(0).concat(counts);
      this.#first = from;
    }
    while (this.#first + this.#counts.length <= to) this.#counts.push(0);
  }
}
