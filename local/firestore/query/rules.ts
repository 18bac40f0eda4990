import { invalid } from '../errors.ts';
import { fieldPathText, parseFieldPath } from '../values/field-path.ts';
import type { Filter } from '../wire.ts';
import { NAME_FIELD } from './conditions.ts';

/** cloud.google.com/firestore/docs/query-data/multiple-range-fields#limitations */
const MAX_INEQUALITY_FIELDS = 10;

const NEGATIONS = ['NOT_EQUAL', 'NOT_IN', 'IS_NOT_NULL', 'IS_NOT_NAN'];
const RANGES = ['LESS_THAN', 'LESS_THAN_OR_EQUAL', 'GREATER_THAN', 'GREATER_THAN_OR_EQUAL'];
const KEY_EQUALITIES = ['EQUAL', 'IN'];

/** One comparison of a filter, or an OR that holds some. */
type Part = { operator: string; fieldPath: string };

/**
 * Which filters go together in one query, by the comments of google.firestore.v1.StructuredQuery. Throws
 * INVALID_ARGUMENT.
 */
export function checkCombination(filter: Filter): void {
  if (!filter.compositeFilter) return;
  const parts = [...partsOf(filter)];
  const has = (...operators: string[]): boolean => parts.some(({ operator }) => operators.includes(operator));
  if (parts.filter(({ operator }) => NEGATIONS.includes(operator)).length > 1) {
    throw invalid("Only a single 'NOT_EQUAL', 'NOT_IN', 'IS_NOT_NAN', or 'IS_NOT_NULL' filter allowed per query.");
  }
  if (has('NOT_IN') && has('OR', 'IN', 'ARRAY_CONTAINS_ANY')) {
    throw invalid("'NOT_IN' cannot be used in the same query with 'OR', 'IN' or 'ARRAY_CONTAINS_ANY'.");
  }
  const unequal = new Set(parts.filter(isInequality).map(({ fieldPath }) => fieldPath));
  if (unequal.size > MAX_INEQUALITY_FIELDS) {
    const names = [...unequal].join(', ');
    throw invalid(`At most ${MAX_INEQUALITY_FIELDS} fields may have an inequality filter: [${names}]`);
  }
  const fixesKey = parts.some(
    ({ operator, fieldPath }) => fieldPath === NAME_FIELD && KEY_EQUALITIES.includes(operator),
  );
  if (fixesKey && unequal.size > 0 && !unequal.has(NAME_FIELD)) {
    throw invalid(
      'Equality on key is not allowed if there are other inequality fields and key does not appear in inequalities.',
    );
  }
}

const isInequality = ({ operator }: Part): boolean => NEGATIONS.includes(operator) || RANGES.includes(operator);

function* partsOf({ compositeFilter, fieldFilter, unaryFilter }: Filter): Generator<Part> {
  const { op = '', filters = [] } = compositeFilter ?? {};
  if (op === 'OR' && filters.length > 1) yield { operator: 'OR', fieldPath: '' };
  for (const filter of filters) yield* partsOf(filter);
  const comparison = fieldFilter ?? unaryFilter;
  if (comparison) yield { operator: comparison.op, fieldPath: canonical(comparison.field.fieldPath) };
}

function canonical(path: string): string {
  return path === NAME_FIELD ? path : fieldPathText(parseFieldPath(path));
}
