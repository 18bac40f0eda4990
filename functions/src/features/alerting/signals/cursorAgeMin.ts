import { one, type Signal } from './signal.ts';

/** Minutes since the moment up to which the log is counted; nothing before the first count. */
export const cursorAgeMin: Signal = async ({ aggregation, now }) => {
  const throughMs = aggregation?.through.getTime() ?? 0;
  return throughMs > 0 ? one((now.getTime() - throughMs) / 60_000, 1) : one(undefined, 0);
};
