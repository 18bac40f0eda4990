import { MODELS } from '../../../core/catalogue/models.ts';
import type { Model } from '../../../core/catalogue/schema.ts';
import { arrivalsByModel } from './arrivals.ts';
import { hourly } from './hourly.ts';
import type { Signal, SignalReading } from './signal.ts';

const DAY_MS = 86_400_000;

/** Days until the last day of each model that was used in the last seven days; n: generations asked of it. */
export const daysToSunset: Signal = async ({ now }) => {
  if (ending(MODELS, now).length === 0) return [];
  const asked = await hourly('arrivalsByModel', now, () => arrivalsByModel(now));
  return daysLeft(MODELS, asked, now);
};

/** The same, of these models, given what was asked of each. The last day itself counts 0. */
export function daysLeft(
  models: readonly Pick<Model, 'id' | 'sunsetOn'>[],
  asked: Readonly<Record<string, number>>,
  now: Date,
): SignalReading[] {
  return ending(models, now).flatMap(({ id, sunsetOn }) => {
    const n = asked[id] ?? 0;
    const value = (Date.parse(`${sunsetOn}`) - startOfDay(now)) / DAY_MS;
    return n > 0 ? [{ group: { model: id }, value, n }] : [];
  });
}

/** Those that have a last day, and it is not over. */
function ending<M extends Pick<Model, 'sunsetOn'>>(models: readonly M[], now: Date): M[] {
  return models.filter(({ sunsetOn }) => sunsetOn !== null && Date.parse(sunsetOn) >= startOfDay(now));
}

const startOfDay = (at: Date) => Math.floor(at.getTime() / DAY_MS) * DAY_MS;
