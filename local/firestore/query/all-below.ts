import type { StoredDocument } from '../change.ts';
import type { DocumentStore } from '../engine/store.ts';
import { indexTerm, keyHead } from '../index/keys.ts';
import type { CompiledQuery } from './compiled.ts';
import { EVERYTHING } from './intervals.ts';
import { EntryStream, joined } from './stream.ts';

/** Every matching document of all collections below a parent, sorted after reading them all: for recursive deletes. */
export function allBelow(store: DocumentStore, query: CompiledQuery): StoredDocument[] {
  const nameIndex = store.terms.index(indexTerm.name('COLLECTION'));
  const found: StoredDocument[] = [];
  for (const { no } of store.terms.collectionsBelow(query.database, query.parent)) {
    const stream = new EntryStream(store, keyHead(nameIndex, no), EVERYTHING, false);
    for (const documentNo of joined([stream])) {
      const document = store.documentByNo(documentNo);
      if (query.matches(document)) found.push(document);
    }
  }
  return found.sort((a, b) => query.compare(a, b));
}
