import type { RollupDocument } from './document.ts';
import { mergedCells } from './documents.ts';
import type { RollupPartial } from './fold.ts';

/** Two partials added; neither changes. Documents that come to nothing are left out. */
export function mergePartials(a: RollupPartial, b: RollupPartial): RollupPartial {
  const documents = new Map(a.documents);
  for (const [id, document] of b.documents) {
    const merged = mergedDocument(documents.get(id), document);
    if (merged.cells.size > 0) documents.set(id, merged);
    else documents.delete(id);
  }
  return {
    documents,
    dropped: {
      '1m': a.dropped['1m'] + b.dropped['1m'],
      '15m': a.dropped['15m'] + b.dropped['15m'],
      '1h': a.dropped['1h'] + b.dropped['1h'],
      '1d': a.dropped['1d'] + b.dropped['1d'],
    },
  };
}

function mergedDocument(known: RollupDocument | undefined, added: RollupDocument): RollupDocument {
  return known ? { ...known, cells: mergedCells(known.cells, added.cells) } : added;
}
