import type { InsightDocument } from '../core/insights/document.ts';
import { type InsightPeriod, periodId } from '../core/insights/period.ts';
import {
  commitUnlessChanged,
  type DocumentReference,
  type DocumentSnapshot,
  FieldPath,
  firestore,
  plainConverter,
} from './firestore.ts';

/** The collections of insights, each with a document a period. */
export type InsightCollection = 'business_metrics' | 'quality_insights' | 'user_behavior_insights';

const COLLECTIONS = {
  business_metrics: () => firestore().collection('business_metrics'),
  quality_insights: () => firestore().collection('quality_insights'),
  user_behavior_insights: () => firestore().collection('user_behavior_insights'),
};

/** A collection of insights, under the ids of core/insights/period. */
export const insights = (name: InsightCollection) =>
  COLLECTIONS[name]().withConverter(plainConverter<InsightDocument>());

/** The documents that there are of these periods, which are of one granularity and in order. As many reads. */
export async function insightsOf(
  name: InsightCollection,
  periods: readonly InsightPeriod[],
): Promise<InsightDocument[]> {
  const [first, last] = [periods[0], periods.at(-1)];
  if (!first || !last) return [];
  const found = insights(name)
    .where(FieldPath.documentId(), '>=', periodId(first))
    .where(FieldPath.documentId(), '<=', periodId(last))
    .limit(periods.length);
  return (await found.get()).docs.map((doc) => doc.data());
}

/** How many documents were written, and how many were not because somebody else had just written them. */
export interface InsightChanges {
  written: number;
  overtaken: number;
}

/**
 * Puts in the place of each period's document what `next` makes of it, where that is something. One that somebody changed in the
 * meantime is left as it is. A read a period and a write a change.
 */
export async function changeInsights(
  name: InsightCollection,
  periods: readonly InsightPeriod[],
  next: (period: InsightPeriod, before: InsightDocument | undefined) => InsightDocument | undefined,
): Promise<InsightChanges> {
  if (periods.length === 0) return { written: 0, overtaken: 0 };
  const refs = periods.map((period) => insights(name).doc(periodId(period)));
  // getAll is not declared for references with converters; it uses them all the same.
  const snapshots = await firestore().getAll(...(refs as unknown as DocumentReference[]));
  const changes = periods.flatMap((period, at) => {
    const snapshot = snapshots[at] as unknown as DocumentSnapshot<InsightDocument>;
    const document = next(period, snapshot.data());
    return document ? [put(snapshot, document)] : [];
  });
  const written = (await Promise.all(changes)).filter(Boolean).length;
  return { written, overtaken: changes.length - written };
}

async function put(
  { ref, updateTime }: DocumentSnapshot<InsightDocument>,
  document: InsightDocument,
): Promise<boolean> {
  const { id: _, ...fields } = document;
  const stored = firestore().doc(ref.path);
  const written = await commitUnlessChanged((batch) => {
    if (updateTime) batch.update(stored, fields, { lastUpdateTime: updateTime });
    else batch.create(stored, fields);
  });
  return written !== undefined;
}
