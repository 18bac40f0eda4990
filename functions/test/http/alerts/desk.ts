import type { Episode, TimelineEntry } from '../../../src/core/alert/episode.ts';
import type { Notification } from '../../../src/core/alert/notification.ts';
import { shardOf } from '../../../src/core/shard.ts';
import { database } from '../../stack/harness.ts';

/** Puts an episode into the store, with the first line of its timeline. */
export async function put(episode: Episode): Promise<void> {
  const { id, ...fields } = episode;
  const store = (await database()).collection('alert_instances').doc(id);
  const first: TimelineEntry = {
    ...{ seq: 1, at: episode.beganAt, reason: 'met_at_once', sentence: 'It fell.' },
    ...{ state: episode.state, severity: episode.severity },
  };
  await store.set({ ...fields, shard: shardOf(id) });
  await store.collection('timeline').doc('1').set(first);
}

/** Puts a delivery into the outbox. */
export async function putDelivery({ id, ...fields }: Notification): Promise<void> {
  await (await database()).collection('notifications').doc(id).set(fields);
}

/** A rule that a test can make. */
export const RULE = {
  slug: 'slow_veo',
  name: 'Veo is slow',
  metric: 'totalMsP95',
  filters: { provider: 'google' },
  windowMin: 15,
  condition: { type: 'threshold', op: '>', warning: 300_000, critical: 600_000 },
  // biome-ignore lint/suspicious/noTemplateCurlyInString: text that some template engine would run
  labels: { team: '<b>video</b> {{7*7}} ${x}' },
};
