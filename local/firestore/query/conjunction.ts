import type { StoredDocument } from '../change.ts';
import type { DocumentStore } from '../engine/store.ts';
import { indexedValueKey, isCut, keyHead } from '../index/keys.ts';
import { parseName, splitDocumentPath } from '../names.ts';
import { type Bound, inverted } from '../values/bytes.ts';
import { idKey } from '../values/key.ts';
import { type Condition, isInequality, NAME_FIELD, satisfies } from './conditions.ts';
import { descending, EVERYTHING, type Interval, intersection, intervalsOf } from './intervals.ts';
import type { SortKeys } from './order.ts';
import type { IndexUse, Plan } from './plan.ts';
import { EntryStream, joined } from './stream.ts';

export interface ConjunctionInput {
  store: DocumentStore;
  plan: Plan;
  /** Number of the collection, or of the collection group. */
  scopeNo: number;
  inGroup: boolean;
  conditions: readonly Condition[];
  sortKeys: SortKeys;
  start: Bound | undefined;
  end: Bound | undefined;
}

/** One AND of conditions, answered from the indexes of its plan. */
export class Conjunction {
  #input: ConjunctionInput;
  #intervals: readonly Interval[];
  /** Whether the entries alone decide, so that they can be counted without looking at documents. */
  readonly exact: boolean;

  constructor(input: ConjunctionInput) {
    this.#input = input;
    const { plan, conditions, sortKeys, start, end, inGroup } = input;
    const [first] = plan.suffix;
    const ranges = conditions.filter((condition) => isRangeOn(condition, first?.fieldPath));
    let intervals: readonly Interval[] = EVERYTHING;
    for (const range of ranges) intervals = intersection(intervals, rangeIntervals(range, inGroup));
    if (first?.direction === 'DESCENDING') intervals = descending(intervals);
    const undisturbed = plan.suffix.length === sortKeys.order.length;
    const isLong = [start?.at, end?.at].some((key) => key && isCut(key));
    if (undisturbed && !isLong) {
      const [everything] = EVERYTHING;
      if (everything)
        intervals = intersection(intervals, [{ from: start ?? everything.from, to: end ?? everything.to }]);
    }
    this.#intervals = intervals;
    const fixed = new Set(plan.uses.flatMap((use) => use.fixed.map(({ condition }) => condition)));
    this.exact =
      plan.uses.length === 1 &&
      (undisturbed || (!start && !end)) &&
      !isLong &&
      conditions.every(
        (condition) => (fixed.has(condition) || ranges.includes(condition)) && !condition.keys.some(isCut),
      );
  }

  *documents(): Generator<StoredDocument> {
    const { store, plan, conditions, sortKeys, start, end } = this.#input;
    const streams = plan.uses.map((use) => this.#stream(use));
    for (const documentNo of joined(streams)) {
      const document = store.documentByNo(documentNo);
      const key = sortKeys.of(document);
      if (!key || !sortKeys.within(key, start, end)) continue;
      if (conditions.every((condition) => satisfies(document, condition))) yield document;
    }
  }

  /** The number of entries, up to `limit`; right only when `exact`. */
  count(limit: number): number {
    const [use] = this.#input.plan.uses;
    return use ? this.#stream(use).count(limit) : 0;
  }

  #stream({ term, fixed, backwards }: IndexUse): EntryStream {
    const { store, scopeNo } = this.#input;
    const parts = fixed.map(({ condition, direction }) => {
      const key = indexedValueKey(condition.values[0] ?? {});
      return direction === 'DESCENDING' ? inverted(key) : key;
    });
    const prefix = Buffer.concat([keyHead(store.terms.index(term), scopeNo), ...parts]);
    return new EntryStream(store, prefix, this.#intervals, backwards);
  }
}

function isRangeOn(condition: Condition, fieldPath: string | undefined): boolean {
  if (condition.fieldPath !== fieldPath) return false;
  return isInequality(condition) || (condition.operator === 'eq' && fieldPath === NAME_FIELD);
}

function rangeIntervals(condition: Condition, inGroup: boolean): Interval[] {
  const isName = condition.fieldPath === NAME_FIELD;
  if (isName && !inGroup) {
    const keys = condition.values.map((value) => idKey(splitDocumentPath(parseName(value.referenceValue).path).id));
    return intervalsOf({ ...condition, keys }, true);
  }
  // The index holds the beginning of a long value only: read what might match, each document is checked.
  if (condition.keys.some(isCut)) return [...EVERYTHING];
  return intervalsOf(condition, isName);
}
