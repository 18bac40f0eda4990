/** Makes delivery as unkind as production may be: events twice, events in another order. */
export interface TriggerChaos {
  duplicate: boolean;
  shuffle: boolean;
  /** The same seed shuffles in the same way. */
  seed: number;
}

/** A small seeded generator of numbers from 0 up to 1 (an LCG with the constants of Numerical Recipes). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
