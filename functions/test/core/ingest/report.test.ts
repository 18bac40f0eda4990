import assert from 'node:assert/strict';
import fc from 'fast-check';
import { AppError } from '../../../src/core/errors.ts';
import { parseEvent } from '../../../src/core/events/schema.ts';
import { countedAt } from '../../../src/core/events/time.ts';
import { ERROR_CODES, TERMINAL_STATES } from '../../../src/core/generation/outcome.ts';
import { boundedCellKey, knownModels } from '../../../src/core/ingest/cell.ts';
import { changeReported } from '../../../src/core/ingest/change.ts';
import { firstEvent } from '../../../src/core/ingest/events.ts';
import { parsedRow } from '../../../src/core/ingest/fields.ts';
import { type IngestContext, metricsOfReport, type ReportedMetrics } from '../../../src/core/ingest/metrics.ts';
import { generationReportSchema } from '../../../src/core/ingest/report.ts';

const CONTEXT: IngestContext = {
  now: new Date('2026-11-21T12:00:00Z'),
  known: knownModels('kling/kling-v2'),
  prices: { markupPercent: 0, own: [] },
};
const ASKED = {
  ...{ source: 'studio', id: '1', provider: 'google', model: 'veo-3.1-fast-generate-001', kind: 'text_to_video' },
  requestedAt: '2026-11-01T10:00:00+02:00',
};
const ENDED = { ...ASKED, outcome: 'succeeded', endedAt: '2026-11-01T08:00:30.250Z', videoSec: 8 };
const FAILED = { ...ENDED, outcome: 'failed', videoSec: undefined };
const metricsOf = (row: object): ReportedMetrics => metricsOfReport(parsedRow(generationReportSchema, row), CONTEXT);

