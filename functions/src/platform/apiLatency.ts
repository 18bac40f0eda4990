import { FieldPath, firestore } from './firestore.ts';

/** What one instance measured in one minute: a sketch, its bins one after the other as index and count. */
export interface StoredLatency {
  zeros: number;
  bins: number[];
}

/** Documents read of one minute at most: more instances than that do not serve the API. */
const MAX_INSTANCES = 20;

/** `api_latency`: how long requests took, by minute and instance; kept for two hours. */
const latencies = () => firestore().collection('api_latency');

const minuteId = (minuteMs: number) => new Date(minuteMs).toISOString().slice(0, 16);

/** Puts what an instance knows of a minute in the place of what it knew. A write. */
export async function saveLatency(
  minuteMs: number,
  instance: string,
  latency: StoredLatency,
  expireAt: Date,
): Promise<void> {
  await latencies()
    .doc(`${minuteId(minuteMs)}.${instance}`)
    .set({ ...latency, expireAt });
}

/** What was measured from one minute up to, and not with, another. A read for each minute and instance. */
export async function latenciesBetween(fromMs: number, toMs: number): Promise<StoredLatency[]> {
  const { docs } = await latencies()
    .where(FieldPath.documentId(), '>=', minuteId(fromMs))
    .where(FieldPath.documentId(), '<', minuteId(toMs))
    .limit((MAX_INSTANCES * (toMs - fromMs)) / 60_000)
    .get();
  return docs.map((doc) => ({ zeros: Number(doc.get('zeros')), bins: doc.get('bins') }));
}
