import assert from 'node:assert/strict';
import { report } from '../http/ingest/reports.ts';
import { type Client, clientFor, database, leapBy, type QuietStack, quietStack, send } from './harness.ts';

const MINUTE_MS = 60_000;
const [BEGIN_OF_SHIFT, END_OF_SHIFT] = ['05:40', '18:00'].map((time) => Date.parse(`2040-01-02T${time}:00Z`)) as [
  number,
  number,
];

interface Arrival {
  at: string;
  kind: string;
  headword: string;
  title: string;
  key: string | undefined;
}

const [SLACK_DOWN_FROM, SLACK_UP_FROM, CAUGHT_UP] = ['06:35:00.001', '07:35:00', '07:46'].map(
  (time) => `2040-01-02T${time}`,
) as [string, string, string];

/** Who heard what when, but for Slack after its outage. What PagerDuty is told of an end has no title. */
const ON_TIME = [
  '06:32 WARNING Errors of one code 6 (limit 5), pattern provider_internal: email slack webhook',
  '06:35 CRITICAL Error rate 24 % (limit 20 %): email pagerduty slack sms webhook',
  '06:39 WARNING Error rate 16 % (limit 5 %): email webhook',
  '06:40 WARNING Errors 54 (limit 50): email webhook',
  '06:42 CRITICAL Error rate 22 % (limit 10 %): email pagerduty sms webhook',
  // Somebody takes them all.
  '06:45 ACKNOWLEDGED : pagerduty pagerduty',
  '06:45 ACKNOWLEDGED Error rate 28 % (limit 10 %): email sms webhook',
  '06:45 ACKNOWLEDGED Error rate 30 % (limit 20 %): email sms webhook',
  '06:45 ACKNOWLEDGED Errors 84 (limit 50): email webhook',
  '06:45 ACKNOWLEDGED Errors of one code 84 (limit 5), pattern provider_internal: email webhook',
  '06:47 WARNING Success rate 92 % (limit 95 %): email webhook',
  // The acknowledgements run out.
  '07:05 CRITICAL Error rate 30 % (limit 10 %): email pagerduty sms webhook',
  '07:05 CRITICAL Error rate 30 % (limit 20 %): email pagerduty sms webhook',
  '07:05 WARNING Errors 198 (limit 50): email webhook',
  '07:05 WARNING Errors of one code 198 (limit 5), pattern provider_internal: email webhook',
  // Half an hour without an acknowledgement.
  '07:17 WARNING Success rate 77.5 % (limit 95 %): pagerduty sms',
  '07:25 RESOLVED : pagerduty',
  '07:25 RESOLVED Generations fail in numbers: over: email sms webhook',
  '07:35 WARNING Errors 288 (limit 50): pagerduty sms',
  '07:35 WARNING Errors of one code 288 (limit 5), pattern provider_internal: pagerduty sms',
  // No longer critical, told to whoever knew of it.
  '07:47 WARNING Error rate 6.3 % (limit 5 %): email pagerduty slack sms webhook',
  '07:59 RESOLVED : pagerduty',
  '07:59 RESOLVED Many generations fail: over: email slack sms webhook',
  '08:21 RESOLVED : pagerduty',
  '08:21 RESOLVED Too few generations succeed: over: email slack sms webhook',
  '08:29 RESOLVED : pagerduty',
  '08:29 RESOLVED Many errors within an hour: over: email slack sms webhook',
  '08:51 RESOLVED : pagerduty',
  '08:51 RESOLVED One error comes again and again: over, pattern provider_internal: email slack sms webhook',
];

/** What Slack heard after its outage, episode by episode, each in order. */
const SLACK_LATE = [
  [
    'ACKNOWLEDGED Error rate 30 % (limit 20 %)',
    'CRITICAL Error rate 30 % (limit 20 %)',
    'RESOLVED Generations fail in numbers: over',
  ],
  [
    'WARNING Error rate 16 % (limit 5 %)',
    'CRITICAL Error rate 22 % (limit 10 %)',
    'ACKNOWLEDGED Error rate 28 % (limit 10 %)',
    'CRITICAL Error rate 30 % (limit 10 %)',
  ],
  ['WARNING Errors 54 (limit 50)', 'ACKNOWLEDGED Errors 84 (limit 50)', 'WARNING Errors 198 (limit 50)'],
  [
    'ACKNOWLEDGED Errors of one code 84 (limit 5), pattern provider_internal',
    'WARNING Errors of one code 198 (limit 5), pattern provider_internal',
  ],
  ['WARNING Success rate 92 % (limit 95 %)'],
];

/** A line for each minute and message, with the kinds of channel that had it. */
function told(messages: readonly Arrival[]): string[] {
  const lines = new Map<string, string[]>();
  for (const { at, kind, headword, title } of messages) {
    const line = `${at.slice(11, 16)} ${headword} ${title}`;
    lines.set(line, [...(lines.get(line) ?? []), kind]);
  }
  return [...lines].map(([line, kinds]) => `${line}: ${kinds.toSorted().join(' ')}`).toSorted();
}

/**
 * One day on call, until 18:00, with all default rules: the provider fails from 06:30 on, Slack is down from 06:35 to 07:35, somebody takes the
 * incident at 06:45 until 07:05 and it goes on, then the provider recovers slowly.
 */
