import type { Writes } from '../../platform/collections.ts';
import { commitUnlessChanged, type DocumentReference, documentsAt } from '../../platform/firestore.ts';

/** Rows in one commit: with two documents each it stays far under Firestore's 10 MiB. */
const ROWS_A_COMMIT = 100;
const COMMITS_AT_ONCE = 4;
/** Equal to no row's fingerprint. */
const REMOVED = '';

/** One row to be written once and for all. */
export interface Entry<T> {
  /** The document whose presence says that the row is in. */
  ref: DocumentReference<T>;
  /** Equal for equal rows. */
  fingerprint: string;
  /** Creates that document, and whatever goes with it. */
  write(writes: Writes): void;
}

/** `unchanged`: it was in before. `conflict`: another one with its id was in before. */
export type Created = 'accepted' | 'unchanged' | 'conflict';

/**
 * Creates what is not there yet, and answers for each entry in order. Nothing is read unless a commit meets something that
 * is there; then those of its hundred are looked at. Throws when the database does, and it is safe to begin anew.
 */
export async function createEach<T>(
  entries: readonly Entry<T>[],
  fingerprintOf: (stored: T) => string,
): Promise<Created[]> {
  const firsts = [...new Map(entries.toReversed().map((entry) => [entry.ref.path, entry])).values()].reverse();
  const chunks = Array.from({ length: Math.ceil(firsts.length / ROWS_A_COMMIT) }, (_, i) =>
    firsts.slice(i * ROWS_A_COMMIT, (i + 1) * ROWS_A_COMMIT),
  );
  /** What was there before, by path. */
  const found = new Map<string, string>();
  const waiting = chunks.values();
  const worker = async () => {
    for (const chunk of waiting) await createChunk(chunk, fingerprintOf, found);
  };
  await Promise.all(Array.from({ length: COMMITS_AT_ONCE }, worker));
  const made = new Set(firsts.filter(({ ref }) => !found.has(ref.path)));
  const byPath = new Map(firsts.map((entry) => [entry.ref.path, entry.fingerprint]));
  return entries.map((entry) => {
    if (made.has(entry)) return 'accepted';
    const { path } = entry.ref;
    return (found.get(path) ?? byPath.get(path)) === entry.fingerprint ? 'unchanged' : 'conflict';
  });
}

async function createChunk<T>(
  chunk: readonly Entry<T>[],
  fingerprintOf: (stored: T) => string,
  found: Map<string, string>,
): Promise<void> {
  if (chunk.length === 0 || (await commit(chunk))) return;
  const stored = await documentsAt(chunk.map(({ ref }) => ref));
  for (const [i, document] of stored.entries()) {
    const path = chunk[i]?.ref.path;
    if (document !== undefined && path !== undefined) found.set(path, fingerprintOf(document));
  }
  const left = chunk.filter(({ ref }) => !found.has(ref.path));
  const [alone] = chunk;
  if (left.length < chunk.length) await createChunk(left, fingerprintOf, found);
  else if (chunk.length > 1) for (const entry of chunk) await createChunk([entry], fingerprintOf, found);
  else if (alone && !(await commit(chunk))) {
    const [document] = await documentsAt([alone.ref]);
    // Without it something else of the row is there: its document was removed later, and stays so.
    found.set(alone.ref.path, document === undefined ? REMOVED : fingerprintOf(document));
  }
}

async function commit<T>(entries: readonly Entry<T>[]): Promise<boolean> {
  const version = await commitUnlessChanged((batch) => {
    for (const entry of entries) entry.write(batch);
  });
  return version !== undefined;
}
