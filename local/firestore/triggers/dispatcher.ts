import { Agent } from 'node:http';
import type { MovableClock } from '../../clock.ts';
import { seededRandom, type TriggerChaos } from './chaos.ts';
import { type DeliveryOutcome, deliver } from './deliver.ts';
import { type Delivery, Lanes } from './lanes.ts';
import type { Outbox, PendingEvent } from './outbox.ts';
import type { TriggerRegistry } from './registry.ts';
import { RETRY_WINDOW_MS, Retries } from './retries.ts';

const MAX_IN_FLIGHT = 80;
const HOST_AWAY_RETRY_MS = 1_000;
const SHUFFLE_WINDOW_MS = 20;

export interface DispatcherState {
  /** Events not delivered yet, those in flight included. */
  pending: number;
  inFlight: number;
  /** Earliest clock time at which a waiting event is due; null when none waits. */
  nextDueMs: number | null;
}

/** Brings events from the outbox to the functions host, at least once. */
export class Dispatcher {
  #projectId: string;
  #clock: MovableClock;
  #outbox: Outbox;
  #registry: TriggerRegistry;
  #functionsHost: string | undefined;
  #lanes = new Lanes();
  #retries: Retries;
  #copiesLeft = new Map<number, number>();
  #inFlight = new Set<AbortController>();
  #agent = new Agent({ keepAlive: true, maxSockets: MAX_IN_FLIGHT });
  #awayHosts = new Set<string>();
  #awayTimer: NodeJS.Timeout | undefined;
  /** Counts the times a host may have come back. */
  #returns = 0;
  #shuffleTimer: NodeJS.Timeout | undefined;
  #chaos: TriggerChaos = { duplicate: false, shuffle: false, seed: 1 };
  #random = seededRandom(1);
  #idleWaiters = new Set<() => void>();
  #stopped = false;

  constructor(deps: { projectId: string; clock: MovableClock; outbox: Outbox; registry: TriggerRegistry }) {
    this.#projectId = deps.projectId;
    this.#clock = deps.clock;
    this.#outbox = deps.outbox;
    this.#registry = deps.registry;
    this.#retries = new Retries(deps.clock);
  }

  /** Sends events on their way, in this order. */
  enqueue(events: readonly PendingEvent[]): void {
    const { duplicate, shuffle } = this.#chaos;
    for (const { seq, triggerKey, database, path, createdMs, attempts } of events) {
      const copies = duplicate ? 2 : 1;
      this.#copiesLeft.set(seq, copies);
      for (let copy = 0; copy < copies; copy++) {
        const lane = shuffle ? `${seq} ${copy}` : `${triggerKey} ${database} ${path}`;
        this.#lanes.add({ seq, triggerKey, lane, createdMs, attempts });
      }
    }
    this.#pump();
  }

  /** Where the functions listen (`host:port`), for triggers that name no host of their own. */
  setFunctionsHost(functionsHost: string): void {
    this.#functionsHost = functionsHost;
    this.hostMayBeBack();
  }

