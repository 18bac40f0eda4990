import { answersIn, type RequestCounts } from '../core/scrape/requests.ts';
import { FieldValue, firestore, isAlreadyThere } from './firestore.ts';

/** `api_latency`: beside the minutes, what was counted of all requests ever, and a note of each addition for a while. */
const totalsRef = () => firestore().collection('api_latency').doc('requests');
const additionRef = (id: string) => firestore().collection('api_latency').doc(`requests.${id}`);

/**
 * Adds counts of a UTC day to those of all requests and of the day; the same addition again, by its id, adds nothing. At most 500
 * increments. Two writes.
 */
export async function addRequests(id: string, counts: RequestCounts, day: string, expireAt: Date): Promise<void> {
  const batch = firestore().batch();
  batch.create(additionRef(id), { expireAt });
  const increments = Array.from(counts, ([route, sums]) => [route, incrementsOf(sums)]);
  const answers = answersIn(counts);
  // An empty map would take the place of what the day has.
  const ofDay = answers.size > 0 && { days: { [day]: incrementsOf(answers) } };
  batch.set(totalsRef(), { routes: Object.fromEntries(increments), ...ofDay }, { merge: true });
  try {
    await batch.commit();
  } catch (error) {
    if (!isAlreadyThere(error)) throw error;
  }
}

const incrementsOf = (sums: ReadonlyMap<string, number>) =>
  Object.fromEntries(Array.from(sums, ([name, by]) => [name, FieldValue.increment(by)]));

/** Answers by UTC day and class of status. A read. */
export async function answersByDay(): Promise<Record<string, Record<string, number>>> {
  return (await totalsRef().get()).get('days') ?? {};
}

/** Forgets what was counted of some days. A write. */
export async function forgetAnswersOf(days: readonly string[]): Promise<void> {
  if (days.length === 0) return;
  const gone = Object.fromEntries(days.map((day) => [day, FieldValue.delete()]));
  await totalsRef().set({ days: gone }, { merge: true });
}

/** What was counted of all requests ever. A read. */
export async function countedRequests(): Promise<RequestCounts> {
  const routes: Record<string, Record<string, number>> = (await totalsRef().get()).get('routes') ?? {};
  return new Map(Object.entries(routes).map(([route, sums]) => [route, new Map(Object.entries(sums))]));
}
