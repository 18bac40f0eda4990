import { fire } from './caller.ts';
import { until } from './place.ts';
import type { Step, Who } from './step.ts';

const told = (who: Who, expected: { events: string[]; ledger: string[] }): Step => ({
  name: `what the log and the ledger say of ${who}'s`,
  expected,
  async run({ admin, ids }) {
    const { body } = await admin('GET', `/admin/generations/${ids[who]}`);
    const events = body.history.map(({ type }: { type: string }) => type.replace('generation.', ''));
    const ledger = body.ledger.map(
      ({ kind, moves }: { kind: string; moves: { available?: number } }) => `${kind} ${moves.available ?? 0}`,
    );
    return { events, ledger };
  },
});

const measured = (who: Who, expected: object): Step => ({
  name: `the trigger measured ${who}'s`,
  expected,
  async run({ place, users, ids }) {
    const { outcome, attempts, videosDelivered, videosBlocked, costUsd, ratingStars } = await until(
      place,
      `metrics of ${who}'s generation`,
      async () => {
        const { status, body } = await users[who]('GET', `/generations/${ids[who]}/metrics`);
        // A rating comes last and is projected last.
        return status === 200 && (who !== 'ann' || body.ratingStars !== undefined) ? body : undefined;
      },
    );
    return { outcome, attempts, videosDelivered, videosBlocked, costUsd, ...(ratingStars && { ratingStars }) };
  },
});

const COUNTED = 'arrivals ended succeeded failed blocked cancelled expired attempts retries videosDelivered videoSec';

/** What remains of it: log, ledger, metrics, and the numbers that a fired schedule makes of them. */
export const RECORD_STEPS: readonly Step[] = [
  told('ann', {
    events: ['requested', 'submitted', 'succeeded', 'rated'],
    ledger: ['hold -40', 'capture 0'],
  }),
  told('ben', { events: ['requested', 'submitted', 'cancelled'], ledger: ['hold -40', 'release 40'] }),
  told('cleo', { events: ['requested', 'submitted', 'blocked'], ledger: ['hold -40', 'release 40'] }),
  told('dan', { events: ['requested', 'retried', 'submitted', 'succeeded'], ledger: ['hold -40', 'capture 0'] }),
  measured('ann', {
    ...{ outcome: 'succeeded', attempts: 1, videosDelivered: 1, videosBlocked: 0, costUsd: 0.4, ratingStars: 5 },
  }),
  measured('ben', { outcome: 'cancelled', attempts: 1, videosDelivered: 0, videosBlocked: 0, costUsd: 0 }),
  measured('cleo', { outcome: 'blocked', attempts: 1, videosDelivered: 0, videosBlocked: 1, costUsd: 0 }),
  measured('dan', { outcome: 'succeeded', attempts: 2, videosDelivered: 1, videosBlocked: 0, costUsd: 0.4 }),
  {
    name: 'the sweeper is fired',
    expected: 200,
    run: ({ place }) => fire(place, 'sweepGenerations'),
  },
  {
    name: 'the aggregation is fired, and /summary counts it',
    expected: {
      ...{
        arrivals: 4,
        ended: 4,
        succeeded: 2,
        failed: 0,
        blocked: 1,
        cancelled: 1,
        expired: 0,
        attempts: 5,
        retries: 1,
      },
      ...{ videosDelivered: 2, videoSec: 8, users: 4, ratings: 1 },
    },
    async run({ place, analyst }) {
      return until(place, 'all four in /summary', async () => {
        const status = await fire(place, 'aggregateEvents');
        if (status !== 200) throw new Error(`aggregateEvents answered ${status}`);
        const { metrics } = (await analyst('GET', '/summary?range=24h')).body;
        if (metrics.ended.value < 4 || metrics.ratings.n < 1) return undefined;
        const counted = COUNTED.split(' ').map((name) => [name, metrics[name].value]);
        return { ...Object.fromEntries(counted), users: metrics.users.value, ratings: metrics.ratings.n };
      });
    },
  },
  {
    name: 'ann deletes it',
    expected: { status: 200, deleted: true, links: 0 },
    async run({ users, ids }) {
      const { status, body } = await users.ann('DELETE', `/generations/${ids.ann}`);
      const links = body.outputs.filter(({ url }: { url?: string }) => url !== undefined).length;
      return { status, deleted: body.deletedAt !== undefined, links };
    },
  },
];
