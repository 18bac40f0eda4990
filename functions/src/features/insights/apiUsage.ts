import { apiUsageOf } from '../../core/insights/business/apiUsage.ts';
import { addDays, dateOf, INSIGHT_GRANULARITIES } from '../../core/insights/period.ts';
import { answersByDay, forgetAnswersOf } from '../../platform/apiRequests.ts';
import { now } from '../../platform/clock.ts';
import { type Computation, periodKey } from './computation.ts';

/** Days of which the answers are kept: a month that is computed again must find all of its own. */
const KEPT_DAYS = 150;

/** How much the API is used; not in the log, so it is known only since it is counted by the day. */
export const API_USAGE: Computation = {
  ...{ collection: 'business_metrics', part: 'api', granularities: INSIGHT_GRANULARITIES, settlesAfterDays: 0 },
  mayBeUnknown: true,
  async compute({ periods }) {
    const answers = await answersByDay();
    const oldest = addDays(dateOf(now().getTime()), -KEPT_DAYS);
    await forgetAnswersOf(Object.keys(answers).filter((day) => day < oldest));
    return new Map(
      periods.flatMap((period) => {
        const found = apiUsageOf(period, answers);
        return found ? [[periodKey(period), found] as const] : [];
      }),
    );
  },
};
