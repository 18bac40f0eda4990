import assert from 'node:assert/strict';
import { listen } from '../../../local/storage/http.ts';
import {
  SENDGRID_KEY,
  SLACK_PATH,
  TWILIO_TOKEN,
  WEBHOOK_SECRET,
} from '../../../local/vendors/notifications/accounts.ts';
import type { ChannelKind } from '../../src/core/alert/rule.ts';
import { INJECTIONS, injected, messageOf } from './messages.ts';
import { type StandIn, startStandIn } from './standIn.ts';

const VENDOR_OF: Record<ChannelKind, string> = {
  ...{ email: 'sendgrid', slack: 'slack', sms: 'twilio', webhook: 'webhook', pagerduty: 'pagerduty' },
};
const KINDS = Object.keys(VENDOR_OF) as ChannelKind[];

describe('channels: over the wire', () => {
  let standIn: StandIn;
  before(async () => {
    standIn = await startStandIn();
  });
  after(() => standIn.stop());
  beforeEach(() => standIn.reset());

  for (const kind of KINDS) {
    describe(kind, () => {
      const vendor = VENDOR_OF[kind];

      it('delivers', async () => {
        const delivery = await standIn.channel(kind).send(messageOf());
        assert.ok(delivery.ok, JSON.stringify(delivery));
        assert.equal(delivery.vendorId === undefined, kind === 'slack' || kind === 'webhook');
        const { messages } = await standIn.inbox();
        assert.deepEqual(
          messages.map((each) => [each.kind, each.headword]),
          [[kind, 'CRITICAL']],
        );
        assert.ok(messages[0]?.title.startsWith(messageOf().title), messages[0]?.title);
      });

      it('delivers whatever people wrote', async () => {
        for (const text of INJECTIONS) {
          const delivery = await standIn.channel(kind).send(injected(text));
          assert.ok(delivery.ok, `${JSON.stringify(text)}: ${JSON.stringify(delivery)}`);
        }
        assert.equal((await standIn.inbox()).total, INJECTIONS.length);
      });

      it('sends a test that says so', async () => {
        const delivery = await standIn.channel(kind).sendTest(messageOf({ severity: 'info' }));
        assert.ok(delivery.ok, JSON.stringify(delivery));
        const { messages, incidents } = await standIn.inbox();
        assert.match(JSON.stringify(messages[0]), /This is a test|TEST/);
        if (kind === 'pagerduty')
          assert.deepEqual(
            incidents.map(({ state }) => state),
            ['resolved'],
          );
      });

      const answers = [
        { status: 400, retry: false, uncertain: false },
        { status: 403, retry: false, uncertain: false },
        { status: 404, retry: false, uncertain: false },
        { status: 429, retry: true, uncertain: false },
        { status: 500, retry: true, uncertain: true },
        { status: 502, retry: true, uncertain: true },
        { status: 503, retry: true, uncertain: false },
      ];
      for (const { status, retry, uncertain } of answers) {
        it(`takes ${status} for ${retry ? 'a failure to try again' : 'a refusal'}`, async () => {
          await standIn.script(vendor, { status });
          const delivery = await standIn.channel(kind).send(messageOf());
          assert.ok(!delivery.ok);
          assert.deepEqual([delivery.retry, delivery.uncertain], [retry, uncertain]);
          assert.notEqual(delivery.code, '');
          assert.equal((await standIn.inbox()).total, 0);
        });
      }

      it('waits as long as it is asked to', async () => {
        await standIn.script(vendor, { status: 429, retryAfterSec: 42 });
        const delivery = await standIn.channel(kind).send(messageOf());
        assert.ok(!delivery.ok && delivery.retryAfterMs !== undefined);
        // SendGrid names the second in which the limit begins anew, so up to one is rounded away or added.
        assert.ok(
          Math.abs(delivery.retryAfterMs - 42_000) <= (kind === 'email' ? 2_000 : 0),
          `${delivery.retryAfterMs}`,
        );
      });

      it('does not know what became of a message when the connection breaks', async () => {
        for (const drop of ['before', 'after']) {
          await standIn.reset();
          await standIn.script(vendor, { drop });
          const delivery = await standIn.channel(kind).send(messageOf());
          assert.ok(!delivery.ok);
          assert.deepEqual([delivery.retry, delivery.uncertain], [true, true], JSON.stringify(delivery));
          assert.equal((await standIn.inbox()).total, drop === 'after' ? 1 : 0);
        }
      });

      it('gives up waiting', async () => {
        await standIn.script(vendor, { hangMs: 3_600_000, times: 1 });
        const delivery = await standIn.channel(kind, {}, 100).send(messageOf());
        assert.ok(!delivery.ok);
        assert.deepEqual([delivery.retry, delivery.uncertain, delivery.code], [true, true, 'timeout']);
      });

      it('knows that nothing arrived where nobody listens', async () => {
        const nowhere = await closedUrl();
        const delivery = await standIn
          .channel(kind, { url: `${nowhere}/x`, baseUrl: nowhere, ...without(kind) })
          .send(messageOf());
        assert.ok(!delivery.ok);
        assert.deepEqual([delivery.retry, delivery.uncertain, delivery.code], [true, false, 'ECONNREFUSED']);
      });
    });
  }

  const strangers: [ChannelKind, object, string, RegExp][] = [
    ['email', { apiKey: 'SG.wrong-key' }, '401', /authorization grant is invalid/],
    ['slack', { path: '/slack/services/T/B/unknown' }, 'no_service', /no_service/],
    ['sms', { authToken: 'wrong-token' }, '20003', /Authenticate/],
    ['pagerduty', { routingKey: 'x'.repeat(32) }, '400', /routing_key' is invalid/],
    ['webhook', { secret: `whsec_${Buffer.alloc(32, 1).toString('base64')}` }, '401', /answered 401/],
  ];
  for (const [kind, changes, code, message] of strangers) {
    it(`is refused by ${VENDOR_OF[kind]} with wrong credentials, which it does not tell`, async () => {
      const settings = 'path' in changes ? { url: `${standIn.url}${changes.path}` } : changes;
      const delivery = await standIn.channel(kind, settings).send(messageOf());
      assert.ok(!delivery.ok);
      assert.deepEqual([delivery.retry, delivery.code], [false, code]);
      assert.match(delivery.message, message);
    });
  }

  it('tells no secret, even when a vendor repeats it', async () => {
    const secrets = { email: SENDGRID_KEY, slack: SLACK_PATH, sms: TWILIO_TOKEN, webhook: WEBHOOK_SECRET };
    for (const [kind, secret] of Object.entries(secrets)) {
      await standIn.script(VENDOR_OF[kind as ChannelKind], { status: 400, message: `no: ${secret}` });
      const delivery = await standIn.channel(kind as ChannelKind).send(messageOf());
      assert.ok(!delivery.ok && !JSON.stringify(delivery).includes(secret), JSON.stringify(delivery));
    }
  });

  it('threads the mails of an episode, and tracks nothing', async () => {
    for (const verb of ['trigger', 'resolve'] as const) await standIn.channel('email').send(messageOf({ verb }));
    const mails = (await standIn.inbox()).messages.map(({ content }) => content as Record<string, unknown>);
    const threads = mails.map(({ headers }) => (headers as Record<string, string>).References);
    assert.equal(threads[0], '<low_success_rate.3f2a.2040-01-01T12-00Z@dailies.example>');
    assert.equal(threads[1], threads[0]);
    assert.deepEqual(mails[0]?.tracking_settings, {
      click_tracking: { enable: false, enable_text: false },
      open_tracking: { enable: false },
    });
  });

  it("moves PagerDuty's incident by the three verbs, and opens none but by a trigger", async () => {
    const states = [];
    for (const verb of ['resolve', 'trigger', 'update', 'acknowledge', 'resolve', 'acknowledge'] as const) {
      assert.ok((await standIn.channel('pagerduty').send(messageOf({ verb }))).ok);
      const [incident] = (await standIn.inbox()).incidents;
      states.push(incident && [incident.state, incident.triggers]);
    }
    assert.deepEqual(states, [
      undefined,
      ...[
        ['triggered', 1],
        ['triggered', 2],
        ['acknowledged', 2],
        ['resolved', 2],
        ['resolved', 2],
      ],
    ]);
  });

  for (const kind of ['slack', 'pagerduty'] as const) {
    it(`does not read an answer without an end, at ${kind}`, async () => {
      const endless = await listen((_request, response) => {
        response.writeHead(500, { 'Content-Type': 'text/plain' });
        const timer = setInterval(() => response.write('no '.repeat(30_000)), 1);
        response.on('close', () => clearInterval(timer));
      });
      const delivery = await standIn
        .channel(kind, { url: `${endless.url}/x`, baseUrl: endless.url, ...without(kind) }, 2_000)
        .send(messageOf());
      await endless.stop();
      assert.ok(!delivery.ok);
      assert.deepEqual([delivery.code, delivery.retry], ['500', true]);
      assert.ok(delivery.message.startsWith('no no') && delivery.message.length <= 300, delivery.message);
    });
  }

  it('takes 202 from PagerDuty for a yes, whatever comes after it', async () => {
    const silent = await listen((_request, response) => void response.writeHead(202).flushHeaders());
    const delivery = await standIn.channel('pagerduty', { baseUrl: silent.url }, 500).send(messageOf());
    await silent.stop();
    assert.equal(delivery.ok, true, JSON.stringify(delivery));
  });

  it('names the Twilio code, and tries 20429 again whatever its status', async () => {
    await standIn.script('twilio', { status: 400, code: '21610', times: 1 }, { status: 400, code: '20429' });
    const first = await standIn.channel('sms').send(messageOf());
    const second = await standIn.channel('sms').send(messageOf());
    assert.ok(!first.ok && !second.ok);
    assert.deepEqual([first.code, first.retry, second.code, second.retry], ['21610', false, '20429', true]);
  });
});

/** An address at which somebody listened a moment ago. */
async function closedUrl(): Promise<string> {
  const { url, stop } = await listen(() => undefined);
  await stop();
  return url;
}

/** A kind takes either an address or a base; unknown fields are refused. */
function without(kind: ChannelKind): object {
  return kind === 'slack' || kind === 'webhook' ? { baseUrl: undefined } : { url: undefined };
}