describe('core/ingest: a report', () => {
  const kept: { name: string; row: object; expected: Partial<ReportedMetrics> }[] = [
    { name: 'under way', row: ASKED, expected: { outcome: null, attempts: 0, videosAsked: 1, costUsdMicros: 0 } },
    {
      name: 'that succeeded, with defaults',
      row: ENDED,
      expected: { totalMs: 30_250, attempts: 1, videosDelivered: 1, videosBlocked: 0, chargedCredits: 0 },
    },
    {
      name: 'at the list price of the seconds',
      row: ENDED,
      expected: { costUsdMicros: 800_000, costSource: 'list_price' },
    },
    {
      name: 'at the list price without sound',
      row: { ...ENDED, audio: false },
      expected: { costSource: 'list_price' },
    },
    {
      name: 'with its cost told, to the millionth',
      row: { ...ENDED, costUsd: 0.1234567 },
      expected: { costUsdMicros: 123_457, wasteUsdMicros: 0, costSource: 'reported', costIsEstimate: false },
    },
    {
      name: 'of a model without a price',
      row: { ...ENDED, model: 'x' },
      expected: { costUsdMicros: 0, costSource: 'missing', cellKey: 'google/other/text_to_video' },
    },
    {
      name: 'that failed, nobody told why',
      row: FAILED,
      expected: { errorCode: 'unspecified', fault: 'provider', videosDelivered: 0, costUsdMicros: 0 },
    },
    { name: 'that failed and cost', row: { ...FAILED, costUsd: 0.5 }, expected: { wasteUsdMicros: 500_000 } },
    {
      name: 'that was blocked',
      row: { ...FAILED, outcome: 'blocked' },
      expected: { errorCode: 'content_blocked', fault: 'user' },
    },
    { name: 'that expired', row: { ...FAILED, outcome: 'expired' }, expected: { errorCode: 'deadline_exceeded' } },
    {
      name: 'with a score and a rating',
      row: { ...ENDED, quality: 0.1239, rating: 5 },
      expected: { qualityThousandths: 124, scorer: 'studio', ratingStars: 5 },
    },
    { name: 'of part of a second', row: { ...ENDED, videoSec: 5.04 }, expected: { videoSec: 5 } },
    {
      name: 'of some of the videos',
      row: { ...ENDED, videosAsked: 4, videosDelivered: 2, videosBlocked: 1 },
      expected: { videosDelivered: 2 },
    },
    {
      name: 'whose clocks differ a little',
      row: { ...ENDED, totalMs: 32_000, renderMs: 33_000 },
      expected: { totalMs: 32_000 },
    },
    {
      name: 'from a clock that is four minutes ahead',
      row: { ...ASKED, requestedAt: '2026-11-21T12:04:00Z' },
      expected: { outcome: null },
    },
  ];
  for (const { name, row, expected } of kept) {
    it(`${name} is kept`, () => {
      const metrics = metricsOf(row);
      const found = Object.fromEntries(
        Object.keys(expected).map((key) => [key, metrics[key as keyof ReportedMetrics]]),
      );
      assert.deepEqual(found, expected);
      assert.equal(metrics.requestedAt.getTime() % 1_000, 0);
      parseEvent(firstEvent(metrics));
    });
  }

  const refused: { name: string; row: object; why: RegExp }[] = [
    { name: 'a prompt', row: { ...ENDED, prompt: 'x' }, why: /Unrecognized key: "prompt"/ },
    { name: 'no id', row: { ...ENDED, id: undefined }, why: /^id: / },
    { name: 'our own name as a source', row: { ...ENDED, source: 'dailies' }, why: /^source: dailies is this system/ },
    { name: 'a slash in the provider', row: { ...ENDED, provider: 'a/b' }, why: /^provider: / },
    {
      name: 'an unknown error code',
      row: { ...FAILED, errorCode: 'E42' },
      why: /^errorCode: .*"content_blocked".*"unspecified"/,
    },
    {
      name: 'an outcome without an end',
      row: { ...ENDED, endedAt: undefined },
      why: /^outcome: needs outcome and endedAt/,
    },
    { name: 'a rating before the end', row: { ...ASKED, rating: 5 }, why: /^rating: needs outcome/ },
    {
      name: 'an end before the beginning',
      row: { ...ENDED, endedAt: '2026-11-01T07:59:59Z' },
      why: /^endedAt: is before/,
    },
    {
      name: 'an end in the future',
      row: { ...ENDED, endedAt: '2026-11-21T12:06:00Z' },
      why: /^endedAt: is over five minutes ahead/,
    },
    {
      name: 'a time before 2020',
      row: { ...ASKED, requestedAt: '2019-12-31T23:59:59Z' },
      why: /^requestedAt: is before 2020/,
    },
    { name: 'a time without a zone', row: { ...ASKED, requestedAt: '2026-11-01T10:00:00' }, why: /^requestedAt: / },
    { name: 'a day that is not', row: { ...ASKED, requestedAt: '2026-02-30T10:00:00Z' }, why: /^requestedAt: / },
    {
      name: 'a total that contradicts the times',
      row: { ...ENDED, totalMs: 32_251 },
      why: /^totalMs: differs from .*30250 ms/,
    },
    {
      name: 'phases longer than the whole',
      row: { ...ENDED, renderMs: 20_000, storeMs: 12_251 },
      why: /^totalMs: is less than .*32251/,
    },
    {
      name: 'an end after months',
      row: { ...ENDED, requestedAt: '2026-05-01T00:00:00Z' },
      why: /^endedAt: is over 31 days/,
    },
    {
      name: 'success without a video',
      row: { ...ENDED, videosDelivered: 0, videoSec: 0 },
      why: /videosDelivered: what delivered no/,
    },
    {
      name: 'a failure with a video',
      row: { ...ENDED, outcome: 'failed', videosDelivered: 1 },
      why: /^videosDelivered: not of one that is failed/,
    },
    {
      name: 'more videos than asked for',
      row: { ...ENDED, videosDelivered: 1, videosBlocked: 1 },
      why: /^videosAsked: /,
    },
    { name: 'videos of no known length', row: { ...ENDED, videoSec: undefined }, why: /^videoSec: is needed/ },
    { name: 'seconds of no video', row: { ...FAILED, videoSec: 8 }, why: /^videoSec: no video/ },
    {
      name: 'an error of what succeeded',
      row: { ...ENDED, errorCode: 'no_output' },
      why: /^errorCode: not of one that succeeded/,
    },
    {
      name: 'an error that means another outcome',
      row: { ...FAILED, errorCode: 'content_blocked' },
      why: /^errorCode: content_blocked means blocked/,
    },
    { name: 'a rating of what failed', row: { ...FAILED, rating: 1 }, why: /^rating: only of one that succeeded/ },
    { name: 'a scorer without a score', row: { ...ENDED, scorer: 'x' }, why: /^scorer: only with quality/ },
    { name: 'a negative cost', row: { ...ENDED, costUsd: -0.01 }, why: /^costUsd: / },
    { name: 'a quality in percent', row: { ...ENDED, quality: 87 }, why: /^quality: / },
    { name: 'half an attempt', row: { ...ENDED, attempts: 1.5 }, why: /^attempts: / },
    { name: 'half a surrogate pair', row: { ...ENDED, model: 'a\ud83c' }, why: /^model: must be printable/ },
  ];
  for (const { name, row, why } of refused) {
    it(`with ${name} is refused`, () => {
      assert.throws(
        () => metricsOf(row),
        (error) => error instanceof AppError && error.code === 'invalid_request' && why.test(error.message),
        `not ${why}`,
      );
    });
  }

  it('names everything that is wrong', () => {
    assert.throws(() => metricsOf({ ...FAILED, rating: 1, videoSec: 8, errorCode: 'content_blocked' }), {
      message:
        'errorCode: content_blocked means blocked; videoSec: no video was delivered; rating: only of one that succeeded',
    });
  });
});

