import { aborted } from '../errors.ts';

/** Someone who holds and waits for locks: a transaction, or one write outside of any. */
export class LockOwner {
  readonly held = new Set<string>();
  readonly waits = new Set<Wait>();
}

interface Wait {
  owner: LockOwner;
  key: string;
  granted: () => void;
  refused: (error: Error) => void;
}

interface Lock {
  holder: LockOwner;
  queue: Wait[];
}

/** How long a request waits for a locked document, in real time: firebase.google.com/docs/firestore/transaction-data-contention */
const LOCK_WAIT_MS = 30_000;

const CONTENTION =
  'Aborted due to cross-transaction contention. This occurs when multiple transactions attempt to access the same data, requiring Firestore to abort at least one in order to enforce serializability.';

/** Exclusive locks on documents, first come first served. */
export class LockTable {
  #locks = new Map<string, Lock>();
  #waitMs: number;

  /** `waitMs`, in real time: how long a request waits before it is refused. */
  constructor(waitMs = LOCK_WAIT_MS) {
    this.#waitMs = waitMs;
  }

  /** Whether `owner` could lock all of them at once. */
  areFree(keys: Iterable<string>, owner?: LockOwner): boolean {
    if (this.#locks.size === 0) return true;
    for (const key of keys) {
      const lock = this.#locks.get(key);
      if (lock && lock.holder !== owner) return false;
    }
    return true;
  }

  /**
   * Locks every key, waiting for other owners; returns whether it had to wait. Throws ABORTED when the wait would
   * never end because owners wait for each other, or lasts too long.
   */
  async acquire(owner: LockOwner, keys: Iterable<string>): Promise<boolean> {
    let waited = false;
    for (const key of [...new Set(keys)].sort()) {
      const lock = this.#locks.get(key);
      if (!lock) {
        this.#locks.set(key, { holder: owner, queue: [] });
        owner.held.add(key);
      } else if (lock.holder !== owner) {
        waited = true;
        await this.#wait(owner, key, lock);
      }
    }
    return waited;
  }

  /** Gives back all locks; whoever is next in line gets them. Requests of this owner that still wait are refused. */
  release(owner: LockOwner): void {
    for (const wait of [...owner.waits]) this.#refuse(wait, CONTENTION);
    for (const key of owner.held) this.#passOn(key);
    owner.held.clear();
  }

  #wait(owner: LockOwner, key: string, lock: Lock): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => this.#refuse(wait, 'Too much contention on these documents. Please try again.'),
        this.#waitMs,
      );
      const done = (then: () => void) => () => {
        clearTimeout(timer);
        owner.waits.delete(wait);
        then();
      };
      const wait: Wait = { owner, key, granted: done(resolve), refused: (error) => done(() => reject(error))() };
      owner.waits.add(wait);
      lock.queue.push(wait);
      if (this.#waitsForItself(owner)) this.#refuse(wait, CONTENTION);
    });
  }

  #refuse(wait: Wait, reason: string): void {
    const lock = this.#locks.get(wait.key);
    if (lock) lock.queue = lock.queue.filter((other) => other !== wait);
    wait.refused(aborted(reason));
  }

  #passOn(key: string): void {
    const next = this.#locks.get(key)?.queue.shift();
    const lock = this.#locks.get(key);
    if (!lock) return;
    if (!next) {
      this.#locks.delete(key);
      return;
    }
    lock.holder = next.owner;
    next.owner.held.add(key);
    next.granted();
  }

  #waitsForItself(owner: LockOwner): boolean {
    const seen = new Set<LockOwner>();
    const open = [...this.#blockersOf(owner)];
    for (let other = open.pop(); other; other = open.pop()) {
      if (other === owner) return true;
      if (seen.has(other)) continue;
      seen.add(other);
      open.push(...this.#blockersOf(other));
    }
    return false;
  }

  *#blockersOf(owner: LockOwner): Generator<LockOwner> {
    for (const wait of owner.waits) {
      const lock = this.#locks.get(wait.key);
      if (!lock) continue;
      yield lock.holder;
      for (const ahead of lock.queue) {
        if (ahead === wait) break;
        // Two requests of one transaction may wait for the same document: that is no circle.
        if (ahead.owner !== owner) yield ahead.owner;
      }
    }
  }
}
