import { cursorAfter, entryOfCursor } from '../../core/cursor.ts';
import { GENERATION_COLUMNS } from '../../core/export/generations.ts';
import type { Plan } from '../../core/export/query.ts';
import { namesOf, rowOf } from '../../core/export/value.ts';
import { ALL_SHARDS } from '../../core/shard.ts';
import { generationMetrics } from '../../platform/collections.ts';
import { FieldPath } from '../../platform/firestore.ts';
import { MAX_COUNTED, PAGE_DOCUMENTS, type Source } from './page.ts';

/** The measured facts of generations, the latest asked for first, each as it is when its page is read. */
export function generationSource(plan: Plan): Source {
  const { provider, kind, style } = plan;
  const query = queryOf(plan);
  return {
    columns: namesOf(GENERATION_COLUMNS),
    count: async () => (await query.limit(MAX_COUNTED).count().get()).data().count,
    async page(position) {
      const inOrder = query.orderBy('requestedAt', 'desc').orderBy(FieldPath.documentId(), 'desc');
      const rest = position === undefined ? inOrder : inOrder.startAfter(...entryOfCursor(position));
      const found = (await rest.limit(PAGE_DOCUMENTS).get()).docs.map((doc) => doc.data());
      const meant = found.filter(
        (each) =>
          (provider === undefined || each.provider === provider) &&
          (kind === undefined || each.kind === kind) &&
          (style === undefined || each.style === style),
      );
      const last = found.at(-1);
      return {
        rows: meant.map((facts) => rowOf(GENERATION_COLUMNS, facts)),
        units: found.length,
        ...(last && found.length === PAGE_DOCUMENTS && { next: cursorAfter(last.requestedAt, last.id) }),
      };
    },
  };
}

/** What an index can find; the rest is left out as it is read. */
function queryOf({ fromMs, toMs, asOfMs, model, outcome }: Plan) {
  let query = generationMetrics().where('shard', 'in', ALL_SHARDS);
  if (model !== undefined) query = query.where('model', '==', model);
  if (outcome !== undefined) query = query.where('outcome', '==', outcome);
  return query.where('requestedAt', '>=', new Date(fromMs)).where('requestedAt', '<', new Date(Math.min(toMs, asOfMs)));
}
