import { AppError } from '../../core/errors.ts';
import type { Created } from './createEach.ts';

/** What became of one row of a request. */
export type RowResult =
  | { status: 'accepted' | 'unchanged'; generationId?: string }
  | { status: 'refused'; error: AppError };

/** What a row comes to, or the refusal of the row. Anything that is not a refusal is thrown on. */
export function refusedOr<T>(read: () => T): T | { refusal: AppError } {
  try {
    return read();
  } catch (error) {
    if (error instanceof AppError) return { refusal: error };
    throw error;
  }
}

/** A row's result; `conflict` says what an id that is taken means. */
export function resultOf(created: Created | undefined, conflict: string, generationId?: string): RowResult {
  if (created === 'conflict' || created === undefined)
    return { status: 'refused', error: new AppError('conflict', conflict) };
  return { status: created, ...(generationId !== undefined && { generationId }) };
}
