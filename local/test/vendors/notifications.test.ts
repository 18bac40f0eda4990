import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { MovableClock } from '../../clock.ts';
import {
  PAGERDUTY_KEY,
  SENDGRID_KEY,
  SLACK_PATH,
  TWILIO_SID,
  TWILIO_TOKEN,
  WEBHOOK_PATH,
} from '../../vendors/notifications/accounts.ts';
import { Inbox } from '../../vendors/notifications/inbox.ts';
import { type RunningVendors, startVendors } from '../../vendors/server.ts';

const TWILIO_PATH = `/2010-04-01/Accounts/${TWILIO_SID}/Messages.json`;
const KEYED = { Authorization: `Bearer ${SENDGRID_KEY}` };
const BASIC = { Authorization: `Basic ${Buffer.from(`${TWILIO_SID}:${TWILIO_TOKEN}`).toString('base64')}` };
const MAIL = {
  personalizations: [{ to: [{ email: 'a@b.example' }] }],
  from: { email: 'c@d.example' },
  subject: 'Hello',
  content: [{ type: 'text/plain', value: 'World' }],
};
const EVENT = {
  routing_key: PAGERDUTY_KEY,
  event_action: 'trigger',
  dedup_key: 'k',
  payload: { summary: 's', source: 'x', severity: 'critical' },
};
const SMS = { To: '+14155550100', From: '+15005550006', Body: 'hello' };

