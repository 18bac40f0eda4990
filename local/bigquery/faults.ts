import { invalid } from './errors.ts';

/** What goes wrong, until it is taken back: `POST /__bigquery/faults` merges these, `DELETE` takes all back. */
export interface FaultSettings {
  /** Every request of the API is answered 503. */
  down: boolean;
  /** So many load jobs, the next ones, end with `failReason` and load nothing. */
  failLoads: number;
  /** One of https://cloud.google.com/bigquery/docs/error-messages. */
  failReason: string;
  /** So many jobs, the next ones, are accepted while their caller's connection breaks. */
  loseAnswers: number;
  /** Jobs stay PENDING for so long, on the movable clock. */
  slowMs: number;
  /** Load jobs stop when their rows are written and not committed, until this is false or the process ends. */
  stallLoads: boolean;
}

const NONE: FaultSettings = {
  down: false,
  failLoads: 0,
  failReason: 'backendError',
  loseAnswers: 0,
  slowMs: 0,
  stallLoads: false,
};

/** The faults in force. */
export class Faults {
  #settings: FaultSettings = { ...NONE };
  #resume: (() => void)[] = [];
  #stalled = 0;

  get settings(): Readonly<FaultSettings> {
    return this.#settings;
  }

  /** Load jobs that stand in the middle, their rows written and not committed. */
  get stalled(): number {
    return this.#stalled;
  }

  /** Throws BigQueryError 400 for a name or type that is not in FaultSettings. */
  merge(changes: unknown): void {
    if (typeof changes !== 'object' || changes === null) throw invalid('The faults must be a JSON object.');
    for (const [name, value] of Object.entries(changes)) {
      const before = (NONE as unknown as Record<string, unknown>)[name];
      const isCount = typeof value !== 'number' || (Number.isInteger(value) && value >= 0);
      if (typeof value !== typeof before || !isCount) throw invalid(`${name} is no fault, or of the wrong type.`);
    }
    this.#settings = { ...this.#settings, ...changes };
    this.#wake();
  }

  clear(): void {
    this.#settings = { ...NONE };
    this.#wake();
  }

  /** Counts down a fault of which there are `n`; true while it applies. */
  take(name: 'failLoads' | 'loseAnswers'): boolean {
    if (this.#settings[name] === 0) return false;
    this.#settings = { ...this.#settings, [name]: this.#settings[name] - 1 };
    return true;
  }

  /** Resolves when loads are not to stall. */
  async whileStalled(): Promise<void> {
    if (!this.#settings.stallLoads) return;
    this.#stalled++;
    await new Promise<void>((resolve) => this.#resume.push(resolve));
    this.#stalled--;
  }

  #wake(): void {
    if (this.#settings.stallLoads) return;
    for (const resume of this.#resume.splice(0)) resume();
  }
}
