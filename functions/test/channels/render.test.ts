import assert from 'node:assert/strict';
import fc from 'fast-check';
import { renderEmail } from '../../src/channels/email/render.ts';
import { renderEvent } from '../../src/channels/pagerduty/render.ts';
import { renderSlack } from '../../src/channels/slack/render.ts';
import { renderSms } from '../../src/channels/sms/render.ts';
import { renderWebhook } from '../../src/channels/webhook/render.ts';
import type { Message } from '../../src/core/alert/message.ts';
import { INJECTIONS, injected, messageOf } from './messages.ts';

const KEY = 'k'.repeat(32);

/** Every text of a rendered message that is long enough to hold something. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

const huge = (): Message => {
  const text = `${'long '.repeat(4_000)}<&>`;
  const facts = Array.from({ length: 200 }, (_, n) => ({ name: `${n} ${text}`, value: text }));
  return { ...injected(text), facts, dedupKey: 'd'.repeat(400) };
};

describe('channels: e-mail', () => {
  it('says what is wrong, in text and HTML', () => {
    const { email, shortened } = renderEmail(messageOf());
    assert.equal(shortened, false);
    assert.equal(email.subject, '[CRITICAL] Success rate 88.2 % (limit 95 %), veo');
    assert.equal(
      email.text,
      `CRITICAL: Success rate 88.2 % (limit 95 %), veo

Of 412 generations in the last 15 minutes 88.2 % succeeded; the limit of 95 % has been missed for 5 minutes.

Value: 88.2 %
Limit: 95 %
Sample: 412 generations
provider: veo
team: video

Episode: https://dailies.example/api/v1/alerts/low_success_rate.1
Runbook: https://docs.example/runbooks/low_success_rate.md

Rule: Low success rate
Too many generations fail.

Told at 2040-01-01 12:05 UTC.`,
    );
    assert.match(email.html, /background:#b42318[^>]*>CRITICAL</);
    assert.match(email.html, /<a href="https:\/\/dailies\.example\/api\/v1\/alerts\/low_success_rate\.1"/);
  });

  const headwords: [Partial<Message>, string][] = [
    [{ severity: 'warning' }, '[WARNING]'],
    [{ severity: 'info' }, '[INFO]'],
    [{ verb: 'update' }, '[CRITICAL]'],
    [{ verb: 'acknowledge' }, '[ACKNOWLEDGED]'],
    [{ verb: 'resolve' }, '[RESOLVED]'],
    [{ test: true }, '[TEST]'],
  ];
  for (const [changes, headword] of headwords) {
    it(`begins with ${headword}`, () => {
      assert.ok(renderEmail(messageOf(changes)).email.subject.startsWith(headword));
    });
  }

  it('says that it is a test, or may be a repetition', () => {
    const { text, html } = renderEmail(messageOf({ test: true, possiblyDuplicate: true })).email;
    for (const body of [text, html]) assert.match(body, /This is a test\.[\s\S]*may reach you twice/);
  });
});

describe('channels: Slack', () => {
  it('is a headline, a sentence, fields, links and a footnote', () => {
    const { slack, shortened } = renderSlack(messageOf());
    assert.equal(shortened, false);
    assert.equal(slack.text, '🔴 CRITICAL: Success rate 88.2 % (limit 95 %), veo');
    assert.deepEqual(
      slack.blocks.map(({ type }) => type),
      ['header', 'section', 'section', 'section', 'context'],
    );
    assert.deepEqual(slack.blocks[2], {
      type: 'section',
      fields: ['*Value*\n88.2 %', '*Limit*\n95 %', '*Sample*\n412 generations', '*provider*\nveo', '*team*\nvideo'].map(
        (text) => ({ type: 'mrkdwn', text, verbatim: true }),
      ),
    });
    assert.deepEqual(slack.blocks[3], {
      type: 'section',
      text: {
        type: 'mrkdwn',
        text: '<https://dailies.example/api/v1/alerts/low_success_rate.1|Episode>  ·  <https://docs.example/runbooks/low_success_rate.md|Runbook>',
        verbatim: true,
      },
    });
  });

  it('says of which rule and when it tells', () => {
    const { blocks } = renderSlack(messageOf()).slack;
    assert.deepEqual(textsIn(blocks.at(-1)).at(-1), 'Low success rate · 2040-01-01 12:05 UTC');
  });

  it('leaves out the links that do not fit, as Slack counts them', () => {
    const long = (n: number) => ({ label: `Link ${n}`, url: `https://docs.example/${n}${'ü'.repeat(200)}` });
    const { slack, shortened } = renderSlack(messageOf({ links: [1, 2, 3, 4].map(long) }));
    const [links = ''] = textsIn(slack.blocks[3]).filter((text) => text.startsWith('<'));
    assert.ok(shortened && links.length > 2_000 && links.length <= 3_000, `${links.length}`);
    assert.match(links, /\|Link 1>.*\|Link 2>$/s);
  });

  it('keeps to the limits of Block Kit', () => {
    const { slack, shortened } = renderSlack(huge());
    assert.equal(shortened, true);
    assert.ok(slack.blocks.length <= 50);
    for (const block of slack.blocks) {
      const most = block.type === 'header' ? 150 : 'fields' in block ? 2_000 : 3_000;
      for (const text of textsIn(block))
        assert.ok(text.length <= most && text.length > 0, `${block.type} ${text.length}`);
      if ('fields' in block) assert.ok(block.fields.length <= 10);
    }
  });
});

describe('channels: SMS', () => {
  it('is one part with the link', () => {
    assert.deepEqual(renderSms(messageOf()), {
      text: 'Dailies CRITICAL: Success rate 88.2 % (limit 95 %), veo https://dailies.example/api/v1/alerts/low_success_rate.1',
      shortened: false,
    });
  });

  it('cuts the words and never the link, and counts what takes two places', () => {
    for (const title of ['x'.repeat(500), '[]{}'.repeat(100)]) {
      const { text, shortened } = renderSms(messageOf({ title }));
      const places = text.length + [...text].filter((each) => '[]{}'.includes(each)).length;
      assert.ok(shortened && places <= 160 && places > 155, text);
      assert.ok(text.endsWith('... https://dailies.example/api/v1/alerts/low_success_rate.1'), text);
    }
  });

  it('counts the places of a link, too', () => {
    const [brackets, tick] = ['~'.repeat(60), '`'].map((text) => `https://x.example/?${text}`);
    const renderedWith = (url = '') =>
      renderSms(messageOf({ title: 'x'.repeat(200), links: [{ label: 'x', url }] })).text;
    assert.ok(!renderedWith(brackets).includes('~'));
    assert.ok(renderedWith(tick).length <= 134 && renderedWith(tick).endsWith('`'));
  });

  it('makes typography plain, and takes two parts at most of other scripts', () => {
    assert.match(
      renderSms(messageOf({ title: '“p95” ≥ 3 s – slow…' })).text,
      /^Dailies CRITICAL: "p95" >= 3 s - slow\.\.\. /,
    );
    const { text } = renderSms(messageOf({ title: '成功率が低い'.repeat(60), links: [] }));
    assert.ok(text.length <= 134 && text.endsWith('…'), text);
  });
});

describe('channels: PagerDuty', () => {
  it('triggers with all there is to know', () => {
    assert.deepEqual(renderEvent(messageOf(), KEY), {
      shortened: false,
      event: {
        routing_key: KEY,
        event_action: 'trigger',
        dedup_key: 'low_success_rate.3f2a.2040-01-01T12:00Z',
        payload: {
          summary: 'Success rate 88.2 % (limit 95 %), veo',
          source: 'dailies',
          severity: 'critical',
          timestamp: '2040-01-01T12:00:00.000Z',
          component: 'veo',
          group: 'dailies',
          class: 'low_success_rate',
          custom_details: {
            What: messageOf().sentence,
            Rule: 'Low success rate',
            'About the rule': 'Too many generations fail.',
            ...{ Value: '88.2 %', Limit: '95 %', Sample: '412 generations', provider: 'veo', team: 'video' },
          },
        },
        links: [
          { href: 'https://dailies.example/api/v1/alerts/low_success_rate.1', text: 'Episode' },
          { href: 'https://docs.example/runbooks/low_success_rate.md', text: 'Runbook' },
        ],
        client: 'Dailies',
        client_url: 'https://dailies.example/api/v1/alerts/low_success_rate.1',
      },
    });
  });

  const verbs = [
    ['acknowledge', 'acknowledge'],
    ['resolve', 'resolve'],
    ['update', 'trigger'],
  ] as const;
  for (const [verb, action] of verbs) {
    it(`makes ${verb} the action ${action} of the same incident`, () => {
      const { event } = renderEvent(messageOf({ verb }), KEY);
      assert.deepEqual([event.event_action, event.dedup_key], [action, messageOf().dedupKey]);
      assert.equal(event.payload !== undefined, action === 'trigger');
    });
  }

  it('hides nothing where a label is called as a fact is', () => {
    const { event } = renderEvent(messageOf({ labels: { What: 'nothing', provider: 'other' } }), KEY);
    const details = event.payload?.custom_details;
    assert.deepEqual(
      [details?.What, details?.['What (2)'], details?.provider, details?.['provider (2)']],
      [messageOf().sentence, 'nothing', 'veo', 'other'],
    );
  });

  it('keeps to the limits', () => {
    const { event, shortened } = renderEvent(huge(), KEY);
    assert.ok(shortened && (event.payload?.summary.length ?? 0) === 1_024 && event.payload?.summary.endsWith('…'));
    assert.match(event.dedup_key, /^[0-9a-f]{64}$/);
    assert.ok(Buffer.byteLength(JSON.stringify(event)) < 512 * 1_024);
  });
});

describe('channels: webhook', () => {
  it('is the message under a schema version', () => {
    const { body, shortened } = renderWebhook(messageOf({ possiblyDuplicate: true }));
    assert.equal(shortened, false);
    const { verb, dedupKey, ...rest } = messageOf();
    assert.equal(verb, 'trigger');
    assert.deepEqual(body, {
      ...{ schemaVersion: 1, type: 'alert.triggered', test: false },
      ...rest,
      ...{ episodeKey: dedupKey, possiblyDuplicate: true },
    });
  });

  it('is bounded', () => {
    const { body, shortened } = renderWebhook(huge());
    assert.ok(shortened && JSON.stringify(body).length < 1_000_000);
  });
});

describe('channels: what people write is harmless', () => {
  for (const text of INJECTIONS) {
    it(JSON.stringify(text), () => {
      const message = injected(text);
      const email = renderEmail(message).email;
      assert.doesNotMatch(email.subject, /[\p{Cc}\u202e\u2066\ufeff]/u);
      assert.doesNotMatch(email.html, /<script|<img|<%|href="javascript|\u202e/i);
      assert.doesNotMatch(email.html, /href="(?!https:\/\/dailies\.example\/)/);
      const { slack } = renderSlack(message);
      for (const each of textsIn(slack)) {
        assert.doesNotMatch(each.replace(/<https:\/\/dailies\.example\/\?a=1&amp;b=%3Cx%3E%7Cy\|[^<>]*>/g, ''), /[<>]/);
      }
      for (const rendered of [email, slack, renderSms(message), renderEvent(message, KEY), renderWebhook(message)]) {
        for (const each of textsIn(rendered)) {
          assert.doesNotMatch(each, /(?!\n)[\p{Cc}\u202e\u2066\ufeff]/u);
          assert.ok(each.isWellFormed());
        }
      }
      assert.doesNotMatch(JSON.stringify([renderEvent(message, KEY), slack]), /javascript:alert\(1\)"[,}]/);
    });
  }

  it('leaves template marks as they are', () => {
    const { email } = renderEmail(injected('{{7*7}}'));
    assert.ok(email.subject.includes('{{7*7}}') && !email.html.includes('49'));
  });

  it('renders any text within the limits', () => {
    const text = fc.string({ unit: 'binary', maxLength: 3_000 });
    fc.assert(
      fc.property(text, (any) => {
        const message = injected(any);
        const sms = renderSms(message).text;
        assert.ok(sms.length <= 160 && sms.isWellFormed());
        const { subject } = renderEmail(message).email;
        assert.ok(subject.length <= 150 && !/[\r\n]/.test(subject));
        for (const block of renderSlack(message).slack.blocks) {
          for (const each of textsIn(block)) assert.ok(each.length > 0 && each.length <= 3_000 && each.isWellFormed());
        }
        assert.ok((renderEvent(message, KEY).event.payload?.summary.length ?? 0) <= 1_024);
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});
