import { queueState } from '../../../platform/queues.ts';
import { one, type Signal } from './signal.ts';

/** Where work waits for a free place. (Polls wait for their time, which is no backlog.) */
const QUEUES = ['dispatchGeneration', 'settleGeneration'];

/** Tasks that wait to begin or to end a generation; of each queue 100 at most are counted. */
export const queueBacklog: Signal = async () => {
  const states = await Promise.all(QUEUES.map(queueState));
  return one(
    states.reduce((sum, { depth }) => sum + depth, 0),
    1,
  );
};
