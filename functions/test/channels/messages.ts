import type { Message } from '../../src/core/alert/message.ts';

/** A message as an episode leads to it. */
export function messageOf(changes: Partial<Message> = {}): Message {
  return {
    dedupKey: 'low_success_rate.3f2a.2040-01-01T12:00Z',
    messageId: 'n-0001',
    verb: 'trigger',
    severity: 'critical',
    reason: 'held_long_enough',
    title: 'Success rate 88.2 % (limit 95 %), veo',
    sentence:
      'Of 412 generations in the last 15 minutes 88.2 % succeeded; the limit of 95 % has been missed for 5 minutes.',
    rule: { slug: 'low_success_rate', name: 'Low success rate', description: 'Too many generations fail.' },
    group: { provider: 'veo' },
    labels: { team: 'video' },
    facts: [
      { name: 'Value', value: '88.2 %' },
      { name: 'Limit', value: '95 %' },
      { name: 'Sample', value: '412 generations' },
    ],
    beganAt: '2040-01-01T12:00:00.000Z',
    at: '2040-01-01T12:05:00.000Z',
    links: [
      { label: 'Episode', url: 'https://dailies.example/api/v1/alerts/low_success_rate.1' },
      { label: 'Runbook', url: 'https://docs.example/runbooks/low_success_rate.md' },
    ],
    ...changes,
  };
}

/** What somebody may write into a name, a label or a note to make a channel do something. */
export const INJECTIONS = [
  '{{7*7}}',
  `$${'{7*7}'}`,
  '<%= 7*7 %>',
  '<!channel> <!here> <@U123> <#C123>',
  '@everyone @channel',
  '<https://evil.example|click here>',
  '[click](https://evil.example)',
  '<script>alert(1)</script><img src=x onerror=alert(1)>',
  '"><a href="javascript:alert(1)">x</a>',
  'subject\r\nBcc: everybody@evil.example',
  '\u0000\u0007\u001b[31m\u202e\u2066\ufeff',
  '\ud800 half',
];

/** A message in which every text of people's own is this. */
export function injected(text: string): Message {
  return messageOf({
    title: text,
    sentence: text,
    rule: { slug: 'injected', name: text, description: text },
    group: { provider: text },
    labels: { label: text },
    facts: [{ name: text, value: text }],
    links: [
      { label: text, url: 'https://dailies.example/?a=1&b=<x>|y' },
      { label: 'bad', url: 'javascript:alert(1)' },
    ],
  });
}
