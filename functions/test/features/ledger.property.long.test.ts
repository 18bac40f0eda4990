import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import fc from 'fast-check';
import { WriteBatch } from 'firebase-admin/firestore';
import { MovableClock } from '../../../local/clock.ts';
import { type RunningFirestore, startFirestore } from '../../../local/firestore/index.ts';
import { endFirebaseApps } from '../../../local/stack/firebase-apps.ts';
import { INDEXES_FILE, PROJECT_ID } from '../../../local/stack/project.ts';
import { AppError } from '../../src/core/errors.ts';
import { type Cost, costOf, fullCostUsdMicros } from '../../src/core/generation/cost.ts';
import type { Command } from '../../src/core/generation/decision.ts';
import { type Asked, isTerminal } from '../../src/core/generation/state.ts';
import { attemptFailed, rendered, stored } from '../../src/core/generation/transitions/render.ts';
import { cancel } from '../../src/core/generation/transitions/request.ts';
import { accepted, beginAttempt } from '../../src/core/generation/transitions/submit.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../src/core/settings/settings.ts';
import { shardOf } from '../../src/core/shard.ts';
import { reconcileLedger } from '../../src/features/credits/index.ts';
import { admitOrFind } from '../../src/features/generation/admission.ts';
import { transact } from '../../src/features/generation/apply.ts';
import { generations, usage, users } from '../../src/platform/collections.ts';

const SIGNUP = 300;
const MANY = 1_000;
const TIER = {
  ...{ signupCredits: SIGNUP, concurrentGenerations: MANY, requestsPerMinute: MANY },
  ...{ generationsPerDay: MANY, creditsPerDay: MANY, creditsPer30Days: MANY },
};
const SETTINGS: Settings = { ...DEFAULT_SETTINGS, limits: { free: TIER, premium: TIER } };
const USERS = ['ann', 'bob'];
const GENERATIONS = 6;

/** One thing that somebody does to one generation; `crash` says at which of its commits the process dies, and on which side. */
interface Deed {
  generation: number;
  what: 'request' | 'begin' | 'accept' | 'render' | 'store' | 'fail' | 'block' | 'expire' | 'cancel';
  crash: 'before' | 'after' | undefined;
  copies: number;
}

const deeds = fc.array(
  fc.record({
    generation: fc.nat(GENERATIONS - 1),
    what: fc.constantFrom<Deed['what'][]>(
      ...(['request', 'request', 'begin', 'begin', 'accept', 'render', 'render', 'store', 'store'] as const),
      ...(['fail', 'block', 'expire', 'cancel'] as const),
    ),
    crash: fc.option(fc.constantFrom('before' as const, 'after' as const), { nil: undefined, freq: 3 }),
    copies: fc.constantFrom(1, 1, 2, 3),
  }),
  { minLength: 10, maxLength: 60 },
);

class Crash extends Error {}
/** The gRPC code upon which Firestore's client does a transaction again. */
const UNAVAILABLE = 14;

