import { router } from '../../router.ts';
import { businessMetrics } from './business.ts';
import { qualityInsights } from './quality.ts';
import { userInsights } from './users.ts';

/** What is computed ahead of each day, week and month. */
export const insights = router().route('/', businessMetrics).route('/', qualityInsights).route('/', userInsights);
