const injected = Symbol.for('dailies.clock');

type Injectable = { [injected]?: () => number };

/** The time. This file is the only one that reads it: a local stack may have put a movable clock in its place. */
export function now(): Date {
  const movable = (globalThis as Injectable)[injected];
  return new Date(movable ? movable() : Date.now());
}

/** The real time, for libraries that compare what they are given with it. */
export function wallClock(): Date {
  return new Date();
}