describe('the ledger, whatever happens', function () {
  this.timeout(120_000);
  const crash = new AsyncLocalStorage<{ side: 'before' | 'after' | 'unanswered' | undefined }>();
  const prototype = WriteBatch.prototype as unknown as { _commit(...args: unknown[]): Promise<unknown> };
  const commit = prototype._commit;
  let firestore: RunningFirestore;

  before(async () => {
    await endFirebaseApps();
    firestore = await startFirestore({ projectId: PROJECT_ID, clock: new MovableClock(), indexesFile: INDEXES_FILE });
    Object.assign(process.env, { FIRESTORE_EMULATOR_HOST: firestore.host, GCLOUD_PROJECT: PROJECT_ID });
    prototype._commit = async function (...args) {
      const plan = crash.getStore();
      const side = plan?.side;
      if (plan) plan.side = undefined;
      if (side === 'before') throw new Crash();
      const answer = await commit.apply(this, args);
      if (side === 'after') throw new Crash();
      if (side === 'unanswered') throw Object.assign(new Error('lost on the way'), { code: UNAVAILABLE });
      return answer;
    };
  });
  after(async () => {
    prototype._commit = commit;
    await endFirebaseApps();
    delete process.env.FIRESTORE_EMULATOR_HOST;
    await firestore?.stop();
  });

  const uidOf = (n: number) => USERS[n % USERS.length] ?? '';
  const videosOf = (n: number) => 1 + (n % 4);

  async function act({ generation: n, what }: Deed): Promise<void> {
    const id = `gen${n}`;
    if (what === 'request') return request(n);
    try {
      await transact(id, commandOf(what, n));
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'not_found')) throw error;
    }
  }

  async function request(n: number): Promise<void> {
    const uid = uidOf(n);
    const asked: Asked = {
      ...{ model: 'veo-3.1-fast-generate-001', provider: 'google', kind: 'text_to_video', prompt: 'a boat' },
      ...{ durationSec: 4, aspectRatio: '16:9', resolution: '720p', audio: true, videos: videosOf(n) },
    };
    const wanted = {
      ...{ id: `gen${n}`, uid, shard: shardOf(uid), asked, requestHash: 'hash', lookupKeys: [] },
      ...{ creditsPerVideo: 20 + 7 * n, costUsdMicrosPerVideo: 400_000, expectedRenderMs: 1_000 },
    };
    try {
      await admitOrFind({ uid, premium: false }, wanted, SETTINGS);
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'insufficient_credits')) throw error;
    }
  }

  /** Does what each deed says, with its crash; the same again stands for a task or a request delivered anew. */
  async function deliver(deed: Deed): Promise<void> {
    const copies = Array.from({ length: deed.copies }, (_, i) =>
      crash.run({ side: i === 0 ? deed.crash : undefined }, () =>
        act(deed).catch((error: unknown) => {
          if (!(error instanceof Crash)) throw error;
        }),
      ),
    );
    await Promise.all(copies);
  }

  async function assertBooks(): Promise<void> {
    const { differences, totals } = await reconcileLedger();
    assert.deepEqual(differences, []);
    assert.equal(
      Object.values(totals).reduce((sum, credits) => sum + credits, 0),
      0,
    );
    const all = (await generations().get()).docs.map((doc) => doc.data());
    for (const uid of USERS) {
      const account = (await users().doc(uid).get()).data();
      if (!account) continue;
      const own = all.filter((generation) => generation.uid === uid);
      const price = (g: (typeof own)[number]) =>
        g.creditsPerVideo * (g.state === 'succeeded' ? g.outputs.length : g.asked.videos);
      const spent = own.filter((g) => g.state === 'succeeded').reduce((sum, g) => sum + price(g), 0);
      const held = own.filter((g) => !isTerminal(g.state)).reduce((sum, g) => sum + price(g), 0);
      assert.deepEqual(account.balance, { availableCredits: SIGNUP - spent - held, heldCredits: held });
      assert.ok(account.balance.availableCredits >= 0);
      const usedToday = Object.values(account.spentCredits).reduce((sum, credits) => sum + credits, 0);
      assert.equal(usedToday, spent + held);
      const days = (await usage(uid).get()).docs;
      const inAll = (field: string) => days.reduce((sum, day) => sum + day.get(field), 0);
      assert.deepEqual([inAll('generations'), inAll('credits')], [own.length, spent + held]);
      assert.equal(
        inAll('costUsdMicros'),
        own.reduce((sum, g) => sum + (isTerminal(g.state) ? mayCost(costOf(g)) : fullCostUsdMicros(g)), 0),
      );
    }
  }

  it('holds once for a request whose commit went through unheard', async () => {
    await firestore.reset();
    for (const n of [0, 1]) await crash.run({ side: 'unanswered' }, () => request(n));
    await assertBooks();
    const { openHolds, generations: admitted } = await reconcileLedger();
    assert.deepEqual([openHolds, admitted], [2, 2]);
  });

  it('adds up after any interleaving, crash and repetition, and nothing stays held in the end', async () => {
    await fc.assert(
      fc.asyncProperty(deeds, fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1 }), async (all, widths) => {
        await firestore.reset();
        for (let from = 0, turn = 0; from < all.length; turn++) {
          const width = widths[turn % widths.length] ?? 1;
          await Promise.all(all.slice(from, from + width).map(deliver));
          from += width;
        }
        await assertBooks();
        for (let n = 0; n < GENERATIONS; n++) {
          for (let attempt = 1; attempt <= 3; attempt++) {
            for (const what of ['begin', 'expire', 'store'] as const)
              await deliver({ generation: n, what, crash: undefined, copies: 1 });
          }
        }
        await assertBooks();
        const { openHolds, balance } = await reconcileLedger();
        assert.deepEqual([openHolds, balance.heldCredits], [0, 0]);
      }),
      { seed: 3, numRuns: 20, endOnFailure: true },
    );
  });
});

const mayCost = ({ costUsdMicros, possibleWasteUsdMicros }: Cost) => costUsdMicros + possibleWasteUsdMicros;

/** The command of a deed, about whatever attempt is under way. */
function commandOf(what: Exclude<Deed['what'], 'request'>, n: number): Command {
  const videos = 1 + ((n * 5) % (1 + (n % 4)));
  const onCurrent =
    (command: (attempt: number) => Command): Command =>
    (generation, now) =>
      command(generation.attempts.length)(generation, now);
  const files = Array.from({ length: videos }, (_, i) => ({ gcsUri: `gs://b/${i}.mp4`, mimeType: 'video/mp4' }));
  const outputs = files.map((_, i) => ({ path: `videos/${i}.mp4`, mimeType: 'video/mp4', sizeBytes: 1 }));
  switch (what) {
    case 'begin':
      return (generation, now) => beginAttempt(generation.attempts.length + 1, 'gs://b/attempt/')(generation, now);
    case 'accept':
      return onCurrent((attempt) => accepted(attempt, `operations/${n}`, { p50: 1_000, p99: 2_000 }));
    case 'render':
      return onCurrent((attempt) => rendered(attempt, { videos: files, videosBlocked: 0, blockReasons: [] }));
    case 'store':
      return onCurrent((attempt) => stored(attempt, outputs));
    case 'fail':
      return onCurrent((attempt) => attemptFailed(attempt, { code: 'provider_internal' }));
    case 'block':
      return onCurrent((attempt) => attemptFailed(attempt, { code: 'content_blocked' }));
    case 'expire':
      return onCurrent((attempt) => attemptFailed(attempt, { code: 'deadline_exceeded' }));
    case 'cancel':
      return cancel;
  }
}
