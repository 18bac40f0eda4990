import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { parseDotenv } from '../../../local/host/functions/dotenv.ts';
import { localChannels } from '../../../local/vendors/notifications/accounts.ts';
import { redacted, retryAfterMsOf, unanswered } from '../../src/channels/failure.ts';
import { channelById, channelProblems, channels } from '../../src/channels/index.ts';
import { parseChannels } from '../../src/channels/parse.ts';
import { cut, oneLine, plain } from '../../src/channels/text.ts';
import { messageOf } from './messages.ts';

const LOCAL = localChannels('http://127.0.0.1:9');
const [email, slack, sms, pagerduty, webhook] = LOCAL;

describe('channels: settings', () => {
  let before: string | undefined;
  beforeEach(() => {
    before = process.env.ALERT_CHANNELS;
  });
  afterEach(() => {
    if (before === undefined) delete process.env.ALERT_CHANNELS;
    else process.env.ALERT_CHANNELS = before;
  });

  it('are listed without secrets, with what each is told of and how often it may be', () => {
    process.env.ALERT_CHANNELS = JSON.stringify(LOCAL);
    assert.deepEqual(channels(), [
      { id: 'team-email', kind: 'email', severities: ['critical', 'warning'], rate: { perSec: 10 } },
      { id: 'team-slack', kind: 'slack', severities: ['critical', 'warning', 'info'], rate: { perSec: 1 } },
      { id: 'oncall-sms', kind: 'sms', severities: ['critical'], rate: { perSec: 1 } },
      { id: 'oncall-pagerduty', kind: 'pagerduty', severities: ['critical'], rate: { perMin: 120 } },
      { id: 'team-webhook', kind: 'webhook', severities: ['critical', 'warning', 'info'], rate: {} },
    ]);
    assert.deepEqual(channelProblems(), []);
  });

  it('are none where there is no secret, or an empty list', () => {
    for (const json of [undefined, '', ' ', '[]']) {
      if (json === undefined) delete process.env.ALERT_CHANNELS;
      else process.env.ALERT_CHANNELS = json;
      assert.deepEqual([channels(), channelProblems()], [[], []]);
    }
  });

  it('may name the severities', () => {
    process.env.ALERT_CHANNELS = JSON.stringify([{ ...slack, severities: ['critical'] }]);
    assert.deepEqual(channels()[0]?.severities, ['critical']);
  });

  it('refuse by name whoever sends to a channel that is not there', async () => {
    process.env.ALERT_CHANNELS = '[]';
    for (const verb of ['send', 'sendTest'] as const) {
      const delivery = await channelById('gone')[verb](messageOf());
      assert.ok(!delivery.ok);
      assert.deepEqual([delivery.retry, delivery.uncertain, delivery.code], [false, false, 'no_such_channel']);
    }
  });

  const mistakes: [unknown, RegExp][] = [
    [{ ...email, apiKey: 'not-a-key' }, /^channel team-email: apiKey: .*SG\./],
    [{ ...email, to: [] }, /^channel team-email: to: /],
    [{ ...email, to: ['nobody'] }, /^channel team-email: to\.0: /],
    [{ ...email, colour: 'red' }, /^channel team-email: it: .*colour/],
    [{ ...slack, url: 'http://hooks.slack.example/x' }, /^channel team-slack: url: https is needed/],
    [{ ...slack, url: 'https://user:word@hooks.slack.example/x' }, /^channel team-slack: url: no user name/],
    [{ ...sms, to: '0123' }, /^channel oncall-sms: to: /],
    [{ ...sms, accountSid: 'SK1' }, /^channel oncall-sms: accountSid: /],
    [{ ...pagerduty, routingKey: 'short' }, /^channel oncall-pagerduty: routingKey: 32 letters/],
    [{ ...webhook, secret: 'whsec_dGVzdA==' }, /^channel team-webhook: secret: /],
    [{ ...webhook, url: 'ftp://x.example/' }, /^channel team-webhook: url: /],
    [{ ...webhook, id: 'No Spaces!' }, /^channel number 1: id: /],
    [{ ...webhook, severities: ['urgent'] }, /^channel team-webhook: severities\.0: /],
    [{ id: 'x', kind: 'pigeon' }, /^channel x: kind: /],
    ['text', /^channel number 1: it: /],
  ];
  for (const [mistake, problem] of mistakes) {
    it(`tell of ${problem.source}, and leave the others alone`, () => {
      const { settings, problems } = parseChannels(JSON.stringify([mistake, { ...slack, id: 'other' }]));
      assert.deepEqual(
        settings.map(({ id }) => id),
        ['other'],
      );
      assert.match(problems[0] ?? '', problem);
      for (const secret of ['not-a-key', 'user:word', 'short', 'dGVzdA']) assert.ok(!problems.join().includes(secret));
    });
  }

  it('are explained by an example that is right', async () => {
    const example = await readFile(new URL('../../.secret.local.example', import.meta.url), 'utf8');
    const { ALERT_CHANNELS = '' } = parseDotenv(example);
    const { settings, problems } = parseChannels(ALERT_CHANNELS);
    assert.deepEqual(problems, []);
    assert.deepEqual(settings.map(({ kind }) => kind).sort(), ['email', 'pagerduty', 'slack', 'sms', 'webhook']);
  });

  it('take an id once', () => {
    const { settings, problems } = parseChannels(JSON.stringify([slack, { ...webhook, id: 'team-slack' }]));
    assert.deepEqual([settings.length, settings[0]?.kind], [1, 'slack']);
    assert.deepEqual(problems, ['channel team-slack: id: another channel has it already']);
  });

  it('are read or told of, whatever they are, and never shown', () => {
    for (const json of ['{"secret-1":', '"secret-1"', '{"a":"secret-1"}', 'null']) {
      assert.deepEqual(parseChannels(json), {
        settings: [],
        problems: ['ALERT_CHANNELS must be a JSON list of channels'],
      });
    }
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { maxLength: 5 }), (entries) => {
        const { settings, problems } = parseChannels(JSON.stringify(entries));
        assert.ok(settings.length === 0 && problems.length >= entries.length);
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});

describe('channels: texts and failures', () => {
  it('cuts between characters, never within one', () => {
    assert.deepEqual([cut('abcdef', 6), cut('abcdefg', 6), cut('abcd😀fg', 6)], ['abcdef', 'abcde…', 'abcd…']);
  });

  it('takes away what cannot be seen', () => {
    assert.equal(plain('a\r\nb\u0000\u202ec\ufeff\td'), 'a\nbc d');
    assert.equal(oneLine(' a\r\n\r\nb '), 'a b');
  });

  it('hides secrets, the longest first, and is short', () => {
    assert.equal(
      redacted('at https://x.example/s3cret\nand s3cret', ['s3cret', 'https://x.example/s3cret']),
      'at [hidden] and [hidden]',
    );
    assert.equal(redacted('y'.repeat(1_000), []).length, 300);
  });

  it('reads Retry-After in seconds and as a date, an hour at most', () => {
    const inAMinute = new Date(Date.now() + 60_000).toUTCString();
    assert.deepEqual(
      ['7', '999999', 'soon', '', null].map((header) => retryAfterMsOf(header)),
      [7_000, 3_600_000, undefined, undefined, undefined],
    );
    const waitMs = retryAfterMsOf(inAMinute) ?? 0;
    assert.ok(waitMs > 50_000 && waitMs <= 60_000, `${waitMs}`);
  });

  it('knows a connection that was never made, however deep it is said', () => {
    const refused = Object.assign(new Error('x'), { code: 'ECONNREFUSED' });
    const lost = Object.assign(new Error('x'), { code: 'ECONNRESET' });
    for (const [error, uncertain] of [
      [new TypeError('fetch failed', { cause: refused }), false],
      [Object.assign(new Error('y'), { original: new TypeError('fetch failed', { cause: refused }) }), false],
      [new AggregateError([refused]), false],
      [lost, true],
      ['text', true],
    ] as const) {
      assert.equal(unanswered(error, []).uncertain, uncertain);
    }
  });
});
