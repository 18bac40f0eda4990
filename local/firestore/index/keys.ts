import { splitDocumentPath } from '../names.ts';
import { fieldPathText, getField, parseFieldPath } from '../values/field-path.ts';
import { idKey, isVector, pathKey, valueKey } from '../values/key.ts';
import { inverted } from '../values/ranges.ts';
import type { Fields, ProtoValue, StoredDocument } from '../wire.ts';
import type { CompositeIndex, IndexDefinitions, IndexField, QueryScope } from './definitions.ts';
import type { Terms } from './terms.ts';

const SCOPES = ['COLLECTION', 'COLLECTION_GROUP'] as const;
const NAME: IndexField = { fieldPath: '__name__', order: 'ASCENDING' };

/** What an index is called among the stored terms. */
export const indexTerm = {
  name: (scope: QueryScope): string => `${scope} name`,
  ascending: (scope: QueryScope, fieldPath: string): string => `${scope} asc ${fieldPath}`,
  contains: (scope: QueryScope, fieldPath: string): string => `${scope} contains ${fieldPath}`,
  ttl: (fieldPath: string): string => `ttl ${fieldPath}`,
  composite: ({ queryScope, fields }: CompositeIndex): string =>
    `${queryScope} ${fields.map((f) => `${f.fieldPath} ${f.arrayConfig ?? f.order ?? 'ASCENDING'}`).join(', ')}`,
};

/** The head of every key of one index in one collection (or collection group). */
export function keyHead(indexNo: number, scopeNo: number): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(indexNo, 0);
  head.writeUInt32BE(scopeNo, 4);
  return head;
}

/** The key under which a document itself is found. */
export function nameKey(terms: Terms, database: string, path: string): Buffer {
  const { parent, collectionId, id } = splitDocumentPath(path);
  const collectionNo = terms.collection(database, parent, collectionId);
  return Buffer.concat([keyHead(terms.index(indexTerm.name('COLLECTION')), collectionNo), idKey(id)]);
}

/** All index entries of one document, the name entry first; no key twice. */
export function documentKeys(
  { terms, definitions }: { terms: Terms; definitions: IndexDefinitions },
  database: string,
  path: string,
  { fields }: StoredDocument,
): Buffer[] {
  const { parent, collectionId, id } = splitDocumentPath(path);
  const scopes = {
    COLLECTION: { no: terms.collection(database, parent, collectionId), name: idKey(id) },
    COLLECTION_GROUP: { no: terms.group(database, collectionId), name: pathKey(path) },
  };
  const keys: Buffer[] = [];
  const add = (scope: QueryScope, term: string, ...indexFields: IndexField[]): void => {
    const { no, name } = scopes[scope];
    for (const key of entryKeys(keyHead(terms.index(term), no), indexFields, fields, name)) keys.push(key);
  };
  for (const scope of SCOPES) add(scope, indexTerm.name(scope), NAME);
  for (const [fieldPath, value] of allFields(fields)) {
    const kinds = definitions.singleField(collectionId, fieldPath);
    for (const scope of SCOPES) {
      const isOrdered = kinds.has(`${scope} ASCENDING`) || kinds.has(`${scope} DESCENDING`);
      if (isOrdered) add(scope, indexTerm.ascending(scope, fieldPath), { fieldPath }, NAME);
      if (!value.arrayValue || !kinds.has(`${scope} CONTAINS`)) continue;
      add(scope, indexTerm.contains(scope, fieldPath), { fieldPath, arrayConfig: 'CONTAINS' }, NAME);
    }
  }
  for (const index of definitions.compositesOf(collectionId)) {
    add(index.queryScope, indexTerm.composite(index), ...index.fields);
  }
  for (const { collectionGroup, fieldPath } of definitions.ttlFields) {
    const expires = collectionGroup === collectionId && getField(fields, parseFieldPath(fieldPath))?.timestampValue;
    if (expires) add('COLLECTION_GROUP', indexTerm.ttl(fieldPath), { fieldPath }, NAME);
  }
  return keys;
}

/** Every field, those inside maps included, with its canonical path. */
export function* allFields(fields: Fields, prefix = ''): Generator<[string, ProtoValue]> {
  for (const [name, value] of Object.entries(fields)) {
    const fieldPath = prefix + fieldPathText([name]);
    yield [fieldPath, value];
    if (value.mapValue && !isVector(value)) yield* allFields(value.mapValue.fields ?? {}, `${fieldPath}.`);
  }
}

/** A document without one of the fields is not in the index; one with n elements in a CONTAINS field is in it n times. */
function entryKeys(head: Buffer, indexFields: readonly IndexField[], fields: Fields, name: Buffer): Buffer[] {
  let keys = [head];
  for (const { fieldPath, order, arrayConfig } of indexFields) {
    const value = getField(fields, parseFieldPath(fieldPath));
    let parts = fieldPath === NAME.fieldPath ? [name] : [];
    if (value) parts = arrayConfig ? elementKeys(value) : [valueKey(value)];
    if (order === 'DESCENDING') parts = parts.map(inverted);
    keys = keys.flatMap((key) => parts.map((part) => Buffer.concat([key, part])));
  }
  return keys;
}

function elementKeys(value: ProtoValue): Buffer[] {
  return [...keyedElements(value).values()].map(({ key }) => key);
}

/** The elements of a list, of equal ones the first; none when the value is no list. */
export function differentElements(value: ProtoValue): ProtoValue[] {
  return [...keyedElements(value).values()].map(({ element }) => element);
}

function keyedElements({ arrayValue }: ProtoValue): Map<string, { key: Buffer; element: ProtoValue }> {
  const byKey = new Map<string, { key: Buffer; element: ProtoValue }>();
  for (const element of arrayValue?.values ?? []) {
    const key = valueKey(element);
    const text = key.toString('latin1');
    if (!byKey.has(text)) byKey.set(text, { key, element });
  }
  return byKey;
}
