import { type Cell, cloneCell, isEmpty } from './cell.ts';
import { documentId, type Part, partOf, type RollupDocument } from './document.ts';
import { mergeAll, type OpenBucket } from './openBucket.ts';

/** The documents of one bucket; none where it would hold nothing. */
export function documentsOf({ bucket, head, parts, style }: OpenBucket): RollupDocument[] {
  const byPart = new Map<Part, Map<string, Cell>>([
    ['head', head],
    ['style', style],
  ]);
  for (const [key, cell] of parts) {
    const part = partOf(key, bucket);
    const cells = byPart.get(part) ?? new Map<string, Cell>();
    byPart.set(part, cells.set(key, cell));
  }
  return Array.from(byPart, ([part, cells]) => ({
    id: documentId(bucket, part),
    bucket,
    part,
    cells: withoutEmpty(cells),
  })).filter(({ cells }) => cells.size > 0);
}

/** Cells added key by key, without those that come to nothing; neither argument changes. */
export function mergedCells(a: ReadonlyMap<string, Cell>, b: ReadonlyMap<string, Cell>): Map<string, Cell> {
  const merged = new Map(Array.from(a, ([key, cell]) => [key, b.has(key) ? cloneCell(cell) : cell]));
  mergeAll(merged, b);
  return withoutEmpty(merged);
}

function withoutEmpty(cells: Map<string, Cell>): Map<string, Cell> {
  return new Map(Array.from(cells).filter(([, cell]) => !isEmpty(cell)));
}
