import type { MovableClock } from '../../clock.ts';
import type { Activity, RunKind } from './activity.ts';
import type { Neighbours } from './neighbours.ts';

/** Something that falls due: task queues, schedules. */
export interface Agenda {
  /** Clock time of what comes next; undefined while nothing can start. */
  nextDueMs(): number | undefined;
  /** Starts everything that is due by now. */
  runDue(): void;
}

export interface Moved {
  nowMs: number;
  ran: Record<RunKind, number>;
}

const MAX_ROUNDS_AT_ONE_INSTANT = 100_000;

/**
 * Lets what is due happen. By itself it follows the clock; when moved it goes from one due instant to the next, tells
 * the neighbours the time, runs what is due and waits until everything has settled before it goes on.
 */
export class Timeline {
  #clock: MovableClock;
  #activity: Activity;
  #neighbours: Neighbours;
  #agendas: Agenda[] = [];
  #cancelTimer: () => void = () => undefined;
  #moving = false;
  #stopped = false;
  #turn: Promise<unknown> = Promise.resolve();
  #firestoreAskedAt = -1;
  #triggersDueMs: number | undefined;

  constructor(deps: { clock: MovableClock; activity: Activity; neighbours: Neighbours }) {
    this.#clock = deps.clock;
    this.#activity = deps.activity;
    this.#neighbours = deps.neighbours;
  }

  /** Tells the neighbours the time and begins to run what `agendas` hold. */
  async start(agendas: readonly Agenda[]): Promise<void> {
    await this.#neighbours.pushClock(this.#clock.state());
    this.#agendas = [...agendas];
    this.#arm();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelTimer();
  }

  /** To be called whenever something new may be due. */
  changed(): void {
    if (this.#stopped) return;
    if (this.#moving) this.#runDue();
    else this.#arm();
  }

  /** Moves to `toMs`, running what falls due on the way, in order. Throws RangeError when that is in the past. */
  advanceTo(toMs: number): Promise<Moved> {
    return this.#standingStill(async () => {
      if (!(toMs >= this.#clock.now())) {
        throw new RangeError(`the clock moves forward only: it is ${this.#clock.now()}, asked for ${toMs}`);
      }
      await this.#walkTo(toMs);
    });
  }

  /** Moves by `ms`, counted from when this move has its turn. Throws RangeError when negative. */
  advanceBy(ms: number): Promise<Moved> {
    if (!(ms >= 0)) return Promise.reject(new RangeError(`the clock moves forward only: asked for ${ms} ms`));
    return this.#standingStill(() => this.#walkTo(this.#clock.now() + ms));
  }

  /** Runs what is due now, and whatever that causes, to its end. */
  settle(): Promise<Moved> {
    return this.#standingStill(() => this.#quiesce());
  }

  /** Moves on as long as `wanted` has something to come within `maxAdvanceMs`. */
  drain(wanted: Agenda, maxAdvanceMs: number): Promise<Moved> {
    return this.#standingStill(async () => {
      const limitMs = this.#clock.now() + maxAdvanceMs;
      for (;;) {
        await this.#quiesce();
        const dueMs = wanted.nextDueMs();
        if (dueMs === undefined || dueMs > limitMs) return;
        await this.#stepTo(Math.min(dueMs, this.#nextMs() ?? dueMs));
      }
    });
  }

  /** Lets time pass by itself, or stops it. */
  setRunning(running: boolean): Promise<Moved> {
    return this.#inTurn(async () => {
      if (running) this.#clock.resume();
      else this.#clock.pause();
      await this.#neighbours.pushClock(this.#clock.state());
      this.#arm();
    });
  }

  #inTurn(work: () => Promise<void>): Promise<Moved> {
    const turn = this.#turn.then(async () => {
      const { tasks, schedules } = this.#activity.ran;
      await work();
      const { ran } = this.#activity;
      return { nowMs: this.#clock.now(), ran: { tasks: ran.tasks - tasks, schedules: ran.schedules - schedules } };
    });
    // Whoever asked sees the failure; the next in line must not.
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** Does `work` while time stands still, so that each thing runs at exactly its own time. */
  #standingStill(work: () => Promise<void>): Promise<Moved> {
    return this.#inTurn(async () => {
      const wasRunning = this.#clock.running;
      this.#cancelTimer();
      this.#moving = true;
      this.#firestoreAskedAt = -1;
      this.#clock.pause();
      try {
        if (wasRunning) await this.#neighbours.pushClock(this.#clock.state());
        await work();
      } finally {
        this.#moving = false;
        if (wasRunning) this.#clock.resume();
        this.#arm();
        if (wasRunning) await this.#neighbours.pushClock(this.#clock.state());
      }
    });
  }

  async #walkTo(toMs: number): Promise<void> {
    for (;;) {
      await this.#quiesce();
      const nextMs = this.#nextMs();
      if (nextMs === undefined || nextMs > toMs) break;
      await this.#stepTo(nextMs);
    }
    if (toMs > this.#clock.now()) {
      await this.#stepTo(toMs);
      await this.#quiesce();
    }
  }

  async #stepTo(toMs: number): Promise<void> {
    this.#clock.moveTo(Math.max(toMs, this.#clock.now()));
    await this.#neighbours.pushClock(this.#clock.state());
  }

  #nextMs(): number | undefined {
    const nextMs = Math.min(...this.#agendas.map(dueOrNever), this.#triggersDueMs ?? Number.POSITIVE_INFINITY);
    return Number.isFinite(nextMs) ? nextMs : undefined;
  }

  async #quiesce(): Promise<void> {
    for (let round = 0; round < MAX_ROUNDS_AT_ONE_INSTANT; round++) {
      this.#runDue();
      if (this.#activity.busy) await this.#activity.idle();
      else if (await this.#firestoreIsQuiet()) return;
    }
    throw new Error(`still not settled after ${MAX_ROUNDS_AT_ONE_INSTANT} rounds at one instant of the clock`);
  }

  /** True when Firestore has nothing to deliver now, and nothing ran since it was asked. */
  async #firestoreIsQuiet(): Promise<boolean> {
    const due = this.#triggersDueMs !== undefined && this.#triggersDueMs <= this.#clock.now();
    if (this.#firestoreAskedAt === this.#activity.invocations && !due) return true;
    const askedAt = this.#activity.invocations;
    const { inFlight, nextDueMs } = await this.#neighbours.triggers();
    const busy = inFlight > 0 || (nextDueMs !== undefined && nextDueMs <= this.#clock.now());
    if (busy) await this.#neighbours.settleTriggers();
    this.#triggersDueMs = busy ? undefined : nextDueMs;
    this.#firestoreAskedAt = busy ? -1 : askedAt;
    return false;
  }

  #runDue(): void {
    for (const agenda of this.#agendas) agenda.runDue();
  }

  #arm(): void {
    this.#cancelTimer();
    if (this.#stopped || this.#moving) return;
    const nextMs = Math.min(...this.#agendas.map(dueOrNever));
    if (!Number.isFinite(nextMs)) return;
    this.#cancelTimer = this.#clock.setTimer(nextMs, () => {
      this.#runDue();
      this.#arm();
    });
  }
}

function dueOrNever(agenda: Agenda): number {
  return agenda.nextDueMs() ?? Number.POSITIVE_INFINITY;
}
