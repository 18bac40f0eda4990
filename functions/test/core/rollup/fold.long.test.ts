import assert from 'node:assert/strict';
import fc from 'fast-check';
import { counter } from '../../../src/core/rollup/cell.ts';
import { decodeCells, encodeCells } from '../../../src/core/rollup/codec.ts';
import type { RollupEvent } from '../../../src/core/rollup/contribution.ts';
import type { RollupDocument } from '../../../src/core/rollup/document.ts';
import { foldEvents, type RollupPartial } from '../../../src/core/rollup/fold.ts';
import { mergePartials } from '../../../src/core/rollup/merge.ts';
import { event, NOW, userKey } from './arbitrary.ts';

const options = { zones: ['America/New_York', 'Asia/Kathmandu'], nowMs: NOW.getTime() };
const fold = (events: readonly RollupEvent[]) => foldEvents(events, options);
const nothing = fold([]);

/** Everything that a partial would write, in hexadecimal. */
function written({ documents, dropped }: RollupPartial) {
  const bytes = Array.from(
    documents,
    ([id, { cells }]) => [id, Buffer.from(encodeCells(cells)).toString('hex')] as const,
  );
  return { dropped, bytes: bytes.sort(([a], [b]) => (a < b ? -1 : 1)) };
}

/** As it comes back from the store. */
function stored(partial: RollupPartial): RollupPartial {
  const documents = Array.from(partial.documents, ([id, document]) => {
    return [id, { ...document, cells: decodeCells(encodeCells(document.cells)) }] as const;
  });
  return { ...partial, documents: new Map(documents) };
}

describe('core/rollup/fold', () => {
  it('gives the same bytes in any order, in any batches, merged in any grouping, with the store in between', () => {
    const events = fc.array(event, { maxLength: 60, size: 'max' });
    const choices = fc.infiniteStream(fc.nat());
    fc.assert(
      fc.property(events, choices, (all, chosen) => {
        const next = (below: number) => (chosen.next().value ?? 0) % below;
        const shuffled = all.map((e) => ({ e, at: next(1_000) })).sort((a, b) => a.at - b.at);
        const partials: RollupPartial[] = [nothing];
        for (let from = 0; from < shuffled.length; ) {
          const size = 1 + next(20);
          partials.push(fold(shuffled.slice(from, from + size).map(({ e }) => e)));
          from += size;
        }
        while (partials.length > 1) {
          const [a] = partials.splice(next(partials.length), 1);
          const [b] = partials.splice(next(partials.length), 1);
          assert.ok(a && b);
          const merged = mergePartials(next(2) ? a : stored(a), next(2) ? b : stored(b));
          partials.push(merged);
        }
        assert.deepEqual(written(partials[0] ?? nothing), written(fold(all)));
      }),
      { seed: 1, numRuns: 150 },
    );
  });

  const asked = (at: string, model = 'veo', style?: 'noir'): RollupEvent => {
    const subject = {
      generationId: 'g',
      provider: 'google',
      model,
      kind: 'text_to_video' as const,
      ...(style && { style }),
    };
    const body = { ...subject, videosAsked: 1, priceUsdMicros: 0 };
    const cellKey = `google/${model}/text_to_video`;
    return { type: 'generation.requested', occurredAt: new Date(at), cellKey, userKey: userKey(1), body };
  };
  const arrivals = ({ cells }: RollupDocument) =>
    Object.fromEntries(Array.from(cells, ([k, c]) => [k, counter(c, 'arrivals')]));

  it('counts an event in every bucket of its moment, in total and by provider, model and style', () => {
    const { documents, dropped } = fold([asked('2026-11-21T11:59:30Z', 'veo', 'noir'), asked('2026-11-21T11:59:31Z')]);
    const found = Array.from(documents, ([id, document]) => [id.replace(/~p\d$/, '~p'), arrivals(document)]);
    const buckets = [
      'v1~1m~UTC~2026-11-21T11:59Z',
      'v1~15m~UTC~2026-11-21T11:45Z',
      'v1~1h~UTC~2026-11-21T11:00Z',
      'v1~1d~UTC~2026-11-21T00:00Z',
      'v1~1h~America-New_York~2026-11-21T11:00Z',
      'v1~1d~America-New_York~2026-11-21T05:00Z',
      'v1~1h~Asia-Kathmandu~2026-11-21T11:15Z',
      'v1~1d~Asia-Kathmandu~2026-11-20T18:15Z',
    ];
    assert.deepEqual(
      Object.fromEntries(found),
      Object.fromEntries(
        buckets.flatMap((id) => [
          [`${id}~head`, { google: 2, '*': 2 }],
          [`${id}~p`, { 'google/veo/text_to_video': 2 }],
          [`${id}~style`, { noir: 1 }],
        ]),
      ),
    );
    assert.deepEqual(dropped, { '1m': 0, '15m': 0, '1h': 0, '1d': 0 });
  });

  it('drops and counts what is too old, and only where it is', () => {
    const granularities = (at: string) => {
      const { documents, dropped } = fold([asked(at)]);
      const kept = new Set(Array.from(documents.values(), ({ bucket }) => bucket.granularity));
      return { kept: Array.from(kept).sort(), dropped };
    };
    const all = ['15m', '1d', '1h', '1m'];
    const none = { '1m': 0, '15m': 0, '1h': 0, '1d': 0 };
    assert.deepEqual(granularities('2026-11-19T12:00:00Z'), { kept: all, dropped: none });
    assert.deepEqual(granularities('2026-11-19T11:59:59Z'), {
      kept: ['15m', '1d', '1h'],
      dropped: { ...none, '1m': 1 },
    });
    assert.deepEqual(granularities('2026-03-01T00:00:00Z'), {
      kept: ['1d'],
      dropped: { '1m': 1, '15m': 1, '1h': 3, '1d': 0 },
    });
  });

  it('merging changes neither side', () => {
    const [a, b] = [fold([asked('2026-11-21T11:59:30Z')]), fold([asked('2026-11-21T11:58:30Z', 'other')])];
    const before = [written(a), written(b)];
    mergePartials(a, b);
    mergePartials(b, b);
    assert.deepEqual([written(a), written(b)], before);
  });
});
