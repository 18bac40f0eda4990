import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Engine } from './engine/engine.ts';
import type { Transactions } from './engine/transactions.ts';
import { indexTerm, keyHead } from './index/keys.ts';
import { valueKey } from './values/key.ts';
import { afterPrefix } from './values/ranges.ts';
import { timestampFromMicros } from './values/time.ts';

const SWEEP_EVERY_MS = 3_600_000;
const CHUNK = 200;

/**
 * Deletes documents whose TTL field (`"ttl": true` in the index file) holds a time that has passed, every hour of the
 * clock: like any other writes, so they are billed, wait for locks and are seen by triggers and listeners. Returns what
 * ends it.
 */
export function startTtl({ clock, store }: Engine, transactions: Transactions): () => void {
  const { definitions, terms } = store;
  let stopped = false;
  let cancelTimer: (() => void) | undefined;

  async function sweep(database: string, collectionGroup: string, fieldPath: string): Promise<void> {
    const head = keyHead(terms.index(indexTerm.ttl(fieldPath)), terms.group(database, collectionGroup));
    const now = valueKey({ timestampValue: timestampFromMicros(clock.now() * 1000) });
    const end = afterPrefix(Buffer.concat([head, now]));
    while (!stopped) {
      const expired = store.entries(head, end, CHUNK).map(({ documentNo }) => store.documentByNo(documentNo));
      if (expired.length === 0) return;
      const writes = expired.map(({ name, updateTime }) => ({ delete: name, currentDocument: { updateTime } }));
      await transactions.commit(database, writes, undefined, 'ttl');
      await nextTurn();
    }
  }

  async function sweepAll(): Promise<void> {
    for (const database of terms.databases()) {
      for (const { collectionGroup, fieldPath } of definitions.ttlFields) {
        await sweep(database, collectionGroup, fieldPath);
      }
    }
  }

  function arm(): void {
    cancelTimer = clock.setTimer(clock.now() + SWEEP_EVERY_MS, () => {
      arm();
      sweepAll().catch((error: unknown) => {
        // Someone else holds or changed one of the documents: the next sweep finds them again.
        console.warn('firestore: a TTL sweep stopped early:', error);
      });
    });
  }
  if (definitions.ttlFields.length > 0) arm();

  return () => {
    stopped = true;
    cancelTimer?.();
  };
}
