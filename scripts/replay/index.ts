import type { BadRow } from '../mapping/map-row.ts';
import { type Destination, sendBatch } from './batch.ts';
import type { ReplayRow } from './rows.ts';

const ROWS_A_BATCH = 500;
const BATCHES_AT_ONCE = 4;

/** What became of a history. */
export interface Replayed {
  accepted: number;
  unchanged: number;
  /** Rows that the API did not take, in the order of the file. */
  refused: BadRow[];
  wallMs: number;
}

/**
 * Sends rows through the public API, four batches at a time. It can be stopped and begun anew at any point, since what is in
 * already changes nothing. `onProgress` is told how many rows have been answered. Throws ReplayError.
 */
export async function replayRows(
  rows: readonly ReplayRow[],
  to: Destination,
  onProgress: (answered: number) => void = () => undefined,
): Promise<Replayed> {
  const startedMs = performance.now();
  const replayed: Replayed = { accepted: 0, unchanged: 0, refused: [], wallMs: 0 };
  let answered = 0;
  const batches = Array.from({ length: Math.ceil(rows.length / ROWS_A_BATCH) }, (_, i) =>
    rows.slice(i * ROWS_A_BATCH, (i + 1) * ROWS_A_BATCH),
  ).values();
  const worker = async () => {
    for (const batch of batches) {
      const results = await sendBatch(
        to,
        batch.map(({ report }) => report),
      );
      for (const { index, status, reason = '' } of results) {
        if (status === 'refused') replayed.refused.push({ line: batch[index]?.line ?? 0, reason });
        else replayed[status]++;
      }
      answered += batch.length;
      onProgress(answered);
    }
  };
  await Promise.all(Array.from({ length: BATCHES_AT_ONCE }, worker));
  replayed.refused.sort((a, b) => a.line - b.line);
  return { ...replayed, wallMs: performance.now() - startedMs };
}
