import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ProtoValue } from '../change.ts';
import { checkDocumentPath } from '../names.ts';
import { timestampFromMicros } from '../values/time.ts';
import type { Engine } from './engine.ts';
import { checkDocument } from './limits.ts';

const CHUNK = 500;

export interface BulkDocument {
  /** Below `documents/`. */
  path: string;
  fields: Record<string, ProtoValue>;
}

/**
 * Stores many documents fast, to set a scene: not billed, no triggers, listeners are not told. Resolves to their number;
 * rejects with INVALID_ARGUMENT at the first document that Firestore would refuse, keeping the chunks before it.
 */
export async function bulkLoad(
  engine: Engine,
  documents: Iterable<BulkDocument> | AsyncIterable<BulkDocument>,
  database = '(default)',
): Promise<number> {
  let loaded = 0;
  let chunk: BulkDocument[] = [];
  const flush = async (): Promise<void> => {
    const time = timestampFromMicros(engine.readMicros());
    engine.store.transaction(() => {
      for (const { path, fields } of chunk) {
        const name = engine.documentName(database, path);
        checkDocumentPath(path);
        checkDocument(name, path, fields);
        engine.store.put(database, path, engine.get(database, path), {
          name,
          fields,
          createTime: time,
          updateTime: time,
        });
      }
    });
    loaded += chunk.length;
    chunk = [];
    await nextTurn();
  };
  for await (const document of documents) {
    chunk.push(document);
    if (chunk.length === CHUNK) await flush();
  }
  await flush();
  return loaded;
}
