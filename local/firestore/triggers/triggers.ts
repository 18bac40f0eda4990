import type { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MovableClock } from '../../clock.ts';
import type { CommitObserver, DocumentChange } from '../change.ts';
import { FunctionsHosts, type Letter } from './functions-hosts.ts';
import { addEvents, type Outbox, openOutbox, type PendingEvent, readEvent } from './outbox.ts';
import { type TriggerRegistration, TriggerRegistry } from './registry.ts';

const SHUFFLE_WINDOW_MS = 20;
const FIRST_BACKOFF_MS = 10_000;
const LONGEST_BACKOFF_MS = 600_000;

/** How long Cloud Functions 2nd gen retries an event: https://cloud.google.com/functions/docs/bestpractices/retries */
const RETRY_WINDOW_MS = 24 * 3_600_000;

/** The wait before the next attempt after `attempts` failed ones: 10 s, doubling, at most 600 s. */
export function backoffMs(attempts: number): number {
  return Math.min(FIRST_BACKOFF_MS * 2 ** (attempts - 1), LONGEST_BACKOFF_MS);
}

/** Makes delivery as unkind as production may be: events twice, events in another order. */
export interface TriggerChaos {
  duplicate: boolean;
  shuffle: boolean;
  /** The same seed shuffles in the same way. */
  seed: number;
}

/** A planned delivery; chaos plans two of one event, and the last to end takes the event out of the outbox. */
interface Delivery extends PendingEvent {
  copies: { left: number };
}

/**
 * Delivers Firestore events to functions, at least once, and in commit order for one trigger and document; what an earlier
 * process left undelivered goes out first.
 */
export class Triggers {
  #projectId: string;
  #clock: MovableClock;
  #registry: TriggerRegistry;
  #outbox: Outbox;
  #hosts = new FunctionsHosts();
  #functionsHost: string | undefined;
  #staged: { changes?: readonly DocumentChange[]; events: PendingEvent[] } = { events: [] };
  /** Deliveries that are due: lanes side by side, within a lane one after another. */
  #lanes = new Map<string, Delivery[]>();
  #retries = new Set<{ dueMs: number; cancel: () => void }>();
  #chaos: TriggerChaos = { duplicate: false, shuffle: false, seed: 1 };
  #random = seededRandom(1);
  #idleWaiters: ((idle: boolean) => void)[] = [];

