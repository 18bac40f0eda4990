import assert from 'node:assert/strict';
import fc from 'fast-check';
import { applyFact } from '../../../src/core/rollup/apply.ts';
import { bucketAt, GRANULARITIES, GRANULARITY_NAMES, isKept } from '../../../src/core/rollup/bucket.ts';
import { type Cell, emptyCell } from '../../../src/core/rollup/cell.ts';
import { encodeCells } from '../../../src/core/rollup/codec.ts';
import { contributionsOf, type RollupEvent } from '../../../src/core/rollup/contribution.ts';
import { documentId, partOf, providerOf, TOTAL } from '../../../src/core/rollup/document.ts';
import { foldEvents } from '../../../src/core/rollup/fold.ts';
import { event, NOW } from './arbitrary.ts';

const ZONES = ['America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe'];
const EMPTY = Buffer.from(encodeCells(new Map())).toString('hex');

/** What the documents must be: each event added to every cell that it belongs to, without any merging. */
function oneByOne(events: readonly RollupEvent[]): Map<string, Map<string, Cell>> {
  const documents = new Map<string, Map<string, Cell>>();
  const cellOf = (id: string, key: string) => {
    const cells = documents.get(id) ?? new Map<string, Cell>();
    const cell = cells.get(key) ?? emptyCell();
    documents.set(id, cells.set(key, cell));
    return cell;
  };
  for (const { atMs, cellKey, style, fact } of events.flatMap(contributionsOf)) {
    for (const granularity of GRANULARITY_NAMES) {
      for (const zone of GRANULARITIES[granularity].everyZone ? ['UTC', ...ZONES] : ['UTC']) {
        const bucket = bucketAt(atMs, granularity, zone);
        if (!isKept(bucket, NOW.getTime())) continue;
        applyFact(cellOf(documentId(bucket, 'head'), TOTAL), fact);
        applyFact(cellOf(documentId(bucket, 'head'), providerOf(cellKey)), fact);
        applyFact(cellOf(documentId(bucket, partOf(cellKey, bucket)), cellKey), fact);
        if (style !== undefined) applyFact(cellOf(documentId(bucket, 'style'), style), fact);
      }
    }
  }
  return documents;
}

const written = (documents: Iterable<readonly [string, ReadonlyMap<string, Cell>]>) =>
  Array.from(documents, ([id, cells]) => [id, Buffer.from(encodeCells(cells)).toString('hex')] as const)
    .filter(([, bytes]) => bytes !== EMPTY)
    .sort(([a], [b]) => (a < b ? -1 : 1));

describe('core/rollup/fold, beside adding one by one', () => {
  it('gives the same bytes', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40, size: 'max' }), (events) => {
        const { documents } = foldEvents(events, { zones: ZONES, nowMs: NOW.getTime() });
        const cells = Array.from(documents, ([id, document]) => [id, document.cells] as const);
        assert.deepEqual(written(cells), written(oneByOne(events)));
      }),
      { seed: 1, numRuns: 60 },
    );
  });
});
