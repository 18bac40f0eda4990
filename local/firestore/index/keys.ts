import type { ProtoValue, StoredDocument } from '../change.ts';
import { splitDocumentPath } from '../names.ts';
import { inverted } from '../values/bytes.ts';
import { fieldPathText, getField, parseFieldPath } from '../values/field-path.ts';
import { idKey, pathKey, TYPE, valueKey, valueType } from '../values/key.ts';
import type { CompositeIndex, IndexDefinitions, QueryScope } from './definitions.ts';
import type { Terms } from './terms.ts';

/** Firestore indexes the first 1,500 bytes of a value: cloud.google.com/firestore/quotas#indexes */
const MAX_INDEXED_BYTES = 1500;
const CUT = Buffer.from([0x00, 0x01]);

/** The part of an index key that a value makes. */
export function indexedValueKey(value: ProtoValue): Buffer {
  const key = valueKey(value);
  return key.length <= MAX_INDEXED_BYTES ? key : Buffer.concat([key.subarray(0, MAX_INDEXED_BYTES), CUT]);
}

export function isCut(key: Buffer): boolean {
  return key.length > MAX_INDEXED_BYTES;
}

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
  terms: Terms,
  definitions: IndexDefinitions,
  database: string,
  path: string,
  document: StoredDocument,
): Buffer[] {
  const { parent, collectionId, id } = splitDocumentPath(path);
  const scopes = {
    COLLECTION: { no: terms.collection(database, parent, collectionId), name: idKey(id) },
    COLLECTION_GROUP: { no: terms.group(database, collectionId), name: pathKey(path) },
  };
  const keys: Buffer[] = [];
  const push = (scope: QueryScope, term: string, ...values: Buffer[]): void => {
    keys.push(Buffer.concat([keyHead(terms.index(term), scopes[scope].no), ...values, scopes[scope].name]));
  };
  push('COLLECTION', indexTerm.name('COLLECTION'));
  push('COLLECTION_GROUP', indexTerm.name('COLLECTION_GROUP'));

  eachField('', document.fields, (fieldPath, value) => {
    const kinds = definitions.singleField(collectionId, fieldPath);
    for (const scope of ['COLLECTION', 'COLLECTION_GROUP'] as const) {
      if (kinds.has(`${scope} ASCENDING`) || kinds.has(`${scope} DESCENDING`)) {
        push(scope, indexTerm.ascending(scope, fieldPath), indexedValueKey(value));
      }
      if (value.arrayValue && kinds.has(`${scope} CONTAINS`)) {
        for (const element of elementKeys(value)) push(scope, indexTerm.contains(scope, fieldPath), element);
      }
    }
  });
  for (const index of definitions.compositesOf(collectionId)) {
    const scope = scopes[index.queryScope];
    const head = keyHead(terms.index(indexTerm.composite(index)), scope.no);
    for (const key of compositeKeys(head, index, document, scope.name)) keys.push(key);
  }
  for (const { collectionGroup, fieldPath } of definitions.ttlFields) {
    if (collectionGroup !== collectionId) continue;
    const value = getField(document.fields, parseFieldPath(fieldPath));
    if (value?.timestampValue) push('COLLECTION_GROUP', indexTerm.ttl(fieldPath), valueKey(value));
  }
  return keys;
}

function eachField(
  prefix: string,
  fields: Record<string, ProtoValue>,
  visit: (fieldPath: string, value: ProtoValue) => void,
): void {
  for (const name of Object.keys(fields)) {
    const value = fields[name] ?? {};
    const fieldPath = prefix + fieldPathText([name]);
    visit(fieldPath, value);
    if (valueType(value) === TYPE.map) eachField(`${fieldPath}.`, value.mapValue?.fields ?? {}, visit);
  }
}

function elementKeys(value: ProtoValue): Buffer[] {
  const keys = new Map<string, Buffer>();
  for (const element of value.arrayValue?.values ?? []) {
    const key = indexedValueKey(element);
    keys.set(key.toString('latin1'), key);
  }
  return [...keys.values()];
}

/** A document without one of the fields is not in the index; one with n elements in a CONTAINS field is in it n times. */
function compositeKeys(head: Buffer, index: CompositeIndex, document: StoredDocument, name: Buffer): Buffer[] {
  let keys = [head];
  for (const { fieldPath, order, arrayConfig } of index.fields) {
    if (fieldPath === '__name__') {
      const part = order === 'DESCENDING' ? inverted(name) : name;
      keys = keys.map((key) => Buffer.concat([key, part]));
      continue;
    }
    const value = getField(document.fields, parseFieldPath(fieldPath));
    if (!value || (arrayConfig && !value.arrayValue)) return [];
    const parts = arrayConfig ? elementKeys(value) : [indexedValueKey(value)];
    keys = keys.flatMap((key) =>
      parts.map((part) => Buffer.concat([key, order === 'DESCENDING' ? inverted(part) : part])),
    );
  }
  return keys;
}
