import assert from 'node:assert/strict';
import { messageOf } from '../../../src/core/alert/messageOf.ts';
import { ALERT_METRICS } from '../../../src/core/alert/metric.ts';
import { nextAttempt } from '../../../src/core/alert/nextAttempt.ts';
import { recipients } from '../../../src/core/alert/recipients.ts';
import { observed } from '../../../src/core/alert/sentence.ts';
import { formatValue } from '../../../src/core/alert/unit.ts';
import { MINUTE_MS, Play, ruleOf, START_MS } from './play.ts';

const success = ruleOf({
  ...{ metric: 'successRate', windowMin: 15 },
  condition: { type: 'threshold', op: '<', warning: 0.95 },
});
const quarter = {
  fromMs: START_MS + 125 * MINUTE_MS,
  toMs: START_MS + 140 * MINUTE_MS,
  atMs: START_MS + 140 * MINUTE_MS,
};

describe('what people read of an alert', () => {
  it('is what was seen, on what it rests, when, and what the limit is', () => {
    assert.equal(
      observed(success, { ...quarter, value: 120 / 136, n: 136 }),
      'Success rate was 88.2 % (120 of 136) from 14:05 to 14:20 UTC; the limit is 95 %.',
    );
  });

  it('has as many digits as tell the value from the limit', () => {
    assert.equal(
      observed(success, { ...quarter, value: 0.94996, n: 100_000 }),
      'Success rate was 94.996 % (94996 of 100000) from 14:05 to 14:20 UTC; the limit is 95 %.',
    );
  });

  it('does not make up a sample for a share that rests on none', () => {
    const cap = ruleOf({ metric: 'dailyCapShare', condition: { type: 'threshold', op: '>=', warning: 0.8 } });
    assert.equal(
      observed(cap, { ...quarter, value: 0.85, n: 1 }),
      "Share of the day's spending cap was 85 % from 14:05 to 14:20 UTC; the limit is 80 %.",
    );
  });

  it('compares', () => {
    const rule = ruleOf({
      ...{ metric: 'revenueUsd', windowMin: 7 * 1_440 },
      condition: { type: 'change', direction: 'down', against: 'week', warning: 0.2 },
    });
    const week = { fromMs: START_MS - 7 * 1_440 * MINUTE_MS, toMs: START_MS, atMs: START_MS };
    assert.equal(
      observed(rule, { ...week, value: 85, before: 400, n: 4 }),
      'Revenue was 85.00 USD (4 samples) from 2039-12-25 12:00 to 2040-01-01 12:00 UTC, 78.8 % less than the 400.00 USD of a week before; the limit is 20 %.'.replace(
        ' (4 samples)',
        '',
      ),
    );
  });

  it('says why there is no number', () => {
    assert.match(observed(success, { ...quarter, n: 0 }), /^Success rate: no data from 14:05 to 14:20 UTC\.$/);
    assert.match(
      observed({ ...success, minSamples: 20 }, { ...quarter, value: 0.5, n: 3 }),
      /rested on 3 samples from 14:05 to 14:20 UTC; the rule asks for 20\.$/,
    );
  });

  const values: [Parameters<typeof formatValue>[0], number, string][] = [
    ['ratio', 0.8824, '88.2 %'],
    ['count', 1_234, '1,234'],
    ['ms', 850, '850 ms'],
    ['ms', 92_400, '92.4 s'],
    ['ms', 300_000, '5 min'],
    ['ms', 9_000_000, '2.5 h'],
    ['min', 6, '6 min'],
    ['days', 1, '1 day'],
    ['days', 29, '29 days'],
    ['usd', 3.5, '3.50 USD'],
    ['stars', 3.84, '3.8 of 5'],
    ['score10', 7.96, '8 of 10'],
    ['count', -0.2, '-0.2'],
  ];
  for (const [unit, value, text] of values) {
    it(`writes ${value} ${unit} as ${text}`, () => assert.equal(formatValue(unit, value), text));
  }

  it('has a name for every metric', () => {
    const labels = Object.values(ALERT_METRICS).map(({ label }) => label);
    assert.equal(new Set(labels).size, labels.length);
    for (const label of labels) assert.match(label, /^[A-Z0-9]/);
    assert.equal(ALERT_METRICS.totalMsP95?.label, '95th percentile of generation time');
    assert.equal(ALERT_METRICS.ratingMean?.label, 'Mean user rating');
    assert.equal(ALERT_METRICS.failed?.label, 'Failed generations');
    assert.equal(ALERT_METRICS.videosDelivered?.label, 'Videos delivered');
  });

  it('is one message with a title, facts, and nothing unseen in what others named', () => {
    const play = new Play(
      {
        metric: 'errorRate',
        condition: { type: 'threshold', op: '>', critical: 0.2 },
        labels: { team: '<b>{{7*7}}</b>' },
      },
      { provider: `goo\u0007gle\u202e${'x'.repeat(200)}`, model: 'veo' },
    ).see(0.25);
    const [effect, entry] = [play.effects[0] ?? assert.fail(), play.timeline[0] ?? assert.fail()];
    const links = [{ label: 'Runbook', url: 'https://example.test/r' }];
    const message = messageOf(play.rule, play.latest, effect, entry, links);
    assert.equal(message.title, `Error rate 25 % (limit 20 %), provider goo gle ${'x'.repeat(91)}…, model veo`);
    assert.match(message.group.provider ?? '', /^goo gle x+…$/);
    assert.deepEqual(message.facts, [
      { name: 'Since', value: '2040-01-01 12:01 UTC' },
      { name: 'Value', value: '25 %' },
      { name: 'Limit', value: '20 %' },
      { name: 'Sample', value: '1' },
      { name: 'Window', value: '11:56 to 12:01 UTC' },
    ]);
    assert.deepEqual([message.dedupKey, message.verb, message.severity], [play.latest.id, 'trigger', 'critical']);
    assert.deepEqual([message.links, message.labels], [links, { team: '<b>{{7*7}}</b>' }]);
  });

  it('says in the title that it is over', () => {
    const play = new Play({ name: 'Work piles up' }).see(11, 9);
    const [effect, entry] = [play.effects[1] ?? assert.fail(), play.timeline[1] ?? assert.fail()];
    const { title, sentence } = messageOf(play.rule, play.latest, effect, entry, []);
    assert.equal(title, 'Work piles up: over');
    assert.equal(sentence, 'Waiting tasks: 9 from 11:57 to 12:02 UTC; the limit is 10. It is over.');
  });
});