describe('a day of alerts', function () {
  this.timeout(300_000);
  let stack: QuietStack;
  let ingest: Client;
  let admin: Client;
  let reports = 0;

  before(async () => {
    stack = await quietStack({ startAtMs: BEGIN_OF_SHIFT, alerts: true });
    ingest = await clientFor(stack, 'ingest', { role: 'ingest' });
    admin = await clientFor(stack, 'admin', { role: 'admin' });
  });
  after(() => stack?.stop());

  /** A minute in which so many generations end, some of them failed; the rest take `sec`. */
  async function minute({
    ended,
    failed = 0,
    sec = 30,
  }: {
    ended: number;
    failed?: number;
    sec?: number;
  }): Promise<void> {
    const nowMs = stack.clock.now();
    const generations = Array.from({ length: ended }, (_, i) => {
      const endedAt = new Date(nowMs - 1_000 - i).toISOString();
      const times = { endedAt, queueMs: 1_000, renderMs: sec * 1_000 - 2_000, storeMs: 1_000 };
      const requestedAt = new Date(nowMs - 1_000 - i - sec * 1_000).toISOString();
      const google = { provider: 'google', model: 'veo-3.1-generate-001' };
      const end =
        i < failed ? { outcome: 'failed', videoSec: 0, errorCode: 'provider_internal' } : { rating: 5, quality: 0.9 };
      return report(`day-${reports++}`, { ...google, ...times, requestedAt, ...end });
    });
    if (ended > 0) {
      const { status, body } = await ingest.call('POST', '/metrics/generations', { generations });
      assert.deepEqual([status, body.accepted], [200, ended], JSON.stringify(body));
    }
    await stack.host.advanceBy(MINUTE_MS);
  }

  /** Minutes, one like the other, until a time of the day such as 06:30. */
  async function until(time: string, each: Parameters<typeof minute>[0]): Promise<void> {
    const untilMs = Date.parse(`2040-01-02T${time}:00Z`);
    while (stack.clock.now() < untilMs) await minute(each);
  }

  async function inbox(): Promise<Arrival[]> {
    const { status, body } = await send(`${stack.vendors.url}/__vendors/inbox`);
    assert.equal(status, 200);
    return body.messages;
  }

  const vendor = (name: string, method: 'POST' | 'DELETE', rule?: object) =>
    send(`${stack.vendors.url}/__vendors/${name}/script`, method, rule);

  /** Nothing was lost in the outage, and each episode was told of in order. */
  function assertCaughtUp(late: readonly Arrival[]): void {
    for (const { at } of late) assert.ok(at >= SLACK_UP_FROM, at);
    const words = late.map(({ headword, title }) => `${headword} ${title}`);
    assert.deepEqual(words.toSorted(), SLACK_LATE.flat().toSorted());
    for (const episode of SLACK_LATE) {
      assert.deepEqual(
        words.filter((each) => episode.includes(each)),
        episode,
      );
    }
  }

  async function assertAllOver(arrived: number): Promise<void> {
    const db = await database();
    const [outbox, episodes] = await Promise.all([
      db.collection('notifications').get(),
      db.collection('alert_instances').get(),
    ]);
    assert.deepEqual(new Set(outbox.docs.map((doc) => doc.get('state'))), new Set(['sent']));
    assert.equal(outbox.size, arrived, 'each once');
    assert.equal(episodes.size, 5);
    for (const doc of episodes.docs) assert.deepEqual([doc.get('state'), doc.get('live')], ['resolved', false], doc.id);
    const { body } = await send(`${stack.vendors.url}/__vendors/inbox`);
    const states = body.incidents.map(({ state }: { state: string }) => state);
    assert.deepEqual(new Set(states), new Set(['resolved']));
  }

  it('is told as it went', async () => {
    await until('06:30', { ended: 20 });
    assert.deepEqual(await inbox(), []);
    await until('06:35', { ended: 20, failed: 6 });
    await vendor('slack', 'POST', { status: 503 });
    await until('06:45', { ended: 20, failed: 6 });
    const { body } = await admin.call('GET', '/alerts?state=firing');
    for (const { id, state } of body.alerts as { id: string; state: string }[]) {
      if (state !== 'firing') continue;
      const answer = await admin.call('POST', `/alerts/${id}/acknowledge`, { forMin: 20, note: 'looking' });
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
    }
    await until('07:15', { ended: 20, failed: 6 });
    await until('07:35', { ended: 20, failed: 2 });
    await vendor('slack', 'DELETE');
    await until('07:50', { ended: 20, failed: 1 });
    await until('08:25', { ended: 20 });
    // Nobody asks for anything any more: what counts errors forgets them all the same.
    await until('08:55', { ended: 0 });
    await leapBy(stack, END_OF_SHIFT - stack.clock.now());
    await stack.host.advanceBy(5 * MINUTE_MS);
    const messages = await inbox();
    const late = messages.filter(({ kind, at }) => kind === 'slack' && at > SLACK_DOWN_FROM && at < CAUGHT_UP);
    assert.deepEqual(told(messages.filter((each) => !late.includes(each))), ON_TIME);
    assertCaughtUp(late);
    await assertAllOver(messages.length);
  });
});
