import { invalidQuery } from '../errors.ts';

/** A node of polyglot's parse tree: `{kind: {…fields}}`, with `{kind: null}` for a node without fields. */
export type Tree = Record<string, unknown>;
export type Fields = Record<string, unknown>;

/** Fields that say how the text was written, not what it means. */
const SPELLING = new Set([
  'span',
  'original_name',
  'alias_explicit_as',
  'alias_keyword',
  'alias_first',
  'bracket_notation',
  'kind_text',
  'start_side_text',
  'end_side_text',
  'nesting_group',
  'inferred_type',
  'use_inner_keyword',
  'use_outer_keyword',
  'deferred_condition',
]);

/** The kind of a node and its fields. Throws BigQueryError when it is none. */
export function nodeOf(tree: unknown): [kind: string, fields: Fields] {
  const entry = typeof tree === 'object' && tree !== null ? Object.entries(tree)[0] : undefined;
  if (!entry) throw unknown('an empty expression');
  return [entry[0], (entry[1] ?? {}) as Fields];
}

/**
 * Refuses every field of `fields` that is set and not in `known`: what this translator would leave out, it must not run.
 * Throws BigQueryError naming the construct.
 */
export function only(construct: string, fields: Fields, known: readonly string[]): void {
  for (const [name, value] of Object.entries(fields)) {
    if (known.includes(name) || SPELLING.has(name) || name.includes('comments') || isUnset(value)) continue;
    throw unknown(`${spelt(name)} in ${construct}`);
  }
}

function isUnset(value: unknown): boolean {
  if (value === null || value === undefined || value === false) return true;
  return Array.isArray(value) && value.length === 0;
}

/** The text of an identifier node, undefined when it is absent. */
export function nameOf(node: unknown): string | undefined {
  const name = (node as { name?: unknown } | null | undefined)?.name;
  return typeof name === 'string' && name !== '' ? name : undefined;
}

export const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** The kind of a node, or the name of a field, as a person would write it. */
export const spelt = (name: string): string => name.replaceAll('_', ' ').toUpperCase();

/** The refusal of what is outside the allow-list. */
export const unknown = (construct: string) => invalidQuery(`The local BigQuery does not know ${construct}.`);
