import assert from 'node:assert/strict';
import { delivery, episode } from '../../core/alert/fixtures.ts';
import { type Client, clientFor, NOON, type QuietStack, quietStack } from '../../stack/harness.ts';
import { bodyOf } from '../admin/people.ts';
import { assertRefusal } from '../refusal.ts';
import { put, putDelivery } from './desk.ts';

const MINUTE_MS = 60_000;
const at = (minute: number) => new Date(NOON + minute * MINUTE_MS);

describe('episodes of alerts by HTTP', () => {
  let stack: QuietStack;
  let root: Client;
  let other: Client;
  let analyst: Client;

  before(async function () {
    this.timeout(30_000);
    stack = await quietStack();
    [root, other, analyst] = await Promise.all([
      clientFor(stack, 'root', { role: 'admin' }),
      clientFor(stack, 'second', { role: 'admin' }),
      clientFor(stack, 'lyst', { role: 'analyst' }),
    ]);
    bodyOf(await analyst.call('GET', '/alerts'));
    await put(episode({ id: 'a.0.1', rule: 'a', beganAt: at(-60) }));
    await put(episode({ id: 'b.0.1', rule: 'b', beganAt: at(-50), severity: 'critical' }));
    const ended = {
      state: 'resolved',
      live: false,
      notifiedAt: at(-40),
      endedAt: at(-30),
      resolvedAt: at(-30),
    } as const;
    await put(episode({ id: 'c.0.1', rule: 'c', beganAt: at(-40), acknowledgedAt: at(-38), ...ended }));
    for (const id of ['race', 'steps', 'notes', 'words', 'slept'])
      await put(episode({ id, rule: id, beganAt: at(-20) }));
    await putDelivery(delivery({ id: 'd1', episodeId: 'a.0.1', rule: 'a', createdAt: at(-59) }));
  });
  after(() => stack?.stop());

  const timelineOf = async (
    id: string,
  ): Promise<{ seq: number; reason: string; note?: string; by?: { uid: string } }[]> =>
    bodyOf(await analyst.call('GET', `/alerts/${id}`)).timeline;

  it('are listed, the latest begun first, with what is open by severity', async () => {
    const page = bodyOf(await analyst.call('GET', '/alerts?rule=a'));
    assert.deepEqual(
      page.alerts.map(({ id }: { id: string }) => id),
      ['a.0.1'],
    );
    assert.deepEqual(page.open, { info: 0, warning: 6, critical: 1 });
    const resolved = bodyOf(await analyst.call('GET', '/alerts?state=resolved'));
    assert.deepEqual(
      resolved.alerts.map(({ id }: { id: string }) => id),
      ['c.0.1'],
    );
    const both = bodyOf(await analyst.call('GET', '/alerts?state=firing&severity=critical'));
    assert.deepEqual(
      both.alerts.map(({ id }: { id: string }) => id),
      ['b.0.1'],
    );
    const window = `from=${at(-55).toISOString()}&to=${at(-35).toISOString()}`;
    const some = bodyOf(await analyst.call('GET', `/alerts?${window}`));
    assert.deepEqual(
      some.alerts.map(({ id }: { id: string }) => id),
      ['c.0.1', 'b.0.1'],
    );
  });

  it('are paged through, each once', async () => {
    const seen: string[] = [];
    let cursor = '';
    do {
      const page = bodyOf(await analyst.call('GET', `/alerts?limit=3${cursor && `&cursor=${cursor}`}`));
      seen.push(...page.alerts.map(({ id }: { id: string }) => id));
      cursor = page.nextCursor ?? '';
    } while (cursor);
    assert.equal(seen.length, 8);
    assert.equal(new Set(seen).size, 8);
  });

  it('come with timeline and deliveries', async () => {
    const detail = bodyOf(await analyst.call('GET', '/alerts/a.0.1'));
    assert.deepEqual(
      detail.timeline.map(({ sentence }: { sentence: string }) => sentence),
      ['It fell.'],
    );
    assert.deepEqual(
      detail.deliveries.map(({ id, channel }: { id: string; channel: string }) => `${id} ${channel}`),
      ['d1 mail'],
    );
    assert.equal(detail.links.self, '/api/v1/alerts/a.0.1');
    assertRefusal(await analyst.call('GET', '/alerts/none'), { status: 404, code: 'not_found' });
  });

  it('are acknowledged by one of two people at once', async () => {
    const answers = await Promise.all([root, other].map((by) => by.call('POST', '/alerts/race/acknowledge', {})));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409]);
    const acknowledged = (await timelineOf('race')).filter(({ reason }) => reason === 'acknowledged');
    assert.equal(acknowledged.length, 1);
    const winner = answers.find(({ status }) => status === 200)?.body.acknowledgement.by.uid;
    assert.equal(acknowledged[0]?.by?.uid, winner);
    const { entries } = bodyOf(await root.call('GET', '/admin/audit-log?target=race'));
    assert.deepEqual(
      entries.map(({ action }: { action: string }) => action),
      ['alert.acknowledge'],
    );
  });

  it('are acted on without a body where nothing has to be said', async () => {
    await put(episode({ id: 'silent', rule: 'silent', beganAt: at(-20) }));
    for (const [verb, state] of [
      ['acknowledge', 'acknowledged'],
      ['unacknowledge', 'firing'],
      ['resolve', 'resolved'],
    ]) {
      assert.equal(bodyOf(await root.call('POST', `/alerts/silent/${verb}`)).state, state);
    }
    const text = { 'Content-Type': 'text/plain' };
    const strange = await root.call('POST', '/alerts/silent/acknowledge', '{"forMin":5}', text);
    assertRefusal(strange, { status: 415, code: 'unsupported_media_type' });
    const { paths } = bodyOf(await analyst.call('GET', '/openapi.json'));
    const required = (verb: string) => paths[`/api/v1/alerts/{id}/${verb}`].post.requestBody.required;
    assert.deepEqual(
      ['acknowledge', 'unacknowledge', 'unsnooze', 'resolve'].map(required),
      Array.from({ length: 4 }, () => false),
    );
    assert.deepEqual([required('notes'), required('snooze')], [true, false]);
  });

  it('go from acknowledged to firing and to resolved, and not on from there', async () => {
    const until = at(60).toISOString();
    const acknowledged = bodyOf(await root.call('POST', '/alerts/steps/acknowledge', { until, note: 'looking' }));
    assert.equal(acknowledged.state, 'acknowledged');
    assert.equal(acknowledged.acknowledgement.until, until);
    assert.equal(bodyOf(await root.call('POST', '/alerts/steps/unacknowledge', {})).state, 'firing');
    assertRefusal(await root.call('POST', '/alerts/steps/unacknowledge', {}), { status: 409, code: 'conflict' });
    const why = { rootCause: 'quota used up', resolution: 'quota raised' };
    const resolved = bodyOf(await root.call('POST', '/alerts/steps/resolve', why));
    assert.equal(resolved.state, 'resolved');
    assert.deepEqual(resolved.resolution, { by: { uid: 'root', role: 'admin' }, ...why });
    for (const [verb, body] of [
      ['acknowledge', {}],
      ['resolve', {}],
      ['snooze', { forMin: 5 }],
    ] as const) {
      assertRefusal(await root.call('POST', `/alerts/steps/${verb}`, body), { status: 409, code: 'conflict' });
    }
  });

  it('sleep until a moment in the future, no longer than 30 days', async () => {
    assert.equal(
      bodyOf(await root.call('POST', '/alerts/slept/snooze', { forMin: 30 })).snoozedUntil,
      at(30).toISOString(),
    );
    assert.equal(bodyOf(await root.call('POST', '/alerts/slept/unsnooze', {})).snoozedUntil, undefined);
    for (const body of [
      {},
      { forMin: 5, until: at(5).toISOString() },
      { until: at(-1).toISOString() },
      { until: at(31 * 24 * 60).toISOString() },
    ]) {
      assertRefusal(await root.call('POST', '/alerts/slept/snooze', body), { status: 400, code: 'invalid_request' });
    }
  });

  it('keep every note, also those written at the same time', async () => {
    const texts = Array.from({ length: 5 }, (_, n) => `note ${n} <script>alert(1)</script>`);
    const answers = await Promise.all(
      texts.map((text, n) => (n % 2 ? root : other).call('POST', '/alerts/notes/notes', { text })),
    );
    const kept = texts.filter((_, n) => answers[n]?.status === 200);
    assert.ok(kept.length >= 3, JSON.stringify(answers.map(({ status }) => status)));
    const notes = (await timelineOf('notes')).filter(({ reason }) => reason === 'note').map(({ note }) => note);
    assert.deepEqual(notes.toSorted(), kept.toSorted());
  });

  it('take no text that is none', async () => {
    for (const text of ['', ' \n', 'bell \u0007', 'half a pair \ud83c', 'x'.repeat(5_001)]) {
      assertRefusal(await root.call('POST', '/alerts/words/notes', { text }), { status: 400, code: 'invalid_request' });
    }
    assertRefusal(await root.call('POST', '/alerts/words/notes', { text: 'x'.repeat(10_000_000) }), {
      status: 400,
      code: 'invalid_request',
    });
    assert.equal((await timelineOf('words')).length, 1);
  });

  it('are changed by admins alone', async () => {
    assertRefusal(await analyst.call('POST', '/alerts/a.0.1/acknowledge', {}), { status: 403, code: 'forbidden' });
  });

  it('make a report, to read and to keep', async () => {
    const markdown = await analyst.call('GET', '/alerts/c.0.1/report?format=markdown');
    assert.equal(markdown.status, 200);
    assert.equal(markdown.headers.get('content-type'), 'text/markdown; charset=utf-8');
    assert.equal(markdown.headers.get('content-disposition'), 'attachment; filename="alert-c.0.1.md"');
    assert.match(markdown.body, /\| Time to resolve \| 10 min \|/);
    const report = bodyOf(await analyst.call('GET', '/alerts/c.0.1/report'));
    assert.deepEqual(report.times, { toAcknowledgeMs: 120_000, toResolveMs: 600_000 });
  });

  it('are summed up for the desk', async () => {
    const desk = bodyOf(await analyst.call('GET', '/alerts/dashboard?days=1'));
    assert.equal(desk.complete, true);
    assert.deepEqual(desk.timeToAcknowledge.n >= 1, true);
    assert.deepEqual(
      desk.channels.map(({ channel, waiting }: { channel: string; waiting: number }) => ({ channel, waiting }))[0],
      { channel: 'mail', waiting: 1 },
    );
  });
});
