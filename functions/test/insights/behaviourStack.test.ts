import assert from 'node:assert/strict';
import { userKeyOf } from '../../src/core/events/draft.ts';
import {
  type Client,
  clientFor,
  database,
  NOON,
  placeOf,
  type QuietStack,
  quietStack,
  send,
} from '../stack/harness.ts';

/** Sunday 1 January 2040, the last day of its week and the first of its month. */
const TODAY = '2040-01-01';
const at = (ms: number) => new Date(NOON + ms).toISOString();
const HOUR_MS = 3_600_000;

/** A reported generation: a score of 0.50 to 0.59 the day before, of 0.70 to 0.79 today. */
function report(index: number, isToday: boolean) {
  const endedMs = (isToday ? -4 : -28) * HOUR_MS + index * 1_000;
  return {
    ...{ source: 'lab', id: `${isToday}-${index}`, userId: index % 2 === 0 ? 'bob' : `user-${index}` },
    ...{ provider: 'google', model: 'veo-3.1-fast-generate-001', kind: 'text_to_video', style: 'cinematic' },
    ...{ requestedAt: at(endedMs - 60_000), endedAt: at(endedMs), outcome: 'succeeded', videoSec: 8, costUsd: 0.8 },
    ...{ quality: (isToday ? 0.7 : 0.5) + (index % 10) / 100, rating: isToday ? 5 : 4 },
  };
}

