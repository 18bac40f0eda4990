import type { EventDraft } from '../events/draft.ts';
import type { EventType } from '../events/schema.ts';

/** Which events a viewer wants; absent: all. */
export interface LiveFilter {
  types?: ReadonlySet<EventType>;
  provider?: string;
  model?: string;
}

/** Whether a viewer wants this event. What is about no generation has no provider and no model. */
export function wants({ types, provider, model }: LiveFilter, { type, body }: Pick<EventDraft, 'type' | 'body'>) {
  if (types && !types.has(type)) return false;
  if (provider !== undefined && !('provider' in body && body.provider === provider)) return false;
  return model === undefined || ('model' in body && body.model === model);
}
