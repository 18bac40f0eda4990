/** One planned delivery of one event. Chaos plans two of the same event. */
export interface Delivery {
  seq: number;
  triggerKey: string;
  /** Deliveries in one lane go out one after another. */
  lane: string;
  createdMs: number;
  attempts: number;
}

/**
 * Deliveries that are due, in lanes: within a lane in order and one at a time, lanes side by side. A lane whose functions
 * host is away is parked as a whole.
 */
export class Lanes {
  #lanes = new Map<string, Delivery[]>();
  #runnable: string[] = [];
  #parked: string[] = [];
  #size = 0;

  /** Deliveries waiting, those in flight not counted. */
  get size(): number {
    return this.#size;
  }

  add(delivery: Delivery): void {
    const lane = this.#lanes.get(delivery.lane);
    if (lane) lane.push(delivery);
    else {
      this.#lanes.set(delivery.lane, [delivery]);
      this.#runnable.push(delivery.lane);
    }
    this.#size++;
  }

  /** Takes the next delivery and holds its lane until `release` or `park`; undefined when no lane is free. */
  take(): Delivery | undefined {
    const name = this.#runnable.shift();
    const delivery = name === undefined ? undefined : this.#lanes.get(name)?.shift();
    if (delivery) this.#size--;
    return delivery;
  }

  /** Frees the lane of a delivery that ended. */
  release({ lane }: Delivery): void {
    if (this.#lanes.get(lane)?.length) this.#runnable.push(lane);
    else this.#lanes.delete(lane);
  }

  /** Puts a delivery back at the head of its lane, to wait there for `unpark`. */
  park(delivery: Delivery): void {
    const lane = this.#lanes.get(delivery.lane);
    if (!lane) return;
    lane.unshift(delivery);
    this.#parked.push(delivery.lane);
    this.#size++;
  }

  unpark(): void {
    this.#runnable = [...this.#parked, ...this.#runnable];
    this.#parked = [];
  }

  /** Forgets everything, also what is in flight. */
  clear(): void {
    this.#lanes.clear();
    this.#runnable = [];
    this.#parked = [];
    this.#size = 0;
  }

  shuffle(random: () => number): void {
    for (let last = this.#runnable.length - 1; last > 0; last--) {
      const other = Math.floor(random() * (last + 1));
      const [a = '', b = ''] = [this.#runnable[last], this.#runnable[other]];
      this.#runnable[last] = b;
      this.#runnable[other] = a;
    }
  }
}
