import { sha256 } from '../hash.ts';
import { shardOf } from '../shard.ts';
import type { EventBody, EventType } from './schema.ts';

/** An event about to be recorded: everything but the server's own time. */
export interface EventDraft<T extends EventType = EventType> {
  id: string;
  type: T;
  occurredAt: Date;
  shard: number;
  cellKey?: string;
  userKey: string;
  body: EventBody<T>;
}

/** The id of an event that a transition of our own generation makes. */
export function ownEventId(generationId: string, seq: number, type: EventType): string {
  return `${generationId}.${seq}.${type}`;
}

/** The id of an event that somebody else reports; it never meets one of ours. */
export function reportedEventId(source: string, callersId: string): string {
  return sha256('event', source, callersId);
}

/** What stands for a user in events: the same for the same user, and not their id. */
export function userKeyOf(uid: string): string {
  return sha256('user', uid).slice(0, 32);
}

/** The cell in which an event about a generation is counted. */
export function cellKeyOf(subject: { provider: string; model: string; kind: string }): string {
  return `${subject.provider}/${subject.model}/${subject.kind}`;
}

/** The shard of an event, from its id. */
export const eventShard = (id: string): number => shardOf(id);
