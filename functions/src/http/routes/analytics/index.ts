import { router } from '../../router.ts';
import { measuredGenerations } from './generations.ts';
import { numbers } from './numbers.ts';
import { trendsOfMetrics } from './trends.ts';

/** What was measured: numbers of a period, and each generation's facts. */
export const analytics = router().route('/', numbers).route('/', trendsOfMetrics).route('/', measuredGenerations);
