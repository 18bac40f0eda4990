import { apiP95Ms } from './apiP95Ms.ts';
import { cursorAgeMin } from './cursorAgeMin.ts';
import { dailyCapShare } from './dailyCapShare.ts';
import { daysToSunset } from './daysToSunset.ts';
import { premiumConversion } from './premiumConversion.ts';
import { queueBacklog } from './queueBacklog.ts';
import { recountMismatches } from './recountMismatches.ts';
import { revenueUsd } from './revenueUsd.ts';
import { serviceDown } from './serviceDown.ts';
import type { Signal } from './signal.ts';
import { warehouseAgeMin } from './warehouseAgeMin.ts';
import { warehouseDeadLetters } from './warehouseDeadLetters.ts';
import { warehouseMismatches } from './warehouseMismatches.ts';

/** The signals that rules can name, besides the metrics of the rollups. */
export const SIGNALS: Readonly<Record<string, Signal>> = {
  ...{ apiP95Ms, cursorAgeMin, dailyCapShare, daysToSunset, premiumConversion },
  ...{ queueBacklog, recountMismatches, revenueUsd, serviceDown },
  ...{ warehouseAgeMin, warehouseDeadLetters, warehouseMismatches },
};
