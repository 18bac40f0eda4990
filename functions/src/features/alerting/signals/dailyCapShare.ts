import { utcDay } from '../../../core/account/account.ts';
import { costOfDayUsdMicros } from '../../../platform/collections.ts';
import { currentSettings } from '../../settings/index.ts';
import { one, type Signal } from './signal.ts';

/** What was asked for on this UTC day ÷ what the project may spend on one; nothing without such a cap. */
export const dailyCapShare: Signal = async ({ now }) => {
  const allowed = (await currentSettings()).intake.costUsdMicrosPerDay;
  if (allowed === null) return one(undefined, 0);
  const spent = await costOfDayUsdMicros(utcDay(now));
  return one(allowed > 0 ? spent / allowed : 1, 1);
};
