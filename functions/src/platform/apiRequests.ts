import type { RequestCounts } from '../core/scrape/requests.ts';
import { FieldValue, firestore, isAlreadyThere } from './firestore.ts';

/** `api_latency`: beside the minutes, what was counted of all requests ever, and a note of each addition for a while. */
const totalsRef = () => firestore().collection('api_latency').doc('requests');
const additionRef = (id: string) => firestore().collection('api_latency').doc(`requests.${id}`);

/** Adds counts to those of all requests; the same addition again, by its id, adds nothing. Two writes. */
export async function addRequests(id: string, counts: RequestCounts, expireAt: Date): Promise<void> {
  const batch = firestore().batch();
  batch.create(additionRef(id), { expireAt });
  const increments = Array.from(counts, ([route, sums]) => {
    return [route, Object.fromEntries(Array.from(sums, ([name, by]) => [name, FieldValue.increment(by)]))];
  });
  batch.set(totalsRef(), { routes: Object.fromEntries(increments) }, { merge: true });
  try {
    await batch.commit();
  } catch (error) {
    if (!isAlreadyThere(error)) throw error;
  }
}

/** What was counted of all requests ever. A read. */
export async function countedRequests(): Promise<RequestCounts> {
  const routes: Record<string, Record<string, number>> = (await totalsRef().get()).get('routes') ?? {};
  return new Map(Object.entries(routes).map(([route, sums]) => [route, new Map(Object.entries(sums))]));
}
