import type { EventDraft } from './draft.ts';

/**
 * The moment at which an event counts, or undefined where it counts nowhere by itself. Arrivals count when they were
 * made; outcome, times, cost and retries when the generation ended; ratings, scores and corrections at that same end.
 */
export function countedAt(event: Pick<EventDraft, 'type' | 'occurredAt' | 'body'>): Date | undefined {
  switch (event.type) {
    case 'generation.submitted':
    case 'generation.retried':
      return undefined;
    case 'generation.rated':
    case 'generation.scored':
    case 'generation.corrected':
      return 'endedAt' in event.body ? event.body.endedAt : undefined;
    default:
      return event.occurredAt;
  }
}
