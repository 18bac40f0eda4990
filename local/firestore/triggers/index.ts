import type { DatabaseSync } from 'node:sqlite';
import type { MovableClock } from '../../clock.ts';
import type { CommitObserver } from '../change.ts';
import type { TriggerChaos } from './chaos.ts';
import { Dispatcher, type DispatcherState } from './dispatcher.ts';
import { Outbox, type PendingEvent } from './outbox.ts';
import { type TriggerRegistration, TriggerRegistry } from './registry.ts';

export type { TriggerChaos } from './chaos.ts';
export type { DispatcherState } from './dispatcher.ts';
export { isEventType, type TriggerRegistration } from './registry.ts';

export interface TriggerOptions {
  /** Where the documents are, too. */
  db: DatabaseSync;
  clock: MovableClock;
  projectId: string;
  /** See `setFunctionsHost`. */
  functionsHost?: string | undefined;
}

/** Delivers Firestore events to functions; what an earlier process left undelivered goes out first. */
export class Triggers {
  #registry: TriggerRegistry;
  #outbox: Outbox;
  #dispatcher: Dispatcher;
  #staged = new Map<bigint, PendingEvent[]>();

  /** Stores the events of a commit within its transaction, and starts delivery once it is durable. */
  readonly observer: CommitObserver;

  constructor({ db, clock, projectId, functionsHost }: TriggerOptions) {
    this.#registry = new TriggerRegistry(db);
    this.#outbox = new Outbox(db, projectId);
    this.#dispatcher = new Dispatcher({ projectId, clock, outbox: this.#outbox, registry: this.#registry });
    if (functionsHost !== undefined) this.setFunctionsHost(functionsHost);
    this.#dispatcher.enqueue(this.#outbox.pending());
    this.observer = {
      inTransaction: (changes) => {
        const version = changes[0]?.commitVersion;
        if (version !== undefined) this.#staged.set(version, this.#outbox.add(changes, this.#registry, clock.now()));
      },
      committed: (changes) => this.#committed(changes[0]?.commitVersion),
      wiped: () => {
        this.#staged.clear();
        this.#outbox.clear();
        this.#dispatcher.clear();
      },
    };
  }

  /** Adds or replaces a trigger, and delivers at once what waited for an absent functions host. */
  register(registration: TriggerRegistration): void {
    this.#registry.register(registration);
    this.#dispatcher.hostMayBeBack();
  }

  /** Removes a trigger and its undelivered events; says whether it was there. */
  unregister(key: string): boolean {
    const known = this.#registry.unregister(key);
    this.#outbox.removeTrigger(key);
    this.#dispatcher.hostMayBeBack();
    return known;
  }

  /** Keys of the registered triggers. */
  registered(): string[] {
    return this.#registry.keys();
  }

  /** `host:port` of the functions, for triggers registered without their own. */
  setFunctionsHost(functionsHost: string): void {
    this.#dispatcher.setFunctionsHost(functionsHost);
  }

  /** Holds for commits from now on. */
  setChaos(chaos: TriggerChaos): void {
    this.#dispatcher.setChaos(chaos);
  }

  state(): DispatcherState {
    return this.#dispatcher.state();
  }

  /** Resolves to true once nothing is due now or in flight, to false after `timeoutMs` of real time. */
  idle(timeoutMs = 30_000): Promise<boolean> {
    return this.#dispatcher.idle(timeoutMs);
  }

  stop(): void {
    this.#dispatcher.stop();
  }

  #committed(version: bigint | undefined): void {
    if (version === undefined) return;
    const events = this.#staged.get(version) ?? [];
    // Transactions that were rolled back left theirs behind.
    for (const old of this.#staged.keys()) if (old <= version) this.#staged.delete(old);
    if (events.length > 0) this.#dispatcher.enqueue(events);
  }
}
