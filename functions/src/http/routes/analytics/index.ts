import { router } from '../../router.ts';
import { measuredGenerations } from './generations.ts';
import { numbers } from './numbers.ts';

/** What was measured: numbers of a period, and each generation's facts. */
export const analytics = router().route('/', numbers).route('/', measuredGenerations);
