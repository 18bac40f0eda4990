import type { RecordedEvent } from '../../../src/platform/collections.ts';
import { plainDocument } from '../../../src/platform/firestore.ts';
import { type Client, database } from '../../stack/harness.ts';

/** A report of a generation that succeeded; `id` and whatever else differs. */
export const report = (id: string, change: object = {}): Record<string, unknown> => ({
  ...{ source: 'studio', id, userId: 'user-7', provider: 'kling', model: 'kling-v2', kind: 'text_to_video' },
  ...{ requestedAt: '2024-11-01T10:00:00Z', endedAt: '2024-11-01T10:00:30Z', outcome: 'succeeded' },
  ...{ queueMs: 2_000, renderMs: 25_000, storeMs: 3_000, videoSec: 8, costUsd: 0.4 },
  ...change,
});

/** The same, still under way. */
export const open = (id: string): Record<string, unknown> => {
  const { source, userId, provider, model, kind, requestedAt } = report(id);
  return { source, id, userId, provider, model, kind, requestedAt };
};

/** Reports one generation; answers its id here. */
export async function reported(client: Client, row: object): Promise<string> {
  const { status, body } = await client.call('POST', '/metrics/generations', row);
  if (status !== 200) throw new Error(JSON.stringify(body));
  return body.results[0].generationId;
}

/** Every event in the log about a generation, in the order in which they were recorded. */
export async function eventsAbout(generationId: string): Promise<RecordedEvent[]> {
  const all = await (await database()).collection('analytics_events').get();
  return all.docs
    .map((doc) => plainDocument<RecordedEvent>(doc.id, doc.data()))
    .filter(({ body }) => 'generationId' in body && body.generationId === generationId)
    .sort((a, b) => a.recordedAt.getTime() - b.recordedAt.getTime());
}