describe('core/ingest: cells', () => {
  const known = knownModels(' kling/kling-v2,fal/a/b, nonsense,/x ,y/');
  const cells: [string, string, string][] = [
    ['kling', 'kling-v2', 'kling/kling-v2/k'],
    ['fal', 'a/b', 'fal/a/b/k'],
    ['kling', 'kling-v3', 'kling/other/k'],
    ['nonsense', 'x', 'other/other/k'],
    ['google', 'veo-3.1-fast-generate-001', 'google/veo-3.1-fast-generate-001/k'],
    ['fal', 'veo-3.1-fast-generate-001', 'fal/other/k'],
    ['other', 'other', 'other/other/k'],
  ];
  for (const [provider, model, cellKey] of cells) {
    it(`${provider} ${model} counts in ${cellKey}`, () => {
      assert.equal(boundedCellKey({ provider, model, kind: 'k' }, known), cellKey);
    });
  }
});

/** Ends that are told whole, of any kind. */
const ends = fc
  .record({
    outcome: fc.constantFrom(...TERMINAL_STATES),
    tookMs: fc.integer({ min: 0, max: 86_400_000 }),
    renderPart: fc.double({ min: 0, max: 1, noNaN: true }),
    errorCode: fc.option(fc.constantFrom(...ERROR_CODES), { nil: undefined, freq: 1 }),
    costUsd: fc.option(fc.double({ min: 0, max: 100, noNaN: true }), { nil: undefined, freq: 1 }),
    rating: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined, freq: 1 }),
    quality: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined, freq: 1 }),
  })
  .map(({ tookMs, renderPart, ...rest }) => ({
    ...rest,
    endedAt: new Date(Date.parse(ASKED.requestedAt) + tookMs).toISOString(),
    renderMs: Math.floor(tookMs * renderPart),
    ...(rest.outcome === 'succeeded' && { videoSec: 8 }),
  }));

describe('core/ingest: what is told later', () => {
  it('gives the same facts as when all is told at once, and told again nothing', () => {
    let checked = 0;
    fc.assert(
      fc.property(ends, (end) => {
        let whole: ReportedMetrics;
        try {
          whole = metricsOf({ ...ASKED, ...end });
        } catch (error) {
          // What contradicts itself is refused either way, the second time without having changed anything.
          assert.ok(error instanceof AppError);
          assert.throws(() => changeReported(metricsOf(ASKED), end, CONTEXT), { message: error.message });
          return;
        }
        checked++;
        const changed = changeReported(metricsOf(ASKED), end, CONTEXT);
        assert.ok(changed);
        const { reportHash, seq, ...facts } = changed.next;
        assert.deepEqual({ ...facts, reportHash: whole.reportHash, seq: 1 }, whole);
        assert.equal(seq, 2);
        const [event, ...others] = changed.events;
        assert.ok(event && others.length === 0);
        const { requestedAt, ...body } = firstEvent(whole).body as { requestedAt: Date };
        assert.deepEqual(event.body, body);
        assert.deepEqual(requestedAt, whole.requestedAt);
        assert.deepEqual(countedAt(event), whole.endedAt);
        assert.equal(changeReported(changed.next, end, CONTEXT), undefined);
      }),
      { seed: 1, numRuns: 1_000 },
    );
    assert.ok(checked > 100, `${checked}`);
  });

  it('keeps a price by list when something else changes, and takes a new one with the seconds', () => {
    const dearer = {
      ...CONTEXT,
      prices: {
        markupPercent: 0,
        own: [{ model: ASKED.model, costUsdMicrosPerSec: 1_000_000, effectiveFrom: '2026-01-01' }],
      },
    };
    const stored = metricsOf(ENDED);
    assert.equal(changeReported(stored, { rating: 3 }, dearer)?.next.costUsdMicros, 800_000);
    assert.equal(changeReported(stored, { videoSec: 4 }, dearer)?.next.costUsdMicros, 4_000_000);
    const told = metricsOf({ ...ENDED, costUsd: 2 });
    assert.equal(changeReported(told, { videoSec: 4 }, dearer)?.next.costUsdMicros, 2_000_000);
  });
});