  /** Stores the events of a commit within its transaction, and starts delivery once it is durable. */
  readonly observer: CommitObserver = {
    inTransaction: (changes) => {
      const origin = { projectId: this.#projectId, nowMs: this.#clock.now() };
      this.#staged = { changes, events: addEvents(this.#outbox, this.#registry, changes, origin) };
    },
    committed: (changes) => {
      // Any others belong to a transaction that was rolled back.
      if (this.#staged.changes === changes) this.#enqueue(this.#staged.events);
    },
    wiped: () => {
      this.#outbox.clear.run();
      this.#forgetRetries();
      this.#hosts.mayBeBack();
    },
  };

  /** `db` is where the documents are, too; for `functionsHost` see `setFunctionsHost`. */
  constructor(options: { db: DatabaseSync; clock: MovableClock; projectId: string; functionsHost?: string }) {
    const { db, clock, projectId, functionsHost } = options;
    this.#projectId = projectId;
    this.#clock = clock;
    this.#registry = new TriggerRegistry(db);
    this.#outbox = openOutbox(db);
    this.#functionsHost = functionsHost;
    this.#enqueue(this.#outbox.pending.all() as unknown as PendingEvent[]);
  }

  /** Adds or replaces a trigger, and delivers at once what waited for an absent functions host. */
  register(registration: TriggerRegistration): void {
    this.#registry.register(registration);
    this.#hosts.mayBeBack();
  }

  /** Removes a trigger and its undelivered events; says whether it was there. */
  unregister(key: string): boolean {
    const known = this.#registry.unregister(key);
    this.#outbox.removeTrigger.run(key);
    this.#hosts.mayBeBack();
    return known;
  }

  /** Keys of the registered triggers. */
  registered(): string[] {
    return this.#registry.keys();
  }

  /** Where the functions listen (`host:port`), for triggers that were registered without a host of their own. */
  setFunctionsHost(functionsHost: string): void {
    this.#functionsHost = functionsHost;
    this.#hosts.mayBeBack();
  }

  /** Holds for commits from now on. */
  setChaos(chaos: TriggerChaos): void {
    this.#chaos = chaos;
    this.#random = seededRandom(chaos.seed);
  }

  /** Undelivered events, those in flight among them, and the clock time at which the next is due; null when none is. */
  state(): { pending: number; inFlight: number; nextDueMs: number | null } {
    let nextDueMs = this.#lanes.size > 0 ? this.#clock.now() : null;
    if (nextDueMs === null) for (const { dueMs } of this.#retries) nextDueMs = Math.min(dueMs, nextDueMs ?? dueMs);
    return { pending: Number(this.#outbox.count.get()?.n), inFlight: this.#hosts.inFlight, nextDueMs };
  }

  /** Resolves to true once nothing is due now or in flight, to false after `timeoutMs` of real time. */
  idle(timeoutMs = 30_000): Promise<boolean> {
    if (this.#lanes.size === 0) return Promise.resolve(true);
    const drained = new Promise<boolean>((resolve) => this.#idleWaiters.push(resolve));
    return Promise.race([drained, sleep(timeoutMs, false, { ref: false })]);
  }

  /** Cuts what is in flight; it stays in the outbox. */
  stop(): void {
    this.#hosts.stop();
    this.#forgetRetries();
    for (const tell of this.#idleWaiters) tell(this.#lanes.size === 0);
  }

  #enqueue(events: readonly PendingEvent[]): void {
    const { duplicate, shuffle } = this.#chaos;
    for (const event of events) {
      const copies = { left: duplicate ? 2 : 1 };
      const planned = Array.from({ length: copies.left }, () => ({ ...event, copies }));
      for (const [copy, delivery] of planned.entries()) {
        if (shuffle) this.#add(`${event.seq} ${copy}`, delivery, this.#random() * SHUFFLE_WINDOW_MS);
        else this.#add(`${event.triggerKey} ${event.database} ${event.path}`, delivery);
      }
    }
  }

  #add(lane: string, delivery: Delivery, delayMs = 0): void {
    const queue = this.#lanes.get(lane);
    if (queue) {
      queue.push(delivery);
    } else {
      this.#lanes.set(lane, [delivery]);
      void this.#run(lane, delayMs);
    }
  }

  async #run(lane: string, delayMs: number): Promise<void> {
    if (delayMs > 0) await sleep(delayMs, undefined, { ref: false });
    const queue = this.#lanes.get(lane) ?? [];
    for (let next = queue.shift(); next; next = queue.shift()) {
      const delivery = next;
      const outcome = await this.#hosts.deliver(() => this.#letter(delivery));
      if (outcome !== 'failed' || !this.#retryLater(delivery)) this.#finish(delivery);
    }
    this.#lanes.delete(lane);
    if (this.#lanes.size === 0) for (const tell of this.#idleWaiters.splice(0)) tell(true);
  }

  /** Undefined when the trigger was removed, and its events with it, or everything was wiped. */
  #letter({ triggerKey, seq }: Delivery): Letter | undefined {
    const registration = this.#registry.get(triggerKey);
    const event = registration && readEvent(this.#outbox, seq);
    const path = `/functions/projects/${this.#projectId}/triggers/${encodeURIComponent(triggerKey)}`;
    return event && { host: registration.functionsHost ?? this.#functionsHost, path, event };
  }

  #retryLater(delivery: Delivery): boolean {
    const nowMs = this.#clock.now();
    const wanted = this.#registry.get(delivery.triggerKey)?.retry === true;
    if (!wanted || nowMs - delivery.createdMs >= RETRY_WINDOW_MS) return false;
    const attempts = delivery.attempts + 1;
    this.#outbox.setAttempts.run(attempts, delivery.seq);
    const dueMs = nowMs + backoffMs(attempts);
    const cancel = this.#clock.setTimer(dueMs, () => {
      this.#retries.delete(retry);
      // A lane of its own: what comes after it need not wait for it.
      this.#add(`retry ${delivery.seq}`, { ...delivery, attempts });
    });
    const retry = { dueMs, cancel };
    this.#retries.add(retry);
    return true;
  }

  #finish({ seq, copies }: Delivery): void {
    copies.left--;
    if (copies.left === 0) this.#outbox.remove.run(seq);
  }

  #forgetRetries(): void {
    for (const { cancel } of this.#retries) cancel();
    this.#retries.clear();
  }
}

/** A small seeded generator of numbers from 0 up to 1 (an LCG with the constants of Numerical Recipes). */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
