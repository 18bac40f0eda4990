const injected = Symbol.for('dailies.clock');

type Injectable = { [injected]?: () => number };

/** The time. The only place that reads it: a local stack may have put a movable clock in its place. */
export function now(): Date {
  const movable = (globalThis as Injectable)[injected];
  return new Date(movable ? movable() : Date.now());
}
