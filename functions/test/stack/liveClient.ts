import assert from 'node:assert/strict';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import type { Firestore } from 'firebase-admin/firestore';
import { PROJECT_ID } from '../../../local/stack/project.ts';
import { type EventDraft, eventShard, ownEventId, userKeyOf } from '../../src/core/events/draft.ts';

/** One message of a live stream. */
export interface Told {
  id: string | undefined;
  event: string;
  // The tests assert what is in it.
  // biome-ignore lint/suspicious/noExplicitAny: the data is whatever the stream said
  data: any;
}

/** One connection to the live function, and all that it said. */
export interface LiveViewer {
  told: Told[];
  /** Ids of the events told, in order. */
  eventIds(): string[];
  lastId(): string | undefined;
  /** Resolves once that holds. */
  until(what: string, holds: (told: Told[]) => boolean): Promise<void>;
  /** Resolves when the function has ended the stream. */
  ended: Promise<void>;
  comments(): number;
  close(): void;
}

export const liveUrl = (stackUrl: string) => `${stackUrl}/${PROJECT_ID}/us-central1/live/api/v1/live`;

/** Opens a stream and waits for `ready`. */
export async function watchLive(url: string, headers: Record<string, string>): Promise<LiveViewer> {
  const abort = new AbortController();
  return viewerOf(await fetch(url, { headers, signal: abort.signal }), () => abort.abort());
}

/** Reads a stream that has been answered, and waits for `ready`. */
export async function viewerOf(answer: Response, close: () => void): Promise<LiveViewer> {
  assert.equal(answer.status, 200, answer.status === 200 ? '' : await answer.text());
  assert.equal(answer.headers.get('content-type'), 'text/event-stream; charset=utf-8');
  assert.ok(answer.body);
  const told: Told[] = [];
  let comments = 0;
  let lastId: string | undefined;
  let changed: () => void = () => undefined;
  const onComment = () => {
    comments++;
    changed();
  };
  const parsed = answer.body
    .pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)
    .pipeThrough(new EventSourceParserStream({ onComment }));
  const ended = (async () => {
    try {
      for await (const { id, event = 'message', data } of parsed) {
        if (id !== undefined) lastId = id;
        told.push({ id, event, data: JSON.parse(data) });
        changed();
      }
    } catch (error) {
      // A connection that the test, or a killed host, has broken ends like any other.
      if (!(error instanceof Error)) throw error;
    }
  })();
  const viewer: LiveViewer = {
    ...{ told, ended, comments: () => comments, lastId: () => lastId, close },
    eventIds: () => told.flatMap(({ data }) => (typeof data.id === 'string' ? [data.id] : [])),
    async until(what, holds) {
      const deadline = AbortSignal.timeout(10_000);
      while (!holds(told)) {
        await new Promise<void>((resolve, reject) => {
          changed = resolve;
          deadline.addEventListener('abort', () => reject(new Error(`never told: ${what}`)), { once: true });
        });
      }
    },
  };
  await viewer.until('ready', () => told[0]?.event === 'ready');
  return viewer;
}

/** A generation's submit, as the system itself would record it. */
export function submitted(generationId: string, model = 'veo-3.1-fast-generate-001'): EventDraft {
  const id = ownEventId(generationId, 3, 'generation.submitted');
  const subject = { generationId, provider: 'google', model, kind: 'text_to_video' as const };
  return {
    ...{ id, type: 'generation.submitted', occurredAt: new Date('2040-01-01T12:00:00Z'), shard: eventShard(id) },
    ...{ userKey: userKeyOf('ann'), body: { ...subject, attempt: 1, queueMs: 12 } },
  };
}

/** Puts events into the log, in one commit, and answers their ids. */
export async function record(db: Firestore, ...events: EventDraft[]): Promise<string[]> {
  const { FieldValue } = await import('firebase-admin/firestore');
  const batch = db.batch();
  for (const { id, ...event } of events) {
    batch.create(db.doc(`analytics_events/${id}`), { ...event, days: [], recordedAt: FieldValue.serverTimestamp() });
  }
  await batch.commit();
  return events.map(({ id }) => id);
}
