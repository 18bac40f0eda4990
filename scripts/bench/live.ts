/**
 * Prints how long an event of the log takes to its viewers, through a whole system in this process, from before the commit is
 * sent to after the viewer has parsed it: `node scripts/bench/live.ts`.
 */
import { getApps } from 'firebase-admin/app';
import { FieldValue, getFirestore } from 'firebase-admin/firestore';
import { eventShard, ownEventId, userKeyOf } from '../../functions/src/core/events/draft.ts';
import { signIn } from '../../local/auth/accounts.ts';
import { createPeople, PEOPLE } from '../../local/demo/people.ts';
import { type Stack, startStack } from '../../local/stack/in-process.ts';
import { PROJECT_ID } from '../../local/stack/project.ts';
import { follow, type Source } from '../tail/follow.ts';

const SINGLE = 300;
const VIEWERS = 20;
const VIEWERS_EACH = 10;
const A_SECOND = 50;
const SECONDS = 6;

/** When each event was sent, by its id. */
const sentMs = new Map<string, number>();
const latencies: number[] = [];
let told: () => void = () => undefined;

function report(name: string): void {
  latencies.sort((a, b) => a - b);
  const at = (q: number) => (latencies[Math.floor(q * (latencies.length - 1))] ?? 0).toFixed(2);
  console.log(`${name}: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, max ${at(1)} ms (${latencies.length} arrivals)`);
  latencies.length = 0;
}

async function view(source: Source, signal: AbortSignal): Promise<void> {
  for await (const { id } of follow(source, { signal })) {
    const startMs = sentMs.get(id);
    if (startMs !== undefined) latencies.push(performance.now() - startMs);
    told();
  }
}

async function arrivals(count: number): Promise<void> {
  while (latencies.length < count) {
    await new Promise<void>((resolve) => {
      told = resolve;
    });
  }
}

/** Opens viewers, by two people because one may have ten streams, and waits until all of them are told something. */
async function openViewers(stack: Stack, count: number, send: (id: string) => Promise<void>, signal: AbortSignal) {
  const url = `${stack.url}/${PROJECT_ID}/us-central1/live/api/v1/live`;
  const people = PEOPLE.filter(({ role }) => role === 'admin' || role === 'analyst');
  for (let n = 0; n < count; n++) {
    const person = people[Math.floor(n / VIEWERS_EACH)];
    const { idToken } = await signIn(stack.cloud.auth.host, person?.email ?? '', person?.password ?? '');
    void view({ url, headers: async () => ({ Authorization: `Bearer ${idToken}` }) }, signal);
  }
  for (let tries = 0; latencies.length < count; tries++) {
    latencies.length = 0;
    await send(`warm-${count}-${tries}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  latencies.length = 0;
}

const stack = await startStack();
await createPeople(stack.cloud.auth.host, PROJECT_ID);
// The functions' own client is there once they have been asked for something.
await fetch(`${stack.url}/api/v1/health`);
const app = getApps().find(({ name }) => name === '[DEFAULT]');
if (!app) throw new Error('the functions have made no app');
const db = getFirestore(app);
/** Records a generation's submit, as the system itself would. */
async function send(generationId: string): Promise<void> {
  const id = ownEventId(generationId, 3, 'generation.submitted');
  const subject = { generationId, provider: 'google', model: 'veo-3.1-fast-generate-001', kind: 'text_to_video' };
  sentMs.set(id, performance.now());
  await db.doc(`analytics_events/${id}`).create({
    ...{ type: 'generation.submitted', occurredAt: new Date(), recordedAt: FieldValue.serverTimestamp(), days: [] },
    ...{ shard: eventShard(id), userKey: userKeyOf('bench'), body: { ...subject, attempt: 1, queueMs: 12 } },
  });
}

const alone = new AbortController();
await openViewers(stack, 1, send, alone.signal);
for (let n = 0; n < SINGLE; n++) await Promise.all([send(`single-${n}`), arrivals(n + 1)]);
report(`event to its viewer, ${SINGLE} one after another`);
alone.abort();

const many = new AbortController();
await openViewers(stack, VIEWERS, send, many.signal);
for (let n = 0; n < A_SECOND * SECONDS; n++) {
  void send(`many-${n}`);
  await new Promise((resolve) => setTimeout(resolve, 1_000 / A_SECOND));
}
await arrivals(A_SECOND * SECONDS * VIEWERS);
report(`event to each of ${VIEWERS} viewers, ${A_SECOND} a second`);
many.abort();
await stack.stop();
process.exit(0);