  /** Tries again at once what waited for an absent functions host. */
  hostMayBeBack(): void {
    clearTimeout(this.#awayTimer);
    this.#awayTimer = undefined;
    this.#awayHosts.clear();
    this.#returns++;
    this.#lanes.unpark();
    this.#pump();
  }

  /** Holds for events that come from now on. */
  setChaos(chaos: TriggerChaos): void {
    this.#chaos = chaos;
    this.#random = seededRandom(chaos.seed);
  }

  state(): DispatcherState {
    const nextDueMs = this.#lanes.size > 0 ? this.#clock.now() : (this.#retries.nextDueMs ?? null);
    return { pending: this.#copiesLeft.size, inFlight: this.#inFlight.size, nextDueMs };
  }

  /** Resolves once nothing is due now or in flight: true, or false after `timeoutMs` of real time. */
  idle(timeoutMs: number): Promise<boolean> {
    if (this.#isIdle()) return Promise.resolve(true);
    return new Promise((resolve) => {
      const finish = (idle: boolean) => {
        clearTimeout(timer);
        this.#idleWaiters.delete(done);
        resolve(idle);
      };
      const done = () => finish(this.#isIdle());
      const timer = setTimeout(() => finish(false), timeoutMs);
      this.#idleWaiters.add(done);
    });
  }

  /** Forgets everything, also what is in flight; the outbox is the caller's. */
  clear(): void {
    this.#lanes.clear();
    this.#retries.clear();
    this.#copiesLeft.clear();
    this.#tellIdle();
  }

  /** Cuts what is in flight; it stays in the outbox. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#awayTimer);
    clearTimeout(this.#shuffleTimer);
    this.#retries.clear();
    for (const controller of this.#inFlight) controller.abort();
    this.#agent.destroy();
    for (const done of [...this.#idleWaiters]) done();
  }

  #pump(): void {
    if (!this.#chaos.shuffle) {
      this.#sendDue();
      return;
    }
    this.#shuffleTimer ??= setTimeout(() => {
      this.#shuffleTimer = undefined;
      this.#lanes.shuffle(this.#random);
      this.#sendDue();
    }, SHUFFLE_WINDOW_MS);
  }

  #sendDue(): void {
    while (!this.#stopped && this.#inFlight.size < MAX_IN_FLIGHT) {
      const delivery = this.#lanes.take();
      if (!delivery) break;
      this.#send(delivery);
    }
    this.#tellIdle();
  }

  #send(delivery: Delivery): void {
    const registration = this.#registry.get(delivery.triggerKey);
    const functionsHost = registration?.functionsHost ?? this.#functionsHost;
    if (registration && (functionsHost === undefined || this.#awayHosts.has(functionsHost))) {
      this.#lanes.park(delivery);
      return;
    }
    const event = this.#outbox.read(delivery.seq);
    if (functionsHost === undefined || !event) {
      // The trigger was removed, and its events with it, while this one waited.
      this.#finish(delivery);
      return;
    }
    const returns = this.#returns;
    const controller = new AbortController();
    this.#inFlight.add(controller);
    const { triggerKey } = delivery;
    const target = { functionsHost, projectId: this.#projectId, triggerKey, agent: this.#agent };
    void deliver(event, { ...target, signal: controller.signal }).then((outcome) => {
      this.#inFlight.delete(controller);
      if (this.#stopped) return;
      // An attempt begun before the host came back says nothing about the host that is there now.
      const outdated = outcome === 'unreachable' && returns !== this.#returns;
      this.#settle(delivery, outdated ? 'staleConnection' : outcome, functionsHost);
    });
  }

  #settle(delivery: Delivery, outcome: DeliveryOutcome, functionsHost: string): void {
    if (outcome === 'unreachable') this.#hostIsAway(delivery, functionsHost);
    else if (outcome === 'staleConnection') this.#sendAgain(delivery);
    else if (outcome === 'failed') this.#functionFailed(delivery);
    else this.#finish(delivery);
    this.#sendDue();
  }

  #functionFailed(delivery: Delivery): void {
    const nowMs = this.#clock.now();
    const retry = this.#registry.get(delivery.triggerKey)?.retry === true;
    if (!retry || nowMs - delivery.createdMs >= RETRY_WINDOW_MS) {
      this.#finish(delivery);
      return;
    }
    const attempts = delivery.attempts + 1;
    this.#outbox.setAttempts(delivery.seq, attempts);
    this.#lanes.release(delivery);
    // A lane of its own: what comes after it need not wait for it.
    const again = { ...delivery, attempts, lane: `retry ${delivery.seq}` };
    this.#retries.add(again, () => {
      this.#lanes.add(again);
      this.#pump();
    });
  }

  #hostIsAway(delivery: Delivery, functionsHost: string): void {
    this.#awayHosts.add(functionsHost);
    this.#lanes.park(delivery);
    this.#awayTimer ??= setTimeout(() => this.hostMayBeBack(), HOST_AWAY_RETRY_MS);
  }

  #sendAgain(delivery: Delivery): void {
    this.#lanes.park(delivery);
    if (this.#awayHosts.size === 0) this.#lanes.unpark();
  }

  #finish(delivery: Delivery): void {
    this.#copyDone(delivery);
    this.#lanes.release(delivery);
  }

  #copyDone({ seq }: Delivery): void {
    const left = (this.#copiesLeft.get(seq) ?? 1) - 1;
    if (left > 0) {
      this.#copiesLeft.set(seq, left);
      return;
    }
    this.#copiesLeft.delete(seq);
    this.#outbox.remove(seq);
  }

  #isIdle(): boolean {
    return this.#lanes.size === 0 && this.#inFlight.size === 0;
  }

  #tellIdle(): void {
    if (this.#isIdle()) for (const done of [...this.#idleWaiters]) done();
  }
}
