import { AsyncLocalStorage } from 'node:async_hooks';
import { Firestore, Query, WriteBatch } from 'firebase-admin/firestore';
import { firestore } from '../../../src/platform/firestore.ts';

/** Where a process dies: at its so many-th operation of the database, before that is done, after it, or after it was sent twice. */
export interface CrashPlan {
  at: number;
  side: 'before' | 'after' | 'twice';
}

export class Crash extends Error {}

type Operation = (...args: unknown[]) => Promise<unknown>;

/** What reads and writes. The class of counts is not exported. */
const operations = (): [object, string][] => [
  [WriteBatch.prototype, '_commit'],
  [Firestore.prototype, 'getAll'],
  [Query.prototype, 'get'],
  [Object.getPrototypeOf(firestore().collection('analytics_events').count()), 'get'],
];

/** Lets the database's client of this process die as planned, until restored; `more`: and at these methods of other clients. */
export function crashingClient(more: readonly [object, string][] = []): {
  /** Does something that may die; true when it did. */
  run(plan: CrashPlan | undefined, act: () => Promise<unknown>): Promise<boolean>;
  restore(): void;
} {
  const plans = new AsyncLocalStorage<{ left: number; side: CrashPlan['side'] }>();
  const restores = [...operations(), ...more].map(([owner, name]) => {
    const methods = owner as Record<string, Operation>;
    const operation = methods[name];
    if (!operation) throw new Error(`the client has no ${name}`);
    methods[name] = async function (this: unknown, ...args) {
      const plan = plans.getStore();
      const isNow = plan !== undefined && --plan.left === 0;
      if (isNow && plan.side === 'before') throw new Crash();
      const answer = await operation.apply(this, args);
      if (isNow && plan.side === 'after') throw new Crash();
      return isNow ? operation.apply(this, args) : answer;
    };
    return () => {
      methods[name] = operation;
    };
  });
  return {
    async run(plan, act) {
      try {
        await (plan ? plans.run({ left: plan.at, side: plan.side }, act) : act());
        return false;
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
        return true;
      }
    },
    restore() {
      for (const restore of restores) restore();
    },
  };
}
