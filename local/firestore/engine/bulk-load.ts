import { setImmediate as nextTurn } from 'node:timers/promises';
import { checkDocumentPath } from '../names.ts';
import { timestampFromMicros } from '../values/time.ts';
import type { Fields } from '../wire.ts';
import type { Engine } from './engine.ts';
import { checkDocument } from './limits.ts';

const CHUNK = 500;
const DATABASE = '(default)';

export interface BulkDocument {
  /** Below `documents/`. */
  path: string;
  fields: Fields;
}

/**
 * Stores many documents fast, to set a scene: not billed, no triggers, listeners are not told. Resolves to their number;
 * rejects with INVALID_ARGUMENT at the first document that Firestore would refuse, keeping the chunks before it.
 */
export async function bulkLoad(
  engine: Engine,
  documents: Iterable<BulkDocument> | AsyncIterable<BulkDocument>,
): Promise<number> {
  let loaded = 0;
  const store = (chunk: readonly BulkDocument[]): void => {
    const time = timestampFromMicros(engine.readMicros());
    for (const { path, fields } of chunk) {
      const name = engine.documentName(DATABASE, path);
      checkDocumentPath(path);
      checkDocument(name, path, fields);
      const before = engine.store.get(DATABASE, path);
      engine.store.put(DATABASE, path, before, { name, fields, createTime: time, updateTime: time });
    }
    loaded += chunk.length;
  };
  let chunk: BulkDocument[] = [];
  for await (const document of documents) {
    chunk.push(document);
    if (chunk.length < CHUNK) continue;
    engine.store.transaction(() => store(chunk));
    chunk = [];
    await nextTurn();
  }
  engine.store.transaction(() => store(chunk));
  return loaded;
}
