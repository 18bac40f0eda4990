/** A limited number of places, first come first served. */
export class Slots {
  #max: number;
  #queue: (() => void)[] = [];
  taken = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** Resolves once there is a place; give it back with `give`. */
  async take(): Promise<void> {
    if (this.taken < this.#max) this.taken++;
    else await new Promise<void>((resolve) => this.#queue.push(resolve));
  }

  give(): void {
    const next = this.#queue.shift();
    if (next) next();
    else this.taken--;
  }
}
