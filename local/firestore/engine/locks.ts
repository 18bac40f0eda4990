import { aborted } from '../errors.ts';

/** Someone who holds and waits for locks: a transaction, or one write outside of any. */
export class LockOwner {
  readonly held = new Set<string>();
  readonly waits = new Set<Wait>();
}

interface Wait {
  owner: LockOwner;
  key: string;
  end(refusal?: Error): void;
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
  areFree(keys: readonly string[], owner?: LockOwner): boolean {
    return keys.every((key) => (this.#locks.get(key)?.holder ?? owner) === owner);
  }

  /**
   * Locks every key, waiting for other owners; returns whether it had to wait. Throws ABORTED when the wait would
   * never end because owners wait for each other, or lasts too long.
   */
  async acquire(owner: LockOwner, keys: readonly string[]): Promise<boolean> {
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
    for (const wait of owner.waits) this.#refuse(wait, CONTENTION);
    for (const key of owner.held) this.#passOn(key);
    owner.held.clear();
  }

  async #wait(owner: LockOwner, key: string, lock: Lock): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const wait: Wait = { owner, key, end: (refusal) => (refusal ? reject(refusal) : resolve()) };
    const tooLong = 'Too much contention on these documents. Please try again.';
    const timer = setTimeout(() => this.#refuse(wait, tooLong), this.#waitMs);
    owner.waits.add(wait);
    lock.queue.push(wait);
    if (this.#waitsForItself(owner)) this.#refuse(wait, CONTENTION);
    await promise.finally(() => clearTimeout(timer));
  }

  #refuse(wait: Wait, reason: string): void {
    const lock = this.#locks.get(wait.key);
    if (lock) lock.queue = lock.queue.filter((other) => other !== wait);
    wait.owner.waits.delete(wait);
    wait.end(aborted(reason));
  }

  #passOn(key: string): void {
    const lock = this.#locks.get(key);
    const next = lock?.queue.shift();
    if (!lock || !next) {
      this.#locks.delete(key);
      return;
    }
    lock.holder = next.owner;
    next.owner.held.add(key);
    next.owner.waits.delete(next);
    next.end();
  }

  #waitsForItself(owner: LockOwner): boolean {
    // A set may grow while it is gone through.
    const reached = new Set(this.#blockersOf(owner));
    for (const other of reached) for (const blocker of this.#blockersOf(other)) reached.add(blocker);
    return reached.has(owner);
  }

  #blockersOf(owner: LockOwner): LockOwner[] {
    return [...owner.waits].flatMap((wait) => {
      const { holder, queue = [] } = this.#locks.get(wait.key) ?? {};
      const ahead = queue.slice(0, queue.indexOf(wait)).map((other) => other.owner);
      // Two requests of one transaction may wait for the same document: that is no circle.
      return [...(holder ? [holder] : []), ...ahead.filter((other) => other !== owner)];
    });
  }
}
