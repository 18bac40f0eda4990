import assert from 'node:assert/strict';
import { request } from 'node:http';
import { recordsOf } from '../http/export/download.ts';
import { assertRefusal } from '../http/refusal.ts';
import { brokenEvent, idOf, loggedEvents, textsOf } from './exportedLog.ts';
import {
  type Client,
  clientFor,
  database,
  leapBy,
  NOON,
  pauseQueue,
  purgeQueue,
  type QuietStack,
  quietStack,
  resumeQueue,
  storedObjects,
} from './harness.ts';

const EVENTS = 12_500;
const HOUR = 'from=2040-01-01T10:00:00Z&to=2040-01-01T11:30:00Z';
/** 350 events a minute. */
const SHORT = 'from=2040-01-01T10:00:00Z&to=2040-01-01T10:10:00Z';
/** 10,500 events: two parts. */
const HALF = 'from=2040-01-01T10:00:00Z&to=2040-01-01T10:25:00Z';
/** 6,300 events: one part. */
const QUARTER = 'from=2040-01-01T10:00:00Z&to=2040-01-01T10:15:00Z';
const ALL = Array.from({ length: EVENTS }, (_, n) => idOf(n));

describe('exports beyond 8 MB', function () {
  this.timeout(120_000);
  let stack: QuietStack;
  let analyst: Client;

  before(async () => {
    stack = await quietStack();
    analyst = await clientFor(stack, 'analyst', { role: 'analyst' });
    await stack.cloud.firestore.bulkLoad(loggedEvents(EVENTS, NOON - 2 * 3_600_000));
  });
  after(() => stack?.stop());

  async function queued(query: string, client = analyst) {
    const { status, body, headers } = await client.call('GET', `/export?${query}`);
    assert.equal(status, 202, JSON.stringify(body).slice(0, 300));
    assert.equal(headers.get('location'), body.statusUrl);
    assert.equal(headers.get('retry-after'), '5');
    return body;
  }
  async function read(id: string, client = analyst) {
    const { status, body } = await client.call('GET', `/exports/${id}`);
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  }
  /** Lets tasks run until the export has ended. */
  async function ended(id: string, client = analyst) {
    for (let tries = 0; tries < 60; tries++) {
      await stack.host.settle();
      const found = await read(id, client);
      if (['done', 'failed'].includes(found.status)) return found;
      await stack.host.advanceBy(10_000);
    }
    return assert.fail('the export never ended');
  }

  it('are written in parts with every row exactly once, each part a whole CSV file', async () => {
    const { id, status } = await queued(`dataset=events&${HOUR}`);
    assert.equal(status, 'queued');
    const found = await ended(id);
    const { rows, progress, error, parts } = found;
    assert.deepEqual([found.status, rows, progress, error], ['done', EVENTS, 1, undefined]);
    assert.equal(parts.length, 2);
    assert.equal(
      found.bytes,
      parts.reduce((sum: number, part: { bytes: number }) => sum + part.bytes, 0),
    );
    const texts = await textsOf(parts);
    for (const text of texts) assert.ok(text.startsWith('eventId,type,') && text.length < 18 * 2 ** 20);
    const records = texts.flatMap(recordsOf);
    assert.deepEqual(records.map((record) => record.eventId).sort(), ALL);
    assert.deepEqual(Object.keys(JSON.parse(records[0]?.body ?? '')), ['page']);
    const objects = (await storedObjects(stack)).filter((name) => name.startsWith('exports/'));
    assert.equal(objects.length, 2);
    const told = await (await database()).collection('audit_log').where('target.id', '==', id).get();
    assert.deepEqual(told.docs.map((doc) => [doc.get('action'), doc.get('actor.uid'), doc.get('after.rows')]).sort(), [
      ['export.ended', 'analyst', EVENTS],
      ['export.started', 'analyst', undefined],
    ]);
    const { updateTime } = await (await database()).doc(`exports/${id}`).get();
    const end = told.docs.find((doc) => doc.get('action') === 'export.ended');
    assert.deepEqual(end?.createTime, updateTime, 'written in one commit, so that no crash comes between');
  });

  it('are written as JSON arrays, too, and once where two tasks come for each part', async () => {
    await pauseQueue(stack, 'writeExport');
    const { id } = await queued(`dataset=events&format=json&${HALF}`);
    await enqueueAgain(id);
    await resumeQueue(stack, 'writeExport');
    const { parts, rows } = await ended(id);
    assert.deepEqual([rows, parts.length], [10_500, 2]);
    const texts = await textsOf(parts);
    const ids = texts.flatMap((text) => JSON.parse(text).map(({ eventId }: { eventId: string }) => eventId));
    assert.deepEqual(ids.sort(), ALL.slice(0, 10_500));
    await stack.host.settle();
    const objects = (await storedObjects(stack)).filter((name) => name.startsWith(`exports/${id}/`));
    assert.equal(objects.length, parts.length, 'what came second was taken away');
  });

  it('are one for the same question within a minute, and three of a user at most', async () => {
    const busy = await clientFor(stack, 'busy', { role: 'analyst' });
    await pauseQueue(stack, 'writeExport');
    const first = await queued(`dataset=events&${HOUR}`, busy);
    const [again, ...others] = await Promise.all(
      ['', '&format=json', '&format=ndjson'].map((more) => queued(`dataset=events&${HOUR}${more}`, busy)),
    );
    assert.equal(again.id, first.id);
    assert.equal(new Set([first, ...others].map(({ id }) => id)).size, 3);
    const fourth = await busy.call('GET', `/export?dataset=events&types=page.viewed&${HOUR}`);
    const refusal = assertRefusal(fourth, { status: 429, code: 'limit_exceeded' });
    assert.match(refusal.detail, /3 exports/);
    assert.equal((await busy.call('GET', '/exports')).body.exports.length, 3);
    assert.equal((await queued(`dataset=events&${HOUR}`)).status, 'done', 'nobody else waits for them');
    await purgeQueue(stack, 'writeExport');
    await resumeQueue(stack, 'writeExport');
  });

  it('are written all the same when their task was lost, once somebody asks for them', async () => {
    const patient = await clientFor(stack, 'patient', { role: 'analyst' });
    await pauseQueue(stack, 'writeExport');
    const { id } = await queued(`dataset=events&${QUARTER}`, patient);
    await purgeQueue(stack, 'writeExport');
    await resumeQueue(stack, 'writeExport');
    await stack.host.advanceBy(601_000);
    assert.equal((await read(id, patient)).status, 'queued');
    const { status, rows } = await ended(id, patient);
    assert.deepEqual([status, rows], ['done', 6_300]);
  });

  it('keep each part, and go on, where the database did not answer that it was counted', async () => {
    const lucky = await clientFor(stack, 'lucky', { role: 'analyst' });
    await pauseQueue(stack, 'writeExport');
    const { id } = await queued(`dataset=events&${HALF}`, lucky);
    const db = await database();
    const transactions = await db.runTransaction(async (transaction) => Object.getPrototypeOf(transaction));
    const { commit } = transactions;
    let unanswered = 0;
    transactions.commit = async function commitUnanswered() {
      const written = await commit.call(this);
      const { parts } = (await db.doc(`exports/${id}`).get()).data() ?? assert.fail();
      if (parts.length > unanswered && unanswered < 2) {
        unanswered++;
        throw Object.assign(new Error('the connection broke'), { code: 14 });
      }
      return written;
    };
    try {
      await resumeQueue(stack, 'writeExport');
      const { status, rows, parts } = await ended(id, lucky);
      assert.deepEqual([status, rows, unanswered], ['done', 10_500, 2]);
      assert.equal((await textsOf(parts)).length, 2);
    } finally {
      transactions.commit = commit;
    }
    const told = await db.collection('audit_log').where('target.id', '==', id).get();
    assert.deepEqual(told.docs.map((doc) => doc.get('action')).sort(), ['export.ended', 'export.started']);
  });

  it('stay failed once they are said to be, though their task comes after all', async () => {
    const late = await clientFor(stack, 'late', { role: 'analyst' });
    await pauseQueue(stack, 'writeExport');
    const { id } = await queued(`dataset=events&${HOUR}`, late);
    await leapBy(stack, 3_601_000);
    assert.equal((await read(id, late)).status, 'failed');
    await resumeQueue(stack, 'writeExport');
    await stack.host.settle();
    const { status, parts, error } = await read(id, late);
    assert.deepEqual([status, parts], ['failed', []]);
    assert.match(error, /ask again/);
  });

  it('are nobody else’s, but an admin’s', async () => {
    const { id } = await queued(`dataset=events&${HOUR}`);
    const other = await clientFor(stack, 'other', { role: 'analyst' });
    assertRefusal(await other.call('GET', `/exports/${id}`), { status: 404, code: 'not_found' });
    const admin = await clientFor(stack, 'admin', { role: 'admin' });
    assert.equal((await read(id, admin)).id, id);
    assert.deepEqual((await other.call('GET', '/exports')).body.exports, []);
  });

  it('end as failed, with a reason, where buckets are not kept any more by the time', async () => {
    await pauseQueue(stack, 'writeExport');
    const { id } = await queued(`dataset=events&types=page.viewed&${HOUR}`);
    const plan = { ...(await (await database()).doc(`exports/${id}`).get()).get('plan'), dataset: 'rollups' };
    const old = { ...plan, fromMs: NOON - 200 * 86_400_000, granularity: '1h', zone: 'UTC' };
    await (await database()).doc(`exports/${id}`).update({ plan: old });
    await resumeQueue(stack, 'writeExport');
    const { status, error, parts } = await ended(id);
    assert.deepEqual([status, parts], ['failed', []]);
    assert.match(error, /not kept any more/);
  });

  it('are there for 7 days', async () => {
    const { id, expiresAt } = await read((await queued(`dataset=events&${HOUR}`)).id);
    assert.ok(Date.parse(expiresAt) > NOON + 6.9 * 86_400_000);
    await (await database()).doc(`exports/${id}`).update({ expireAt: new Date(NOON) });
    assertRefusal(await analyst.call('GET', `/exports/${id}`), { status: 404, code: 'not_found' });
  });

  it('up to 8 MB are the answer itself, read a page at a time', async () => {
    const { body } = await analyst.call('GET', `/export?dataset=events&${SHORT}`);
    assert.equal(recordsOf(body).length, 4_200);
    const told = await (await database()).collection('audit_log').where('actor.uid', '==', 'analyst').get();
    const ends = told.docs.filter((doc) => doc.get('action') === 'export.ended' && doc.get('after.rows') === 4_200);
    assert.equal(ends.length, 1);
    assert.equal(ends[0]?.get('after.isComplete'), true);
  });

  it('stop being read when the client goes away', async () => {
    const before = await endsOf(false);
    await gone(`/export?dataset=events&${SHORT}`);
    for (let tries = 0; tries < 200 && (await endsOf(false)).length === before.length; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    const [entry] = (await endsOf(false)).slice(before.length);
    assert.ok(entry && entry.rows < 4_200, JSON.stringify(entry));
  });

  it('break off, not to look whole, where a row cannot be had any more', async () => {
    const fromMs = NOON - 6 * 3_600_000;
    await stack.cloud.firestore.bulkLoad(loggedEvents(3_000, fromMs, { first: EVENTS }));
    await stack.cloud.firestore.bulkLoad([brokenEvent(fromMs + 400_000)]);
    const before = await endsOf(false);
    const { error } = console;
    // The HTTP server shows the error on its own account.
    console.error = () => undefined;
    for (const format of ['csv', 'json', 'ndjson']) {
      const query = `dataset=events&format=${format}&from=2040-01-01T06:00:00Z&to=2040-01-01T07:00:00Z`;
      const headers = { Authorization: `Bearer ${analyst.idToken}` };
      const answer = await fetch(`${stack.url}/api/v1/export?${query}`, { headers });
      assert.equal(answer.status, 200);
      await assert.rejects(answer.text(), format);
    }
    console.error = error;
    assert.equal((await endsOf(false)).length, before.length + 3);
  });

  it('tell their headers to HEAD, and nothing is read on', async () => {
    const headers = { Authorization: `Bearer ${analyst.idToken}` };
    const before = await endsOf(false);
    const answer = await fetch(`${stack.url}/api/v1/export?dataset=events&${SHORT}`, { method: 'HEAD', headers });
    assert.deepEqual([answer.status, await answer.text()], [200, '']);
    assert.match(answer.headers.get('content-type') ?? '', /^text\/csv/);
    const ofNothing = (ends: { rows: number }[]) => ends.filter(({ rows }) => rows === 0).length;
    assert.equal(ofNothing(await endsOf(false)), ofNothing(before) + 1);
  });

  async function endsOf(isComplete: boolean): Promise<{ rows: number }[]> {
    const told = await (await database()).collection('audit_log').where('action', '==', 'export.ended').get();
    return told.docs.map((doc) => doc.get('after')).filter((after) => after.isComplete === isComplete);
  }

  /** Asks, and hangs up at the first byte. */
  function gone(path: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const headers = { Authorization: `Bearer ${analyst.idToken}` };
      const asking = request(`${stack.url}/api/v1${path}`, { headers }, (answer) => {
        answer.once('data', () => {
          asking.destroy();
          resolve();
        });
      });
      asking.on('error', reject);
      asking.end();
    });
  }

  /** One more task for an export, as the queue may deliver one twice. */
  async function enqueueAgain(exportId: string): Promise<void> {
    const { getFunctions } = await import('firebase-admin/functions');
    const { getApps } = await import('firebase-admin/app');
    const app = getApps().find(({ name }) => name === '[DEFAULT]');
    await getFunctions(app).taskQueue('locations/us-central1/functions/writeExport').enqueue({ exportId });
  }
});
