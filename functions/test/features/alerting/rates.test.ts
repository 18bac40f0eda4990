import assert from 'node:assert/strict';
import type { Notification } from '../../../src/core/alert/notification.ts';
import { claim } from '../../../src/features/alerting/delivery/claim.ts';
import { pauseChannel } from '../../../src/features/alerting/delivery/slot.ts';
import { notifications } from '../../../src/platform/alerts.ts';
import { delivery } from '../../core/alert/fixtures.ts';
import { MINUTE_MS, World } from './world.ts';

const RATES = { slow: { perMin: 60 }, free: {} } as const;

describe('the pace of a channel', function () {
  this.timeout(30_000);
  const world = new World();

  before(() => world.start([]));
  after(() => world.stop());
  beforeEach(() => world.reset());

  async function put(n: number, channelId: keyof typeof RATES): Promise<string[]> {
    const at = new Date(world.clock.now());
    const all = Array.from({ length: n }, (_, i) =>
      delivery({ id: `${channelId}${i}`, episodeId: `e${i}`, channelId, createdAt: at, nextAttemptAt: at }),
    );
    await Promise.all(all.map((each) => notifications().doc(each.id).set(each)));
    return all.map(({ id }) => id);
  }

  const take = (id: string) =>
    claim(id, (channelId) => ({
      ...{ id: channelId, kind: 'webhook', severities: [] },
      rate: RATES[channelId as keyof typeof RATES],
    }));
  const stored = async (id: string): Promise<Notification> =>
    (await notifications().doc(id).get()).data() ?? assert.fail(id);

  it('gives each message a moment of its own, the first at once', async () => {
    const startMs = world.clock.now();
    const ids = await put(6, 'slow');
    // One after the other, and some at the same time: whoever meets another is put off, and none gets the same moment.
    for (const id of ids.slice(0, 3)) await take(id);
    await Promise.all(ids.slice(3).map(take));
    const moments = await Promise.all(
      ids.map(async (id) => {
        const { state, attempts, slotAt } = await stored(id);
        return state === 'sending' ? (attempts[0]?.at.getTime() ?? 0) : (slotAt?.getTime() ?? 0);
      }),
    );
    assert.deepEqual(
      moments.map((ms) => ms - startMs).sort((a, b) => a - b),
      [0, 1_000, 2_000, 3_000, 4_000, 5_000],
    );
  });

  it('keeps the moment for it, however often its task comes before, and a little too early', async () => {
    const [, second = ''] = await put(2, 'slow');
    await take('slow0');
    for (let times = 0; times < 3; times++) assert.equal((await take(second)).kind, 'later');
    const slotMs = (await stored(second)).slotAt?.getTime() ?? 0;
    world.clock.moveTo(slotMs - 200);
    assert.equal((await take(second)).kind, 'ours');
  });

  it('does not let one message have what others wait for', async () => {
    const ids = await put(3, 'slow');
    for (const id of ids) await take(id);
    world.clock.moveTo(world.clock.now() + 2_000);
    for (const id of ids.slice(1)) assert.equal((await take(id)).kind, 'ours', id);
  });

  it('gives up what it would let through only six hours after it was written', async () => {
    const ids = await put(2, 'free');
    await pauseChannel('free', new Date(world.clock.now() + 30 * MINUTE_MS));
    const createdAt = new Date(world.clock.now() - 345 * MINUTE_MS);
    await notifications().doc('free1').update({ createdAt });
    const claims = await Promise.all(ids.map(take));
    assert.deepEqual(
      claims.map(({ kind }) => kind),
      ['later', 'hopeless'],
    );
  });

  it('is no matter where the channel has none', async () => {
    for (const id of await put(5, 'free')) assert.equal((await take(id)).kind, 'ours');
  });
});
