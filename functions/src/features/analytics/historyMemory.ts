import type { HistoryRows } from '../../core/analytics/historyCells.ts';
import { canonicalJson } from '../../core/hash.ts';
import { askHistory, type HistoryQuestion } from './historyRows.ts';

const MAX_ANSWERS = 20;
/** Of rows as text: what is larger is not kept. */
const MAX_CHARACTERS = 4_000_000;

/** The last answers of the warehouse that this instance has had, the latest last. */
const answers = new Map<string, Promise<HistoryRows>>();

/** What the warehouse told in a state, from memory if it was asked just now, since every query costs. Throws as `askHistory`. */
export async function historyOf(state: string, question: HistoryQuestion): Promise<HistoryRows> {
  const key = canonicalJson({ state, ...question });
  const known = answers.get(key);
  const answer = known ?? askHistory(question);
  answers.delete(key);
  answers.set(key, answer);
  for (const oldest of answers.keys()) if (answers.size > MAX_ANSWERS) answers.delete(oldest);
  try {
    const rows = await answer;
    if (sizeOf(rows) > MAX_CHARACTERS) answers.delete(key);
    return rows;
  } catch (error) {
    answers.delete(key);
    throw error;
  }
}

/** A row of counts is about 300 characters. */
function sizeOf({ ends, sketches, arrivals }: HistoryRows): number {
  const ofSketches = sketches.reduce((sum, { bins }) => sum + bins.length, 0);
  const ofUsers = arrivals.reduce((sum, { users, registers }) => sum + (users ?? registers ?? '').length, 0);
  return 300 * ends.length + ofSketches + ofUsers;
}
