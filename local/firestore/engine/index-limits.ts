import { invalid } from '../errors.ts';
import type { IndexDefinitions, IndexField, QueryScope } from '../index/definitions.ts';
import { allFields, differentElements } from '../index/keys.ts';
import { splitDocumentPath } from '../names.ts';
import { getField, parseFieldPath } from '../values/field-path.ts';
import type { Fields, ProtoValue } from '../wire.ts';
import { nameBytes, textBytes, valueBytes } from './limits.ts';

/** cloud.google.com/firestore/quotas#indexes */
const MAX_ENTRIES = 40_000;
const MAX_ENTRY_BYTES = 7.5 * 1024;
const MAX_SUM_BYTES = 8 * 1024 * 1024;
const MAX_INDEXED_VALUE_BYTES = 1500;

/** The most that a field path and Firestore's own bytes add to an entry. */
const MAX_AROUND_BYTES = 1500 + 256;

/**
 * Throws INVALID_ARGUMENT when a document would have too many or too large index entries. They are counted as
 * Firestore keeps them, not as they are kept here: an ascending and a descending one for each field, two for each
 * element of a list (sizes: cloud.google.com/firestore/docs/storage-size#index-entry-size). `keys` are those kept here.
 */
export function checkIndexEntries(
  definitions: IndexDefinitions,
  path: string,
  fields: Fields,
  keys: readonly Buffer[],
): void {
  if (areSmall(path, keys)) return;
  let count = 0;
  let sumBytes = 0;
  for (const { entries, bytes } of entriesOf(definitions, path, fields)) {
    if (bytes > MAX_ENTRY_BYTES) throw invalid('Index entry is too large.');
    count += entries;
    sumBytes += entries * bytes;
  }
  if (count > MAX_ENTRIES) throw invalid(`too many index entries for entity /${path}`);
  if (sumBytes > MAX_SUM_BYTES) {
    throw invalid(`The index entries of /${path} take ${sumBytes} bytes, at most ${MAX_SUM_BYTES} are allowed.`);
  }
}

/** Whether no limit can be near, so that nothing needs to be counted. A value is never larger than its key. */
function areSmall(path: string, keys: readonly Buffer[]): boolean {
  const around = 2 * nameBytes(path) + MAX_AROUND_BYTES;
  let longest = 0;
  let sumBytes = 0;
  for (const { length } of keys) {
    if (length > longest) longest = length;
    sumBytes += 2 * (length + around);
  }
  return 2 * keys.length <= MAX_ENTRIES && longest + around <= MAX_ENTRY_BYTES && sumBytes <= MAX_SUM_BYTES;
}

type Entries = { entries: number; bytes: number };

function* entriesOf(definitions: IndexDefinitions, path: string, fields: Fields): Generator<Entries> {
  const { parent, collectionId } = splitDocumentPath(path);
  const ofName = nameBytes(path);
  const ofNames = ofName + (parent ? nameBytes(parent) : 0);
  for (const [fieldPath, value] of allFields(fields)) {
    for (const kind of definitions.singleField(collectionId, fieldPath)) {
      const [scope, mode] = kind.split(' ') as [QueryScope, string];
      const around = textBytes(fieldPath) + (scope === 'COLLECTION' ? ofNames + 32 : ofName + 48);
      const isList = mode === 'CONTAINS';
      const entries = isList ? 2 : 1;
      for (const each of isList ? differentElements(value) : [value])
        yield { entries, bytes: around + indexedBytes(each) };
    }
  }
  for (const index of definitions.compositesOf(collectionId)) {
    const around = 32 + (index.queryScope === 'COLLECTION' ? ofNames : ofName);
    yield* compositeEntries(index.fields, fields, around);
  }
}

function* compositeEntries(indexFields: readonly IndexField[], fields: Fields, around: number): Generator<Entries> {
  let bytes = around;
  let elements: ProtoValue[] | undefined;
  for (const { fieldPath, arrayConfig } of indexFields) {
    if (fieldPath === '__name__') continue;
    const value = getField(fields, parseFieldPath(fieldPath));
    if (!value) return;
    if (arrayConfig) elements = differentElements(value);
    else bytes += indexedBytes(value);
  }
  if (!elements) yield { entries: 1, bytes };
  else for (const element of elements) yield { entries: 1, bytes: bytes + indexedBytes(element) };
}

function indexedBytes(value: ProtoValue): number {
  return Math.min(valueBytes(value), MAX_INDEXED_VALUE_BYTES);
}
