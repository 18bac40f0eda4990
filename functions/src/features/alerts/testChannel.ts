import type { Delivery } from '../../channels/channel.ts';
import { channelById, channels } from '../../channels/index.ts';
import type { Message } from '../../core/alert/message.ts';
import { AppError } from '../../core/errors.ts';
import { recordAudit } from '../../platform/audit.ts';
import { now } from '../../platform/clock.ts';
import { firestore } from '../../platform/firestore.ts';
import { randomHex } from '../../platform/random.ts';
import type { By } from './actOn.ts';

/** Sends a test to one channel, now, and answers what came of it. Throws AppError `not_found`. */
export async function testChannel(by: By, channelId: string): Promise<Delivery> {
  if (!channels().some(({ id }) => id === channelId)) throw new AppError('not_found', 'There is no such channel.');
  const batch = firestore().batch();
  recordAudit(batch, { ...by, action: 'alert_channel.tested', target: { type: 'alert_channel', id: channelId } });
  await batch.commit();
  return (await channelById(channelId)).sendTest(testMessage(`test-${randomHex(12)}`, now().toISOString()));
}

function testMessage(id: string, at: string): Message {
  return {
    ...{ dedupKey: id, messageId: id, verb: 'trigger', severity: 'info', reason: 'note', test: true },
    title: 'This is a test of Dailies',
    sentence: 'Somebody has asked for a test of this channel. Nothing is wrong, and nothing has to be done.',
    rule: { slug: 'test', name: 'Test', description: '' },
    ...{ group: {}, labels: {}, facts: [], beganAt: at, at, links: [] },
  };
}
