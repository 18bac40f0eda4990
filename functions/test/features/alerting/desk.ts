import assert from 'node:assert/strict';
import type { RuleInput } from '../../../src/core/alert/rule.ts';
import { alertEpisodes, notifications, timeline } from '../../../src/platform/alerts.ts';
import { capturedLogs, type Logs } from '../../stack/harness.ts';
import { Receiver } from './receiver.ts';
import { World } from './world.ts';

/** Fires at once when a minute has more than three errors. */
export const ERRORS: RuleInput = {
  ...{ slug: 'errors', name: 'Errors', metric: 'errorCount', windowMin: 1 },
  condition: { type: 'threshold', op: '>', critical: 3 },
};

/**
 * A world for the tests of a describe, whose channels, by id and with what is special of them, lead to a receiver. Each test
 * begins with one rule, of errors, and nothing received.
 */
export function startDesk(channels: Readonly<Record<string, object>>) {
  const world = new World();
  const receiver = new Receiver();
  let logs: Logs;
  before(async () => {
    logs = capturedLogs();
    await receiver.start();
    await world.start(Object.entries(channels).map(([id, more]) => receiver.channel(id, more)));
  });
  after(async () => {
    await world.stop();
    await receiver.stop();
    logs.restore();
  });
  beforeEach(async () => {
    world.reset();
    receiver.received.length = 0;
    receiver.answers.clear();
    receiver.onReceived = undefined;
    await world.putRules([ERRORS]);
  });
  return { world, receiver };
}

/** Every notification that there is. */
export const outbox = async () => (await notifications().get()).docs.map((doc) => doc.data());

/** The notification to a channel. */
export const to = async (channelId: string) =>
  (await outbox()).find((each) => each.channelId === channelId) ?? assert.fail(`nothing goes to ${channelId}`);

/** The only episode. */
export const episode = async () => (await alertEpisodes().get()).docs[0]?.data() ?? assert.fail('no episode');

/** Why the episode's steps were taken, in order. */
export const reasons = async () =>
  (await timeline((await episode()).id).get()).docs
    .map((doc) => doc.data())
    .sort((a, b) => a.seq - b.seq)
    .map(({ reason }) => reason);
