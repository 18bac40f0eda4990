import type { StoredDocument } from '../change.ts';
import { invalid } from '../errors.ts';
import { parseName, pathOf, splitDocumentPath } from '../names.ts';
import { afterPrefix, type Bound, inverted } from '../values/bytes.ts';
import { fieldPathText, getField, parseFieldPath } from '../values/field-path.ts';
import { idKey, pathKey, valueKey } from '../values/key.ts';
import type { Cursor, Direction, StructuredQuery } from '../wire.ts';
import { type Condition, isInequality, NAME_FIELD } from './conditions.ts';

export interface OrderField {
  fieldPath: string;
  names: readonly string[];
  direction: Direction;
}

/**
 * The full order of a query: what it says, then its inequality fields by name, then the document name, each in the
 * direction of the last order given.
 */
export function fullOrder(query: StructuredQuery, disjuncts: readonly Condition[][]): OrderField[] {
  const orders = (query.orderBy ?? []).map(({ field, direction }): OrderField => {
    const names = parseFieldPath(field.fieldPath);
    const fieldPath = field.fieldPath === NAME_FIELD ? NAME_FIELD : fieldPathText(names);
    return { fieldPath, names, direction: direction === 'DESCENDING' ? 'DESCENDING' : 'ASCENDING' };
  });
  const direction = orders.at(-1)?.direction ?? 'ASCENDING';
  const implicit = new Map<string, Condition>();
  for (const condition of disjuncts.flat()) {
    if (isInequality(condition) && condition.fieldPath !== NAME_FIELD) implicit.set(condition.fieldPath, condition);
  }
  for (const fieldPath of [...implicit.keys()].sort()) {
    if (orders.some((order) => order.fieldPath === fieldPath)) continue;
    orders.push({ fieldPath, names: implicit.get(fieldPath)?.names ?? [], direction });
  }
  const nameAt = orders.findIndex((order) => order.fieldPath === NAME_FIELD);
  if (nameAt >= 0) return orders.slice(0, nameAt + 1);
  return [...orders, { fieldPath: NAME_FIELD, names: [NAME_FIELD], direction }];
}

/** Turns documents and cursors into keys that compare as the query orders. */
export class SortKeys {
  readonly order: readonly OrderField[];
  #wholePath: boolean;
  #keys = new WeakMap<StoredDocument, Buffer>();

  /** `wholePath`: names are compared as whole paths, since the result spans several collections. */
  constructor(order: readonly OrderField[], wholePath: boolean) {
    this.order = order;
    this.#wholePath = wholePath;
  }

  /** Undefined when the document lacks a field of the order, so that it is not in the result. */
  of(document: StoredDocument): Buffer | undefined {
    const known = this.#keys.get(document);
    if (known) return known;
    const parts: Buffer[] = [];
    for (const { fieldPath, names, direction } of this.order) {
      const value = getField(document.fields, names);
      if (fieldPath !== NAME_FIELD && !value) return undefined;
      const key = fieldPath === NAME_FIELD ? this.#nameKey(pathOf(document.name)) : valueKey(value ?? {});
      parts.push(direction === 'DESCENDING' ? inverted(key) : key);
    }
    const key = Buffer.concat(parts);
    this.#keys.set(document, key);
    return key;
  }

  /** Where a result starts. Throws INVALID_ARGUMENT. */
  startBound(cursor: Cursor | undefined): Bound | undefined {
    return cursor && { at: this.#cursorKey(cursor), after: !cursor.before };
  }

  /** Where a result ends. Throws INVALID_ARGUMENT. */
  endBound(cursor: Cursor | undefined): Bound | undefined {
    return cursor && { at: this.#cursorKey(cursor), after: !cursor.before };
  }

  /** Whether the key lies in the part of the result that the cursors leave. */
  within(key: Buffer, start: Bound | undefined, end: Bound | undefined): boolean {
    if (start && Buffer.compare(key, start.after ? afterPrefix(start.at) : start.at) < 0) return false;
    return !end || Buffer.compare(key, end.after ? afterPrefix(end.at) : end.at) < 0;
  }

  #cursorKey(cursor: Cursor): Buffer {
    const values = cursor.values ?? [];
    if (values.length > this.order.length) throw invalid('Cursor has too many values.');
    const parts = values.map((value, at) => {
      const { fieldPath, direction } = this.order[at] as OrderField;
      const key = fieldPath === NAME_FIELD ? this.#cursorName(value.referenceValue) : valueKey(value);
      return direction === 'DESCENDING' ? inverted(key) : key;
    });
    return Buffer.concat(parts);
  }

  #cursorName(reference: string | undefined): Buffer {
    if (reference === undefined) throw invalid('Cursor value of __name__ must be a reference.');
    return this.#nameKey(parseName(reference).path);
  }

  #nameKey(path: string): Buffer {
    return this.#wholePath ? pathKey(path) : idKey(splitDocumentPath(path).id);
  }
}
