import { router } from '../../router.ts';
import { events } from './events.ts';
import { reportedGenerations } from './generations.ts';

/** What comes in from outside: generations that other systems made, scores, and events of the product. */
export const metrics = router().route('/', reportedGenerations).route('/', events);
