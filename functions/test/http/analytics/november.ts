import assert from 'node:assert/strict';
import type { Stack } from '../../../../local/stack/in-process.ts';
import { clientFor, frozenStack, placeOf } from '../../stack/harness.ts';
import { report } from '../ingest/reports.ts';

/** An hour into the first of December in New York. */
const START = Date.parse('2024-12-01T06:00:00Z');
export const NOVEMBER = 'from=2024-11-01&to=2024-12-01';
const failure = { outcome: 'failed', errorCode: 'provider_internal', videoSec: undefined, storeMs: undefined };

/** Everything that the tests count: id, day and time of the request, what else is told. */
const REPORTS: [string, string, object][] = [
  ['a', '2024-11-05T10:00', { userId: 'ann', totalMs: 30_000, rating: 5, style: 'noir', quality: 0.9 }],
  ['b', '2024-11-05T11:00', { userId: 'bob', totalMs: 30_000, costUsd: 0.8, rating: 2, style: 'noir' }],
  ['c', '2024-11-05T12:00', { userId: 'ann', ...failure, style: 'vintage' }],
  ['d', '2024-11-06T03:00', { userId: 'cy', model: 'kling-v1', kind: 'image_to_video' }],
  ['e', '2024-11-30T23:30', { userId: 'cy', provider: 'google', model: 'veo-3.1-generate-001', ...failure }],
  // The last of November in New York, the first of December in UTC.
  ['f', '2024-12-01T04:30', { userId: 'ann' }],
  ['g', '2024-10-20T10:00', { userId: 'ann', costUsd: 0.1 }],
];

/** A stack that has counted these, an hour into the first of December in New York. */
export async function november(): Promise<Stack> {
  const stack = await frozenStack({
    startAtMs: START,
    env: { REPORTING_TIME_ZONES: 'America/New_York', KNOWN_MODELS: 'kling/kling-v1,kling/kling-v2' },
  });
  const ingest = await clientFor(placeOf(stack), 'ingest', { role: 'ingest' });
  const generations = REPORTS.map(([id, minute, more]) => {
    const requestedAt = `${minute}:00Z`;
    return report(id, { requestedAt, endedAt: new Date(Date.parse(requestedAt) + 30_000), ...more });
  });
  const { body } = await ingest.call('POST', '/metrics/generations', { generations });
  assert.equal(body.accepted, REPORTS.length, JSON.stringify(body));
  await stack.host.advanceBy(180_000);
  return stack;
}
