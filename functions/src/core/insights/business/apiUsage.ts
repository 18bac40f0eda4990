import { addDays, type InsightPeriod } from '../period.ts';
import type { Found } from './schema.ts';

/** Answers of a UTC day by class of status, such as `4xx`. */
export type AnswersByDay = Readonly<Record<string, Readonly<Record<string, number>>>>;

/**
 * What the API answered in a period; undefined where that is not known: counting began in it or after it, or what was counted of
 * its first day is not kept. A day after that without an answer had none.
 */
export function apiUsageOf({ start, end }: InsightPeriod, answers: AnswersByDay): Found<'api'> | undefined {
  const [first] = Object.keys(answers).sort();
  if (first === undefined || start <= first) return undefined;
  const found = { requests: 0, errors4xx: 0, errors5xx: 0 };
  for (let day = start; day < end; day = addDays(day, 1)) {
    const classes = answers[day] ?? {};
    found.requests += Object.values(classes).reduce((sum, count) => sum + count, 0);
    found.errors4xx += classes['4xx'] ?? 0;
    found.errors5xx += classes['5xx'] ?? 0;
  }
  return found;
}
