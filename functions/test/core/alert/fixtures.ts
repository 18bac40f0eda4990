import type { Episode } from '../../../src/core/alert/episode.ts';
import type { Notification } from '../../../src/core/alert/notification.ts';

const BEGAN = new Date('2040-01-01T12:00:00Z');

/** An episode that fires, but for `fields`. */
export function episode(fields: Partial<Episode> = {}): Episode {
  return {
    ...{
      id: 'low_success_rate.0.1',
      rule: 'low_success_rate',
      ruleName: 'Low success rate',
      group: {},
      groupKey: '{}',
    },
    ...{ state: 'firing', severity: 'warning', peakSeverity: 'warning', live: true, seq: 1 },
    ...{ beganAt: BEGAN, firedAt: BEGAN, openings: [BEGAN], flapping: false },
    escalation: { step: 0, round: 0 },
    ...fields,
  };
}

/** A delivery that waits for its first attempt, but for `fields`. */
export function delivery(fields: Partial<Notification> = {}): Notification {
  return {
    ...{ id: 'n', episodeId: 'low_success_rate.0.1', rule: 'low_success_rate', key: '1.met_at_once' },
    ...{ seq: 1, channelId: 'mail', channelKind: 'email', state: 'waiting', attempts: [], createdAt: BEGAN },
    ...{ possiblyDuplicate: false, shard: 0, expireAt: new Date('2040-04-01T12:00:00Z') },
    message: {
      ...{ dedupKey: 'd', messageId: 'n', verb: 'trigger', severity: 'warning', reason: 'met_at_once' },
      title: 'Success rate 88.2 % (limit 95 %)',
      sentence: 'Success rate was 88.2 %.',
      rule: { slug: 'low_success_rate', name: 'Low success rate', description: '' },
      ...{ group: {}, labels: {}, facts: [], links: [] },
      ...{ beganAt: BEGAN.toISOString(), at: BEGAN.toISOString() },
    },
    ...fields,
  };
}
