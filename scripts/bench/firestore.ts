/**
 * Prints how fast the local Firestore is, through the real client library: `node scripts/bench/firestore.ts [documents]`.
 * `documents` (default 1,000,000) is how many the query picks its 10 from.
 */
import { deleteApp, initializeApp } from 'firebase-admin/app';
import { type Firestore, getFirestore } from 'firebase-admin/firestore';
import { MovableClock } from '../../local/clock.ts';
import { startFirestore } from '../../local/firestore/index.ts';

const documents = Number(process.argv[2] ?? 1_000_000);

function quantile(sorted: readonly number[], q: number): string {
  return (sorted[Math.floor(q * (sorted.length - 1))] ?? 0).toFixed(2);
}

async function timed(name: string, rounds: number, work: (round: number) => Promise<unknown>): Promise<void> {
  for (let round = 0; round < 20; round++) await work(-1 - round);
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const startMs = performance.now();
    await work(round);
    times.push(performance.now() - startMs);
  }
  times.sort((a, b) => a - b);
  console.log(`${name}: p50 ${quantile(times, 0.5)} ms, p95 ${quantile(times, 0.95)} ms`);
}

async function rate(name: string, total: number, work: () => Promise<unknown>): Promise<void> {
  const startMs = performance.now();
  await work();
  console.log(
    `${name}: ${Math.round((total / (performance.now() - startMs)) * 1000).toLocaleString('en-US')} a second`,
  );
}

async function concurrentSets(db: Firestore, total: number, inFlight: number): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < total) await db.doc(`flight/${next++}`).set({ n: next, state: 'queued' });
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
}

async function batches(db: Firestore, total: number): Promise<void> {
  for (let at = 0; at < total; at += 500) {
    const batch = db.batch();
    for (let n = at; n < at + 500; n++) batch.set(db.doc(`batch/${n}`), { n, state: 'queued' });
    await batch.commit();
  }
}

function* smallDocuments(count: number) {
  for (let n = 0; n < count; n++) {
    const state = { stringValue: n % 2 ? 'queued' : 'done' };
    yield { path: `many/d${n}`, fields: { n: { integerValue: String((n * 7919) % count) }, state } };
  }
}

async function eventToListener(db: Firestore): Promise<(round: number) => Promise<void>> {
  let seen: (n: number) => void = () => undefined;
  const ready = new Promise<void>((resolve, reject) => {
    db.doc('live/one').onSnapshot((snapshot) => {
      resolve();
      seen(snapshot.get('n'));
    }, reject);
  });
  await ready;
  return async (round) => {
    const arrived = new Promise<void>((resolve) => {
      seen = (n) => n === round && resolve();
    });
    await Promise.all([arrived, db.doc('live/one').set({ n: round })]);
  };
}

const firestore = await startFirestore({ projectId: 'demo-bench', clock: new MovableClock() });
process.env.FIRESTORE_EMULATOR_HOST = firestore.host;
const app = initializeApp({ projectId: 'demo-bench' });
const db = getFirestore(app);

await timed('set', 300, (round) => db.doc(`bench/${round}`).set({ n: round, state: 'queued' }));
await timed('get', 300, (round) => db.doc(`bench/${round}`).get());
await timed('transaction (get, update)', 300, (round) =>
  db.runTransaction(async (transaction) => {
    const document = await transaction.get(db.doc(`bench/${round}`));
    transaction.update(document.ref, { n: round + 1 });
  }),
);
await rate('sets, 50 in flight', 5000, () => concurrentSets(db, 5000, 50));
await rate('documents in batches of 500', 20_000, () => batches(db, 20_000));
await timed('write to listener', 200, await eventToListener(db));
await rate(`bulk load of ${documents}`, documents, () => firestore.bulkLoad(smallDocuments(documents)));
await timed(`10 of ${documents} by range`, 200, (round) =>
  db
    .collection('many')
    .where('n', '>=', Math.abs(round) * 97)
    .orderBy('n')
    .limit(10)
    .get(),
);
await timed(`10 of ${documents} by two equalities`, 200, (round) =>
  db.collection('many').where('n', '==', Math.abs(round)).where('state', '==', 'done').limit(10).get(),
);
await timed(`count of ${documents / 2}`, 5, () => db.collection('many').where('state', '==', 'done').count().get());
console.log(`memory: ${Math.round(process.memoryUsage().rss / 2 ** 20)} MB`);

await deleteApp(app);
await firestore.stop();
