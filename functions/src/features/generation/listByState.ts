import type { ErrorCode } from '../../core/generation/outcome.ts';
import type { State } from '../../core/generation/state.ts';
import { ALL_SHARDS } from '../../core/shard.ts';
import { now } from '../../platform/clock.ts';
import { generations } from '../../platform/collections.ts';
import { pageByTime } from '../../platform/page.ts';
import type { GenerationPage } from './list.ts';
import { OVERDUE_MS } from './sweep.ts';

export interface StateQuery {
  /** `overdue`: open, and its next step is later than the sweeper would let it be. */
  state: State | 'overdue';
  /** Only with one of the states that have an error. */
  code?: ErrorCode | undefined;
  limit: number;
  cursor?: string | undefined;
}

/** Everybody's generations in a state: newest first, overdue ones longest overdue first. Throws `invalid_request` for a strange cursor. */
export async function listByState({ state, code, limit, cursor }: StateQuery): Promise<GenerationPage> {
  const overdue = state === 'overdue';
  let query = generations().where('shard', 'in', ALL_SHARDS);
  if (overdue) query = query.where('nextActionAt', '<=', new Date(now().getTime() - OVERDUE_MS));
  else query = query.where('state', '==', state);
  if (code !== undefined) query = query.where('error.code', '==', code);
  const [field, direction] = overdue ? (['nextActionAt', 'asc'] as const) : (['requestedAt', 'desc'] as const);
  const { entries, ...next } = await pageByTime(query, field, { limit, cursor }, direction);
  return { generations: entries, ...next };
}
