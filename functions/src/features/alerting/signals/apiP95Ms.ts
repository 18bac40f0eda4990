import { latencyBetween } from '../../apiLatency/index.ts';
import { one, type Signal } from './signal.ts';

/** What 95 % of the requests to the API took at most, in ms; n: requests. */
export const apiP95Ms: Signal = async ({ fromMs, toMs }) => {
  const sketch = await latencyBetween(fromMs, toMs);
  return one(sketch.quantile(0.95), sketch.count);
};
