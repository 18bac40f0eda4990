import { one, type Signal } from './signal.ts';

/** How often counting again found another number within the window. */
export const recountMismatches: Signal = async ({ aggregation, fromMs, toMs }) => {
  const times = (aggregation?.recountMismatches ?? []).map(({ at }) => at.getTime());
  return one(times.filter((ms) => ms >= fromMs && ms < toMs).length, 1);
};