describe('vendors: those that messages go out through', () => {
  let clock: MovableClock;
  let vendors: RunningVendors;
  before(async () => {
    clock = new MovableClock({ startAtMs: Date.parse('2040-01-01T12:00:00Z'), running: false });
    vendors = await startVendors({ projectId: 'demo-vendors', clock });
  });
  after(async () => {
    await vendors.stop();
    clock.stop();
  });
  beforeEach(() => fetch(`${vendors.url}/__vendors/inbox`, { method: 'DELETE' }));

  const post = (path: string, body: object | string, headers: Record<string, string> = {}) =>
    fetch(vendors.url + path, {
      method: 'POST',
      headers,
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const sms = (changes: object = {}) => post(TWILIO_PATH, `${new URLSearchParams({ ...SMS, ...changes })}`, BASIC);
  const inbox = async (query = '') =>
    (await (await fetch(`${vendors.url}/__vendors/inbox${query}`)).json()) as {
      total: number;
      messages: Record<string, unknown>[];
      incidents: unknown[];
    };

  const refused: [string, () => Promise<Response>, number, RegExp][] = [
    ['SendGrid: no key', () => post('/v3/mail/send', MAIL), 401, /authorization grant/],
    ['SendGrid: no JSON', () => post('/v3/mail/send', '{', KEYED), 400, /Bad Request/],
    [
      'SendGrid: nobody',
      () => post('/v3/mail/send', { ...MAIL, personalizations: [] }, KEYED),
      400,
      /personalizations/,
    ],
    [
      'SendGrid: twice',
      () =>
        post(
          '/v3/mail/send',
          { ...MAIL, personalizations: [{ to: [{ email: 'a@b.example' }, { email: 'a@b.example' }] }] },
          KEYED,
        ),
      400,
      /unique/,
    ],
    [
      'SendGrid: a line break',
      () => post('/v3/mail/send', { ...MAIL, subject: 'a\r\nBcc: x' }, KEYED),
      400,
      /line breaks/,
    ],
    ['SendGrid: no content', () => post('/v3/mail/send', { ...MAIL, content: [] }, KEYED), 400, /"field":"content"/],
    [
      'SendGrid: a reserved header',
      () => post('/v3/mail/send', { ...MAIL, headers: { Bcc: 'x' } }, KEYED),
      400,
      /reserved/,
    ],
    ['Slack: unknown webhook', () => post('/slack/services/x', { text: 'x' }), 404, /^no_service$/],
    ['Slack: no JSON', () => post(SLACK_PATH, 'x'), 400, /^invalid_payload$/],
    ['Slack: nothing', () => post(SLACK_PATH, {}), 400, /^no_text$/],
    [
      'Slack: a long header',
      () => post(SLACK_PATH, { blocks: [{ type: 'header', text: { type: 'plain_text', text: 'x'.repeat(151) } }] }),
      400,
      /^invalid_blocks$/,
    ],
    [
      'Slack: 51 blocks',
      () => post(SLACK_PATH, { blocks: Array(51).fill({ type: 'divider' }) }),
      400,
      /^invalid_blocks$/,
    ],
    ['Twilio: no credentials', () => post(TWILIO_PATH, 'To=1'), 401, /20003/],
    ['Twilio: to nobody', () => sms({ To: '123' }), 400, /21211/],
    ['Twilio: nothing', () => sms({ Body: '' }), 400, /21602/],
    ['Twilio: too long', () => sms({ Body: 'x'.repeat(1_601) }), 400, /21617/],
    [
      'PagerDuty: unknown key',
      () => post('/v2/enqueue', { ...EVENT, routing_key: 'x'.repeat(32) }),
      400,
      /routing_key/,
    ],
    [
      'PagerDuty: a long summary',
      () => post('/v2/enqueue', { ...EVENT, payload: { ...EVENT.payload, summary: 'x'.repeat(1_025) } }),
      400,
      /too long/,
    ],
    ['PagerDuty: 600 KB', () => post('/v2/enqueue', { ...EVENT, extra: 'x'.repeat(600_000) }), 413, /too large/],
    ['webhook: not signed', () => post(WEBHOOK_PATH, {}), 401, /missing/],
    ['webhook: badly signed', () => post(WEBHOOK_PATH, {}, signed(clock.now())), 401, /no signature/],
    ['webhook: too old', () => post(WEBHOOK_PATH, {}, signed(clock.now() - 301_000)), 401, /too old/],
  ];
  for (const [what, call, status, words] of refused) {
    it(`refuse as the vendor does: ${what}`, async () => {
      const answer = await call();
      assert.equal(answer.status, status);
      assert.match(await answer.text(), words);
      assert.equal((await inbox()).total, 0);
    });
  }

  it('keep what arrives, at the time of the clock', async () => {
    const answers = [await post('/v3/mail/send', MAIL, KEYED), await sms(), await post('/v2/enqueue', EVENT)];
    assert.deepEqual(
      answers.map(({ status }) => status),
      [202, 201, 202],
    );
    const { messages, incidents } = await inbox();
    assert.deepEqual(
      messages.map(({ kind, to, title, at }) => [kind, to, title, at]),
      [
        ['email', 'a@b.example', 'Hello', '2040-01-01T12:00:00.000Z'],
        ['sms', '+14155550100', 'hello', '2040-01-01T12:00:00.000Z'],
        ['pagerduty', 'service', 's', '2040-01-01T12:00:00.000Z'],
      ],
    );
    assert.equal(incidents.length, 1);
    const only = await inbox(`?kind=sms&after=${Number(messages[0]?.seq)}`);
    assert.deepEqual(
      only.messages.map(({ kind }) => kind),
      ['sms'],
    );
  });

  it('fail as they are told, so often and for what it says, and go on', async () => {
    const path = '/__vendors/twilio/script';
    await post(path, [
      { includes: 'hello', times: 1, status: 429, retryAfterSec: 9 },
      { includes: 'bye', status: 503, takesEffect: true },
    ]);
    const [first, second, third] = [await sms(), await sms(), await sms({ Body: 'bye' })];
    assert.deepEqual(
      [first.status, first.headers.get('retry-after'), second.status, third.status],
      [429, '9', 201, 503],
    );
    assert.equal((await inbox()).total, 2);
    const { rules } = (await (await fetch(vendors.url + path)).json()) as { rules: { matched: number }[] };
    assert.deepEqual(
      rules.map(({ matched }) => matched),
      [1, 1],
    );
    await fetch(vendors.url + path, { method: 'DELETE' });
    assert.equal((await sms({ Body: 'bye' })).status, 201);
  });

  const badScripts = [{ status: 99 }, { colour: 'red' }, { status: 500, drop: 'after' }, { times: 0 }, 'x', null];
  for (const script of badScripts) {
    it(`refuse the script ${JSON.stringify(script)}`, async () => {
      assert.equal((await post('/__vendors/slack/script', JSON.stringify(script))).status, 400);
    });
  }

  it('show a page that runs nothing of what arrived', async () => {
    const bad = '<script>alert(1)</script>"onload="x';
    await post(
      '/v3/mail/send',
      { ...MAIL, subject: bad, content: [{ type: 'text/html', value: `${bad}<b>hi</b>` }] },
      KEYED,
    );
    await post(SLACK_PATH, {
      text: bad,
      blocks: [{ type: 'section', text: { type: 'mrkdwn', text: `${bad} <javascript:x|y>` } }],
    });
    await sms({ Body: bad });
    const about = { ...EVENT.payload, summary: bad, custom_details: { [bad]: bad } };
    const links = [{ href: 'javascript:x', text: bad }];
    for (const event_action of ['trigger', 'acknowledge']) {
      await post('/v2/enqueue', { ...EVENT, dedup_key: 'of bad', event_action, payload: about, links });
    }
    const answer = await fetch(`${vendors.url}/__vendors/inbox.html`);
    const page = await answer.text();
    assert.match(answer.headers.get('content-security-policy') ?? '', /default-src 'none'/);
    assert.doesNotMatch(page, /<script|<b>hi|"onload|href="javascript/);
    assert.match(page, /<iframe sandbox="allow-popups" loading="lazy" title="e-mail" srcdoc="&lt;script&gt;/);
  });

  it('keep the last 10,000', () => {
    const small = new Inbox(new DatabaseSync(':memory:'));
    for (let n = 1; n <= 10_003; n++) {
      small.add({ kind: 'sms', to: 'x', headword: '', title: String(n), key: undefined, content: {} }, 0);
    }
    assert.deepEqual([small.count(), small.list(0, 1)[0]?.title, small.latest(1)[0]?.title], [10_000, '4', '10003']);
  });

  it('keep it across a restart', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'vendors-'));
    try {
      const options = { projectId: 'demo-vendors', clock, dataDir };
      const first = await startVendors(options);
      await fetch(`${first.url}/v2/enqueue`, { method: 'POST', body: JSON.stringify(EVENT) });
      await first.stop();
      const second = await startVendors(options);
      const kept = (await (await fetch(`${second.url}/__vendors/inbox`)).json()) as {
        total: number;
        incidents: { state: string }[];
      };
      await second.stop();
      assert.deepEqual([kept.total, kept.incidents[0]?.state], [1, 'triggered']);
    } finally {
      await rm(dataDir, { recursive: true, force: true });
    }
  });
});

const signed = (atMs: number) => ({
  'webhook-id': 'x',
  'webhook-timestamp': String(Math.floor(atMs / 1_000)),
  'webhook-signature': 'v1,AAAA v1,BBBB',
});
