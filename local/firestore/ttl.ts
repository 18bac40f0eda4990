import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Engine } from './engine/engine.ts';
import type { TtlField } from './index/definitions.ts';
import { indexTerm, keyHead } from './index/keys.ts';
import { afterPrefix } from './values/bytes.ts';
import { valueKey } from './values/key.ts';
import { timestampFromMicros } from './values/time.ts';
import type { Write } from './wire.ts';

const SWEEP_EVERY_MS = 3_600_000;
const CHUNK = 200;

export interface TtlOptions {
  engine: Engine;
  /** Commits deletes like any other writes: billed, behind locks, seen by triggers and listeners. */
  commit(database: string, writes: readonly Write[]): unknown;
}

export interface Ttl {
  /** Deletes what has expired by now, and resolves to how many; it also happens by itself every hour of the clock. */
  sweep(): Promise<number>;
  stop(): void;
}

/** Starts deleting documents whose TTL field (`"ttl": true` in the index file) holds a time that has passed. */
export function startTtl({ engine, commit }: TtlOptions): Ttl {
  const { clock, store } = engine;
  const { ttlFields } = store.definitions;
  let stopped = false;
  let cancelTimer = () => undefined as unknown;

  async function sweepField(database: string, { collectionGroup, fieldPath }: TtlField): Promise<number> {
    const head = keyHead(store.terms.index(indexTerm.ttl(fieldPath)), store.terms.group(database, collectionGroup));
    const nowKey = valueKey({ timestampValue: timestampFromMicros(clock.now() * 1000) });
    const end = afterPrefix(Buffer.concat([head, nowKey]));
    let from = head;
    let deleted = 0;
    while (!stopped) {
      const entries = store.entries(from, end, CHUNK);
      const last = entries.at(-1);
      if (!last) break;
      const expired = entries.map(({ documentNo }) => store.documentByNo(documentNo));
      await commit(
        database,
        expired.map(({ name, updateTime }) => ({ delete: name, currentDocument: { updateTime } })),
      );
      deleted += entries.length;
      from = afterPrefix(last.key);
      await nextTurn();
    }
    return deleted;
  }

  async function sweep(): Promise<number> {
    let deleted = 0;
    for (const { database } of engine.db.prepare('SELECT DISTINCT database FROM collections').all()) {
      for (const field of ttlFields) deleted += await sweepField(String(database), field);
    }
    return deleted;
  }

  function arm(): void {
    cancelTimer = clock.setTimer(clock.now() + SWEEP_EVERY_MS, () => {
      arm();
      sweep().catch((error: unknown) => {
        // Someone else holds or changed one of the documents: the next sweep finds them again.
        console.warn('firestore: a TTL sweep stopped early:', error);
      });
    });
  }
  if (ttlFields.length > 0) arm();

  return {
    sweep,
    stop() {
      stopped = true;
      cancelTimer();
    },
  };
}
