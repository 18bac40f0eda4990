/** A number that never falls, as a counter of Prometheus must not: there a fall means that counting began anew. */
interface Rising {
  value: number;
  /** What was taken back since and is made up for by what comes next. */
  owed: number;
}

/**
 * Sums by name that never fall. What is taken back (a corrected cost, a changed rating) is owed: the sum stands still until as
 * much has come, so that it is the highest that there was.
 */
export class RisingSums {
  #sums = new Map<string, Rising>();

  /** Adds to a sum, or takes back from it where `by` is negative. */
  add(name: string, by: number): void {
    if (by === 0) return;
    const sum = this.#sums.get(name) ?? { value: 0, owed: 0 };
    this.#sums.set(name, sum);
    sum.owed -= by;
    if (sum.owed >= 0) return;
    sum.value -= sum.owed;
    sum.owed = 0;
  }

  /** What a sum has come to. */
  get(name: string): number {
    return this.#sums.get(name)?.value ?? 0;
  }

  /** The sums whose names begin so, by what follows. */
  startingWith(prefix: string): Map<string, number> {
    const found = Array.from(this.#sums).filter(([name]) => name.startsWith(prefix));
    return new Map(found.map(([name, { value }]) => [name.slice(prefix.length), value]));
  }

  /** As JSON has them: a number, or that and what is owed. */
  toJSON(): Record<string, number | [value: number, owed: number]> {
    const entries = Array.from(this.#sums, ([name, { value, owed }]) => [name, owed === 0 ? value : [value, owed]]);
    return Object.fromEntries(entries);
  }

  /** Those that `toJSON` gave. */
  static from(json: ReturnType<RisingSums['toJSON']>): RisingSums {
    const sums = new RisingSums();
    for (const [name, entry] of Object.entries(json)) {
      const [value, owed] = typeof entry === 'number' ? [entry, 0] : entry;
      sums.#sums.set(name, { value, owed });
    }
    return sums;
  }
}
