import type { IndexField } from '../index/definitions.ts';
import { indexTerm } from '../index/keys.ts';
import { type Condition, NAME_FIELD } from './conditions.ts';
import { missingIndex } from './missing-index.ts';
import type { OrderField } from './order.ts';
import type { Query } from './query.ts';

/** How one index takes part in answering an AND of conditions. */
export interface IndexUse {
  term: string;
  fields: readonly IndexField[];
  /** The conditions whose values make the fixed part of the key, in the index's order. */
  fixed: { condition: Condition; descending: boolean }[];
  /** Single-field entries are stored ascending only and read backwards for descending. */
  backwards: boolean;
}

/**
 * Chooses indexes as Firestore does: one that covers everything, or several whose equality parts together cover the
 * conditions, all with the same order behind their fixed part: the query's without the fields that equality conditions
 * hold still. Throws FAILED_PRECONDITION with the index that is needed when there is none.
 */
export function planOf(
  query: Query,
  conditions: readonly Condition[],
): { uses: IndexUse[]; suffix: readonly OrderField[] } {
  const fixed = fixedConditions(conditions);
  const held = new Set(fixed.filter(({ operator }) => operator === 'eq').map(({ fieldPath }) => fieldPath));
  const suffix = query.sortKeys.order.filter(({ fieldPath }) => !held.has(fieldPath));
  const uses = cover(fixed, candidates(query, fixed, suffix));
  if (!uses) throw missingIndex(query, fixed, suffix);
  return { uses, suffix };
}

/**
 * The fields of the indexes that a query reads, an entry for each scan: an AND of conditions is a scan of its own, and so
 * is each stretch that a `!=` or `not-in` leaves. Throws FAILED_PRECONDITION when an index is missing.
 */
export function scansOf(query: Query): (readonly IndexField[])[] {
  if (!query.collectionId) return [];
  return query.disjuncts.flatMap((conditions) => {
    const excluding = conditions.filter(({ operator }) => operator === 'notIn');
    const scans = excluding.reduce((product, { ranges }) => product * ranges.length, 1);
    const used = planOf(query, conditions).uses.map(({ fields }) => fields);
    return Array.from({ length: scans }, () => used).flat();
  });
}

/** Equality and array-contains conditions, one for each field and operator: others are checked on the document. */
function fixedConditions(conditions: readonly Condition[]): Condition[] {
  const fixed = new Map<string, Condition>();
  for (const condition of conditions) {
    const { operator, fieldPath } = condition;
    if (fieldPath === NAME_FIELD || (operator !== 'eq' && operator !== 'contains')) continue;
    if (!fixed.has(`${operator} ${fieldPath}`)) fixed.set(`${operator} ${fieldPath}`, condition);
  }
  return [...fixed.values()];
}

/** The indexes that there are and that have the right order. */
function candidates(query: Query, fixed: readonly Condition[], suffix: readonly OrderField[]): IndexUse[] {
  const { scope, collectionId = '', engine } = query;
  const { definitions } = engine.store;
  const direction = suffix[0]?.direction ?? 'ASCENDING';
  const found: IndexUse[] = [];
  const add = (term: string, fields: readonly IndexField[], isSingleField: boolean): void => {
    const head = fixedPart(fields, fixed, suffix)?.map(({ condition, order }) => ({
      condition,
      descending: order === 'DESCENDING' && !isSingleField,
    }));
    if (head) found.push({ term, fields, fixed: head, backwards: isSingleField && direction === 'DESCENDING' });
  };
  const name: IndexField = { fieldPath: NAME_FIELD, order: direction };
  add(indexTerm.name(scope), [name], true);
  for (const fieldPath of new Set([...fixed, ...suffix].map((one) => one.fieldPath))) {
    const kinds = definitions.singleField(collectionId, fieldPath);
    const ordered: IndexField = { fieldPath, order: direction };
    const contains: IndexField = { fieldPath, arrayConfig: 'CONTAINS' };
    if (kinds.has(`${scope} ${direction}`)) add(indexTerm.ascending(scope, fieldPath), [ordered, name], true);
    if (kinds.has(`${scope} CONTAINS`)) add(indexTerm.contains(scope, fieldPath), [contains, name], true);
  }
  for (const index of definitions.compositesOf(collectionId)) {
    if (index.queryScope === scope) add(indexTerm.composite(index), index.fields, false);
  }
  return found;
}

/** The conditions that hold the first fields of an index still, when the others are just the order that is wanted. */
function fixedPart(fields: readonly IndexField[], fixed: readonly Condition[], suffix: readonly OrderField[]) {
  const headLength = fields.length - suffix.length;
  const isOrdered = suffix.every(({ fieldPath, direction }, at) => {
    const field = fields[headLength + at];
    return field?.fieldPath === fieldPath && (field.order ?? 'ASCENDING') === direction && !field.arrayConfig;
  });
  if (headLength < 0 || !isOrdered) return undefined;
  const head = fields.slice(0, headLength).flatMap(({ fieldPath, arrayConfig, order }) => {
    const operator = arrayConfig ? 'contains' : 'eq';
    const condition = fixed.find((one) => one.fieldPath === fieldPath && one.operator === operator);
    return condition ? [{ condition, order }] : [];
  });
  return head.length === headLength ? head : undefined;
}

/** The index that fixes most first, then whatever adds to it. */
function cover(fixed: readonly Condition[], candidates: IndexUse[]): IndexUse[] | undefined {
  const open = new Set(fixed);
  const uses: IndexUse[] = [];
  for (const use of candidates.sort((a, b) => b.fixed.length - a.fixed.length)) {
    const adds = use.fixed.some(({ condition }) => open.has(condition));
    if (!adds && (open.size > 0 || uses.length > 0)) continue;
    uses.push(use);
    for (const { condition } of use.fixed) open.delete(condition);
    if (open.size === 0) return uses;
  }
  return undefined;
}