describe('whom a message goes to', () => {
  const channels = [
    { id: 'mail', kind: 'email', severities: ['critical', 'warning'] },
    { id: 'chat', kind: 'slack', severities: ['critical', 'warning', 'info'] },
    { id: 'phone', kind: 'sms', severities: ['critical'] },
    { id: 'pager', kind: 'pagerduty', severities: ['critical'] },
  ] as const;
  const notify = { kind: 'notify', verb: 'trigger', reason: 'met_at_once', key: '1.met_at_once' } as const;

  for (const [severity, expected] of [
    ['info', ['chat']],
    ['warning', ['mail', 'chat']],
    ['critical', ['mail', 'chat', 'phone', 'pager']],
  ] as const) {
    it(`is by ${severity} ${expected.join(', ')}`, () => {
      assert.deepEqual(recipients({ ...notify, severity, to: 'route' }, channels), {
        channelIds: expected,
        unknown: [],
      });
    });
  }

  it('is who a step names, by id or kind, once, and says which are none', () => {
    const to = ['pager', 'sms', 'pagerduty', 'fax'];
    assert.deepEqual(recipients({ ...notify, severity: 'warning', to }, channels), {
      ...{ channelIds: ['phone', 'pager'], unknown: ['fax'] },
    });
  });

  it('is also whom an escalation called', () => {
    const also = ['sms', 'fax'];
    assert.deepEqual(recipients({ ...notify, severity: 'info', to: 'route', also }, channels), {
      ...{ channelIds: ['chat', 'phone'], unknown: [] },
    });
  });
});

describe('another attempt', () => {
  const createdAt = new Date(START_MS);

  it('comes later and later, and outlasts an hour and more', () => {
    const waits: number[] = [];
    let now = createdAt;
    for (let attempts = 1; attempts < 100; attempts++) {
      const next = nextAttempt(attempts, { retry: true }, createdAt, now);
      if (!next) break;
      waits.push((next.getTime() - now.getTime()) / MINUTE_MS);
      now = next;
    }
    assert.deepEqual(waits.slice(0, 8), [0.5, 1, 2, 4, 8, 10, 10, 10]);
    assert.equal(waits.length, 39);
    assert.ok(now.getTime() - createdAt.getTime() <= 6 * 60 * MINUTE_MS);
  });

  it('is none for what will never be taken', () => {
    assert.equal(nextAttempt(1, { retry: false }, createdAt, createdAt), undefined);
  });

  it('is not before the vendor allows it', () => {
    assert.deepEqual(
      nextAttempt(1, { retry: true, retryAfterMs: 90_000 }, createdAt, createdAt),
      new Date(START_MS + 90_000),
    );
  });
});
