import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type OwnPrice, priceOf } from '../../../src/core/pricing/price.ts';

const FAST = 'veo-3.1-fast-generate-001';
const FULL = 'veo-3.1-generate-001';
const work = { model: FAST, resolution: '720p', audio: true, durationSec: 8 } as const;
const DAY = '2026-11-21';
const own = (change: Partial<OwnPrice>): OwnPrice => ({
  ...{ model: FAST, costUsdMicrosPerSec: 90_000, effectiveFrom: '2026-01-01' },
  ...change,
});

describe('core/pricing', () => {
  const rows: {
    name: string;
    work?: object;
    own?: OwnPrice[];
    markupPercent?: number;
    day?: string;
    price: unknown;
  }[] = [
    { name: 'the list price, a credit a cent', price: { creditsPerVideo: 80, costUsdMicrosPerVideo: 800_000 } },
    {
      name: 'sound, resolution and length count',
      work: { model: FULL, resolution: '4k', durationSec: 8 },
      price: { creditsPerVideo: 480, costUsdMicrosPerVideo: 4_800_000 },
    },
    { name: 'no price, no guess', work: { model: FULL, resolution: '4k', audio: false }, price: undefined },
    { name: 'an unknown model has none', work: { model: 'ours-1' }, price: undefined },
    {
      name: 'a markup is on the price, not on the cost',
      markupPercent: 25,
      price: { creditsPerVideo: 100, costUsdMicrosPerVideo: 800_000 },
    },
    {
      name: 'part of a credit is a whole one',
      work: { model: 'veo-3.1-lite-generate-001', audio: false, durationSec: 4 },
      markupPercent: 1,
      price: { creditsPerVideo: 13, costUsdMicrosPerVideo: 120_000 },
    },
    {
      name: 'an own price goes before the list',
      own: [own({})],
      price: { creditsPerVideo: 72, costUsdMicrosPerVideo: 720_000 },
    },
    {
      name: 'what users pay may be set apart from the cost',
      own: [own({ priceUsdMicrosPerSec: 200_000 })],
      markupPercent: 50,
      price: { creditsPerVideo: 160, costUsdMicrosPerVideo: 720_000 },
    },
    {
      name: 'a model of one’s own',
      work: { model: 'ours-1' },
      own: [own({ model: 'ours-1', costUsdMicrosPerSec: 10_000, priceUsdMicrosPerSec: 0 })],
      price: { creditsPerVideo: 0, costUsdMicrosPerVideo: 80_000 },
    },
    {
      name: 'a price holds from its day on',
      own: [own({ effectiveFrom: '2026-11-22' }), own({ costUsdMicrosPerSec: 50_000, effectiveFrom: '2026-11-21' })],
      price: { creditsPerVideo: 40, costUsdMicrosPerVideo: 400_000 },
    },
    {
      name: 'and until the next one',
      day: '2026-11-22',
      own: [own({ effectiveFrom: '2026-11-22' }), own({ costUsdMicrosPerSec: 50_000, effectiveFrom: '2026-11-21' })],
      price: { creditsPerVideo: 72, costUsdMicrosPerVideo: 720_000 },
    },
    {
      name: 'the more exact one counts, though older',
      own: [
        own({ effectiveFrom: '2026-06-01' }),
        own({ audio: true, resolution: '720p', costUsdMicrosPerSec: 10_000 }),
      ],
      price: { creditsPerVideo: 8, costUsdMicrosPerVideo: 80_000 },
    },
    {
      name: 'one for another resolution or without sound does not count',
      own: [own({ resolution: '4k' }), own({ audio: false })],
      price: { creditsPerVideo: 80, costUsdMicrosPerVideo: 800_000 },
    },
    {
      name: 'before the first dated list price that one is taken',
      day: '2024-11-01',
      price: { creditsPerVideo: 80, costUsdMicrosPerVideo: 800_000 },
    },
  ];
  for (const row of rows) {
    it(row.name, () => {
      const policy = { markupPercent: row.markupPercent ?? 0, own: row.own ?? [] };
      assert.deepEqual(priceOf({ ...work, ...row.work }, row.day ?? DAY, policy), row.price);
    });
  }

  it('is a whole number of credits that covers the cost and less than one more', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 10_000_000 }),
        fc.integer({ min: 1, max: 60 }),
        (costUsdMicrosPerSec, durationSec) => {
          const price = priceOf({ ...work, durationSec }, DAY, {
            markupPercent: 0,
            own: [own({ costUsdMicrosPerSec })],
          });
          const { creditsPerVideo = NaN, costUsdMicrosPerVideo = NaN } = price ?? {};
          assert.ok(Number.isInteger(creditsPerVideo));
          const overUsdMicros = creditsPerVideo * 10_000 - costUsdMicrosPerVideo;
          assert.ok(overUsdMicros >= 0 && overUsdMicros < 10_000);
        },
      ),
      { seed: 1 },
    );
  });
});
