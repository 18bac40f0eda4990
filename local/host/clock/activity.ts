export type RunKind = 'tasks' | 'schedules';

/** What the platform has running by itself: task attempts and schedule runs, but not requests from outside. */
export class Activity {
  /** Runs started since the host did. */
  readonly ran: Record<RunKind, number> = { tasks: 0, schedules: 0 };
  /** Rises whenever any function starts or ends: a sign that Firestore may have news. */
  invocations = 0;
  #inFlight = 0;
  #waiting: (() => void)[] = [];

  get busy(): boolean {
    return this.#inFlight > 0;
  }

  /** Counts `work` as in flight until it is over. `work` must not reject. */
  track(kind: RunKind, work: Promise<void>): void {
    this.ran[kind]++;
    this.invocations++;
    this.#inFlight++;
    void work.finally(() => this.#ended());
  }

  /** Resolves once nothing is in flight. */
  idle(): Promise<void> {
    return this.busy ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve();
  }

  #ended(): void {
    this.invocations++;
    this.#inFlight--;
    if (this.#inFlight > 0) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
