import assert from 'node:assert/strict';
import type { BulkDocument } from '../../../local/firestore/index.ts';

/** What is in every page address of the log, to make it long. */
const PADDING = 'p'.repeat(1_700);

/** Events of one user as the log holds them, `perSecond` of them at each second from a moment on. */
export function* loggedEvents(
  count: number,
  fromMs: number,
  { perSecond = 7, first = 0 } = {},
): Generator<BulkDocument> {
  for (let n = first; n < first + count; n++) {
    const at = { timestampValue: isoTimestamp(fromMs + Math.floor((n - first) / perSecond) * 1_000) };
    yield {
      path: `analytics_events/${idOf(n)}`,
      fields: {
        ...{ type: { stringValue: 'page.viewed' }, recordedAt: at, occurredAt: at },
        ...{ shard: { integerValue: String(n % 8) }, userKey: { stringValue: `user-${n % 50}` } },
        body: { mapValue: { fields: { page: { stringValue: `=${n}-${PADDING}` } } } },
      },
    };
  }
}

/** An event that cannot be exported, for it has no body. */
export function brokenEvent(atMs: number): BulkDocument {
  const at = { timestampValue: isoTimestamp(atMs) };
  const fields = { type: { stringValue: 'signup' }, recordedAt: at, occurredAt: at, shard: { integerValue: '0' } };
  return { path: 'analytics_events/broken', fields };
}

/** The ids of the events of `loggedEvents`. */
export const idOf = (n: number) => `e${String(n).padStart(6, '0')}`;

/** A time as the wire format has it. */
function isoTimestamp(ms: number) {
  return { seconds: String(Math.floor(ms / 1_000)), nanos: 0 };
}

export interface Part {
  name: string;
  rows: number;
  bytes: number;
  url: string;
}

/** The text of each part of an export, fetched by its link alone. */
export async function textsOf(parts: readonly Part[]): Promise<string[]> {
  const texts: string[] = [];
  for (const { url, bytes, name } of parts) {
    const answer = await fetch(url);
    const text = await answer.text();
    assert.equal(answer.status, 200, text.slice(0, 500));
    assert.equal(Buffer.byteLength(text), bytes);
    assert.equal(answer.headers.get('content-disposition'), `attachment; filename="${name}"`);
    texts.push(text);
  }
  return texts;
}