describe('quality and users over the wire', () => {
  let stack: QuietStack;
  let [root, ann, bob]: Client[] = [];

  before(async function () {
    this.timeout(60_000);
    stack = await quietStack({ warehouse: true });
    [root, ann, bob] = await Promise.all([
      clientFor(placeOf(stack), 'root', { role: 'admin' }),
      clientFor(placeOf(stack), 'ann', { role: 'analyst' }),
      clientFor(placeOf(stack), 'bob'),
    ]);
    const rows = [true, false].flatMap((isToday) => Array.from({ length: 40 }, (_, index) => report(index, isToday)));
    assert.equal((await as(root).call('POST', '/metrics/generations', { generations: rows })).body.accepted, 80);
    const used = { type: 'feature.used', occurredAt: at(-HOUR_MS), body: { feature: 'editor' } };
    assert.equal((await as(bob).call('POST', '/events', { id: 'f1', ...used })).body.accepted, 1);
    const paid = { type: 'payment.succeeded', userId: 'bob', body: { paymentId: 'p1', amountUsdMicros: 20_000_000 } };
    const event = { id: 'p1', source: 'shop', occurredAt: at(-2 * HOUR_MS), ...paid };
    assert.equal((await as(root).call('POST', '/events', event)).body.accepted, 1);
    await stack.host.advanceTo(NOON + 2 * 60_000);
    for (const name of ['projectWarehouse', 'computeInsights']) assert.equal(await stack.host.runSchedule(name), 200);
  });
  after(() => stack?.stop());

  const as = (client: Client | undefined): Client => client ?? assert.fail('not signed in');
  const day = `granularity=day&from=${TODAY}&to=2040-01-02`;

  it('scores, and that they rose since the day before', async () => {
    const { status, body } = await as(ann).call('GET', `/quality?${day}&by=cell`);
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal(body.source, 'documents');
    const [{ groups, all, isClosed, groupsLeftOut }] = body.periods;
    assert.deepEqual([isClosed, groupsLeftOut, groups.length], [false, 0, 1]);
    const { provider, model, kind, ended, errors, scores, ratings } = groups[0];
    assert.deepEqual([provider, model, kind], ['google', 'veo-3.1-fast-generate-001', 'text_to_video']);
    assert.deepEqual([ended.succeeded, ended.failed, errors], [40, 0, []]);
    assert.deepEqual([scores.n, scores.meanThousandths, scores.bins[14], scores.bins[15]], [40, 745, 20, 20]);
    assert.deepEqual(scores.decilesThousandths, [700, 710, 720, 730, 740, 750, 760, 770, 780]);
    assert.deepEqual([scores.drift.direction, scores.drift.shape], ['up', 'changed']);
    assert.deepEqual(scores.drift.before, { n: 40, mean: 545 });
    assert.deepEqual([ratings.mean, ratings.acceptedShare, ratings.drift.direction], [5, 1, 'up']);
    assert.deepEqual(all.scores.drift.before, scores.drift.before);
  });

  it('filters, and has nothing of what there is not', async () => {
    const { body } = await as(ann).call('GET', `/quality?${day}&by=model&provider=nobody`);
    assert.deepEqual(body.periods[0].groups, []);
    assert.equal((await as(ann).call('GET', '/quality?by=all')).status, 400);
    assert.equal((await as(ann).call('GET', `/quality?granularity=day&from=${TODAY}`)).status, 400);
  });

  it('users together', async () => {
    const { status, body } = await as(ann).call('GET', `/user-insights?${day}`);
    assert.equal(status, 200, JSON.stringify(body));
    const [{ segments, activity, preferences, hours, firstGenerations }] = body.periods;
    // Bob and twenty others, all of them since yesterday.
    assert.equal(segments.users, 21);
    assert.deepEqual(segments.segments[0], {
      ...{ segment: 'new', users: 21, generations: 40, successRate: { value: 1, n: 40 } },
      money: { netUsdMicros: 20_000_000, costUsdMicros: 32_000_000 },
    });
    assert.deepEqual(segments.moves[1], { from: 'new', to: { new: 21, power: 0, active: 0, at_risk: 0, dormant: 0 } });
    assert.deepEqual([activity.users, activity.generations, activity.generationsPerUser.deciles[8]], [21, 40, 1]);
    assert.deepEqual(preferences.styles[0].preferredBy, 21);
    // Sunday from 8 and from 11 o'clock.
    assert.deepEqual([hours.actions[152], hours.users[152], hours.actions[155]], [40, 21, 1]);
    assert.deepEqual(firstGenerations, { users: 0, usersAfterSignup: 0 });
  });

  it('what is open is as of today: the month of one day is that day', async () => {
    const month = await as(ann).call('GET', `/user-insights?granularity=month&from=${TODAY}&to=2040-02-01`);
    const today = await as(ann).call('GET', `/user-insights?${day}`);
    assert.equal(month.body.source, 'documents');
    const { start, end, ...found } = month.body.periods[0];
    assert.deepEqual([start, end], [TODAY, '2040-02-01']);
    const { start: _, end: __, ...expected } = today.body.periods[0];
    assert.deepEqual(found, expected);
  });

  it('a day that was never computed is computed for the answer', async () => {
    const { status, body } = await as(ann).call('GET', '/user-insights?granularity=day&from=2039-07-01&to=2039-07-02');
    assert.equal(status, 200);
    assert.deepEqual(
      [body.source, body.periods[0].segments.users, body.periods[0].activity.users],
      ['warehouse', 0, 0],
    );
  });

  it('is not sent again to who has it', async () => {
    for (const path of [`/quality?${day}`, `/user-insights?${day}`]) {
      const { headers } = await as(ann).call('GET', path);
      const again = await as(ann).call('GET', path, undefined, { 'If-None-Match': headers.get('etag') ?? '' });
      assert.equal(again.status, 304);
    }
  });

  it('a user reads what they did, and nothing of payments', async () => {
    const { status, body } = await as(bob).call('GET', '/user-insights/me');
    assert.equal(status, 200, JSON.stringify(body));
    const { through, since, ...own } = body;
    assert.ok(Date.parse(through) >= NOON, through);
    assert.equal(since, '2039-01-02');
    assert.deepEqual(own, {
      ...{ firstActiveAt: at(-28 * HOUR_MS), lastActiveAt: at(-HOUR_MS), activeDays: 2, segment: 'new', sessions: 0 },
      generations: { asked: 40, succeeded: 40, failed: 0, blocked: 0, cancelled: 0, expired: 0 },
      models: [{ name: 'google/veo-3.1-fast-generate-001', times: 40 }],
      kinds: [{ name: 'text_to_video', times: 40 }],
      styles: [{ name: 'cinematic', times: 40 }],
      features: [{ name: 'editor', times: 1 }],
      ...{ videos: 40, videoSec: 320, ratings: { n: 40, mean: 4.5 }, creditsSpent: 0 },
    });
  });

  it('is kept for the day, without their name', async () => {
    const kept = await (await database()).doc(`user_behavior_insights/person_${userKeyOf('bob')}`).get();
    assert.equal(kept.get('day'), TODAY);
    assert.equal(kept.get('expireAt').toDate().toISOString(), '2040-01-03T00:00:00.000Z');
    assert.ok(!JSON.stringify(kept.data()).includes('bob'));
  });

  it('somebody who did nothing has an empty insight', async () => {
    const { status, body } = await as(ann).call('GET', '/user-insights/me');
    assert.equal(status, 200);
    assert.deepEqual([body.generations.asked, body.segment, body.activeDays], [0, undefined, 0]);
  });

  it('an administrator reads it with payments, told of in the audit log once a request', async () => {
    const headers = { 'X-Request-Id': 'look-at-bob-0001' };
    for (const _ of [1, 2]) {
      const { status, body } = await as(root).call('GET', '/user-insights/bob', undefined, headers);
      assert.equal(status, 200, JSON.stringify(body));
      assert.equal(body.uid, 'bob');
      assert.deepEqual(body.payments, { n: 1, paidUsdMicros: 20_000_000, refundedUsdMicros: 0 });
    }
    await as(root).call('GET', '/user-insights/bob');
    const { body } = await as(root).call('GET', '/admin/audit-log?target=bob');
    const looks = body.entries.filter(({ action }: { action: string }) => action === 'user_insight.viewed');
    assert.equal(looks.length, 2);
    assert.deepEqual([looks[0].actor.uid, looks[0].target], ['root', { type: 'user', id: 'bob' }]);
  });

  it('is for nobody else', async () => {
    assert.equal((await as(root).call('GET', '/user-insights/nobody')).status, 404);
    for (const client of [ann, bob]) assert.equal((await as(client).call('GET', '/user-insights/bob')).status, 403);
    for (const path of ['/user-insights', '/quality']) assert.equal((await as(bob).call('GET', path)).status, 403);
  });

  it('needs no query for what is kept; where one fails, it says so', async () => {
    const tables = `${stack.bigQuery?.url}/bigquery/v2/projects/demo-dailies/datasets/dailies/tables`;
    assert.equal((await send(`${tables}/events`, 'DELETE')).status, 204);
    assert.equal((await as(bob).call('GET', '/user-insights/me')).status, 200);
    assert.equal((await as(ann).call('GET', `/quality?${day}`)).status, 200);
    const { status, headers, body } = await as(root).call('GET', '/user-insights/me');
    assert.equal(status, 503);
    assert.equal(headers.get('content-type'), 'application/problem+json');
    assert.equal(body.detail, 'The warehouse does not answer. Try again later.');
    assert.equal(stack.logs.lines.find(({ message }) => message === 'could not look at a person')?.reason, 'notFound');
  });
});

describe('quality and users where there is no warehouse', () => {
  let stack: QuietStack;
  before(async function () {
    this.timeout(60_000);
    stack = await quietStack();
  });
  after(() => stack?.stop());

  it('says so', async () => {
    const root = await clientFor(placeOf(stack), 'root', { role: 'admin' });
    for (const path of ['/quality', '/user-insights', '/user-insights/me', '/user-insights/root']) {
      const { status, body } = await root.call('GET', path);
      assert.equal(status, 503, path);
      assert.equal(body.detail, 'This project has no warehouse.');
    }
  });
});
