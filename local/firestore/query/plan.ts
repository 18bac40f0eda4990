import type { CompositeIndex, IndexDefinitions, IndexField, QueryScope } from '../index/definitions.ts';
import { indexTerm } from '../index/keys.ts';
import type { Condition } from './conditions.ts';
import { NAME_FIELD } from './conditions.ts';
import { missingIndex } from './missing-index.ts';
import type { OrderField } from './order.ts';

/** How one index takes part in answering an AND of conditions. */
export interface IndexUse {
  term: string;
  /** The conditions whose values make the fixed part of the key, in the index's order. */
  fixed: { condition: Condition; direction: 'ASCENDING' | 'DESCENDING' }[];
  /** Single-field entries are stored ascending only and read backwards for descending. */
  backwards: boolean;
}

/** The indexes whose intersection answers an AND of conditions, all with the same order behind their fixed part. */
export interface Plan {
  uses: IndexUse[];
  /** The order without the fields that equality conditions hold still. */
  suffix: readonly OrderField[];
}

export interface PlanInput {
  projectId: string;
  database: string;
  definitions: IndexDefinitions;
  collectionId: string;
  scope: QueryScope;
  conditions: readonly Condition[];
  order: readonly OrderField[];
}

/**
 * Chooses indexes as Firestore does: one that covers everything, or several whose equality parts together cover the
 * conditions. Throws FAILED_PRECONDITION with the index that is needed when there is none.
 */
export function plan(input: PlanInput): Plan {
  const fixed = fixedConditions(input.conditions);
  const held = new Set(fixed.filter(({ operator }) => operator === 'eq').map(({ fieldPath }) => fieldPath));
  const suffix = input.order.filter(({ fieldPath }) => !held.has(fieldPath));
  const candidates = [...singleFieldUses(input, fixed, suffix), ...compositeUses(input, fixed, suffix)];
  const uses = cover(fixed, candidates);
  if (!uses) throw missingIndex(input, fixed, suffix);
  return { uses, suffix };
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

function singleFieldUses(
  { definitions, collectionId, scope }: PlanInput,
  fixed: Condition[],
  suffix: readonly OrderField[],
) {
  const [first, second] = suffix;
  const uses: IndexUse[] = [];
  if (!first) return uses;
  const backwards = first.direction === 'DESCENDING';
  if (!second) {
    uses.push({ term: indexTerm.name(scope), fixed: [], backwards });
    for (const condition of fixed) {
      const kind = condition.operator === 'contains' ? 'CONTAINS' : first.direction;
      if (!definitions.singleField(collectionId, condition.fieldPath).has(`${scope} ${kind}`)) continue;
      const name = condition.operator === 'contains' ? indexTerm.contains : indexTerm.ascending;
      uses.push({ term: name(scope, condition.fieldPath), fixed: [{ condition, direction: 'ASCENDING' }], backwards });
    }
  } else if (suffix.length === 2 && first.direction === second.direction) {
    if (definitions.singleField(collectionId, first.fieldPath).has(`${scope} ${first.direction}`)) {
      uses.push({ term: indexTerm.ascending(scope, first.fieldPath), fixed: [], backwards });
    }
  }
  return uses;
}

function compositeUses(
  { definitions, collectionId, scope }: PlanInput,
  fixed: Condition[],
  suffix: readonly OrderField[],
) {
  return definitions.compositesOf(collectionId).flatMap((index) => {
    const head = index.queryScope === scope ? fixedPart(index, fixed, suffix) : undefined;
    return head ? [{ term: indexTerm.composite(index), fixed: head, backwards: false }] : [];
  });
}

function fixedPart(index: CompositeIndex, fixed: Condition[], suffix: readonly OrderField[]) {
  const headLength = index.fields.length - suffix.length;
  if (headLength < 0) return undefined;
  const ordered = suffix.every((order, at) => {
    const field = index.fields[headLength + at];
    return (
      field?.fieldPath === order.fieldPath && (field.order ?? 'ASCENDING') === order.direction && !field.arrayConfig
    );
  });
  if (!ordered) return undefined;
  const head: IndexUse['fixed'] = [];
  for (const field of index.fields.slice(0, headLength)) {
    const condition = fixed.find((candidate) => serves(field, candidate));
    if (!condition) return undefined;
    head.push({ condition, direction: field.order ?? 'ASCENDING' });
  }
  return head;
}

function serves(field: IndexField, { fieldPath, operator }: Condition): boolean {
  return field.fieldPath === fieldPath && (field.arrayConfig ? 'contains' : 'eq') === operator;
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
