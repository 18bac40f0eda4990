import type { z } from '@hono/zod-openapi';
import type { RowResult } from '../../../features/ingest/index.ts';
import type { takenInSchema } from '../../schemas/ingest.ts';

/** The answer to a row alone: its refusal is that of the request. Throws it. */
export function takenInAlone(row: unknown, [result]: readonly RowResult[]): z.infer<typeof takenInSchema> {
  if (!result) throw new Error('a row came to nothing');
  if (result.status === 'refused') throw result.error;
  return takenIn([row], [result]);
}

/** The answer to a batch: what became of each row, in order. */
export function takenIn(rows: readonly unknown[], results: readonly RowResult[]): z.infer<typeof takenInSchema> {
  const count = (status: RowResult['status']) => results.filter((result) => result.status === status).length;
  return {
    accepted: count('accepted'),
    unchanged: count('unchanged'),
    refused: count('refused'),
    results: results.map((result, index) => ({ index, ...idOf(rows[index]), ...told(result) })),
  };
}

function told(result: RowResult) {
  if (result.status === 'refused')
    return { status: result.status, code: result.error.code, reason: result.error.message };
  return result;
}

function idOf(row: unknown): { id?: string } {
  const isNamed = typeof row === 'object' && row !== null && 'id' in row && typeof row.id === 'string';
  return isNamed ? { id: String(row.id).slice(0, 200) } : {};
}
