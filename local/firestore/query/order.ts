import { invalid } from '../errors.ts';
import { pathOf } from '../names.ts';
import { fieldPathText, getField, parseFieldPath } from '../values/field-path.ts';
import { valueKey } from '../values/key.ts';
import { ALL, afterPrefix, includes, inverted, type Range } from '../values/ranges.ts';
import type { Cursor, Direction, ProtoValue, StoredDocument, StructuredQuery } from '../wire.ts';
import { type Condition, isInequality, NAME_FIELD, type NameKey } from './conditions.ts';

export interface OrderField {
  fieldPath: string;
  names: readonly string[];
  direction: Direction;
}

/**
 * The full order of a query: what it says, then its inequality fields by name, then fields that must be `present`, then
 * the document name, each in the direction of the last order given.
 */
export function fullOrder(
  { orderBy = [] }: StructuredQuery,
  disjuncts: readonly (readonly Condition[])[],
  present: readonly string[],
): OrderField[] {
  const orders = orderBy.map(({ field, direction = 'ASCENDING' }) => orderField(field.fieldPath, direction));
  const nameAt = orders.findIndex(({ fieldPath }) => fieldPath === NAME_FIELD);
  const [nameOrder] = nameAt < 0 ? [] : orders.splice(nameAt);
  const direction = orders.at(-1)?.direction ?? nameOrder?.direction ?? 'ASCENDING';
  const unequal = nameOrder ? [] : disjuncts.flat().filter(isInequality);
  for (const path of [...unequal.map(({ fieldPath }) => fieldPath).sort(), ...present]) {
    const added = orderField(path, direction);
    const known = orders.some(({ fieldPath }) => fieldPath === added.fieldPath);
    if (!known && added.fieldPath !== NAME_FIELD) orders.push(added);
  }
  return [...orders, nameOrder ?? orderField(NAME_FIELD, direction)];
}

function orderField(path: string, direction: Direction): OrderField {
  if (path === NAME_FIELD) return { fieldPath: NAME_FIELD, names: [NAME_FIELD], direction };
  const names = parseFieldPath(path);
  return { fieldPath: fieldPathText(names), names, direction };
}

/** Turns documents and cursors into keys that compare as the query orders. */
export class SortKeys {
  readonly order: readonly OrderField[];
  /** The part of the result that the cursors leave. */
  readonly cursors: Range;
  #nameKey: NameKey;
  #keys = new WeakMap<StoredDocument, Buffer>();

  /** Throws INVALID_ARGUMENT. */
  constructor(order: readonly OrderField[], nameKey: NameKey, { startAt, endAt }: StructuredQuery) {
    this.order = order;
    this.#nameKey = nameKey;
    const from = startAt && this.#cursorKey(startAt);
    const to = endAt && this.#cursorKey(endAt);
    this.cursors = from || to ? { from: from ?? ALL.from, to: to ?? ALL.to } : ALL;
  }

  /** Undefined when the document lacks a field of the order or lies outside of the cursors: it is not in the result. */
  of(document: StoredDocument): Buffer | undefined {
    const known = this.#keys.get(document);
    if (known) return known;
    const parts: Buffer[] = [];
    for (const { fieldPath, names, direction } of this.order) {
      const isName = fieldPath === NAME_FIELD;
      const value = isName ? { referenceValue: document.name } : getField(document.fields, names);
      if (!value) return undefined;
      parts.push(this.#part(value, isName, direction));
    }
    const key = Buffer.concat(parts);
    if (!includes(this.cursors, key)) return undefined;
    this.#keys.set(document, key);
    return key;
  }

  #cursorKey({ values = [], before }: Cursor): Buffer {
    const parts = values.map((value, at) => {
      const field = this.order[at];
      if (!field) throw invalid('Cursor has too many values.');
      return this.#part(value, field.fieldPath === NAME_FIELD, field.direction);
    });
    const key = Buffer.concat(parts);
    return before ? key : afterPrefix(key);
  }

  #part(value: ProtoValue, isName: boolean, direction: Direction): Buffer {
    if (isName && value.referenceValue === undefined) throw invalid('Cursor value of __name__ must be a reference.');
    const key = isName ? this.#nameKey(pathOf(value.referenceValue ?? '')) : valueKey(value);
    return direction === 'DESCENDING' ? inverted(key) : key;
  }
}
