import type { Actor } from '../../core/actor.ts';
import { type LiveFilter, wants } from '../../core/live/filter.ts';
import { type Frame, frameText } from '../../core/live/frame.ts';
import type { Position } from '../../core/live/position.ts';
import { perApp } from '../../platform/app.ts';
import { broadcast, type Entry } from './broadcast.ts';
import { missedSince } from './missed.ts';
import { inTurns } from './turns.ts';

const encoder = new TextEncoder();
/** Events that may come while the log is read for somebody who comes back. */
const MAX_WAITING = 4_000;
/** When an instance is gone all its viewers come to another at once, and each reading holds up to 1,000 events. */
const readings = perApp(() => inTurns(5));

export interface LiveWish {
  actor: Actor;
  filter: LiveFilter;
  /** Where the viewer stood before. */
  after?: Position;
  /** How long the viewer is to wait before coming back. */
  retryMs: number;
}

/** Where a viewer's frames go. */
export interface Outlet {
  send(frame: Uint8Array): void;
  /** The stream is over: the log cannot be heard any more, or the viewer is too slow. */
  end(reason: 'unavailable' | 'overflow'): void;
}

export interface Watch {
  /** Where the viewer stands, if that has moved without a word to them since they were last told, by this or an event. */
  takePassed(): Position | undefined;
  stop(): void;
}

/**
 * Sends a viewer `ready`, what they missed since `after`, and each event that they want, from then on. What this instance
 * still keeps is sent exactly once; from the log, an event may be repeated, and none is left out but what a `gap` names.
 * Throws `unavailable` and `limit_exceeded`.
 */
export async function watch({ actor, filter, after, retryMs }: LiveWish, outlet: Outlet): Promise<Watch> {
  const hub = broadcast();
  const who = actor.key ? `key ${actor.key.id}` : `user ${actor.uid}`;
  const send = (frame: Frame) => outlet.send(encoder.encode(frameText(frame)));
  const waiting: Entry[] = [];
  let repeated = new Set<string>();
  let isOpen = false;
  let passed: Position | undefined;

  const show = ({ event, position, frame }: Entry) => {
    if (repeated.delete(event.id) || !wants(filter, event)) {
      passed = position;
      return;
    }
    passed = undefined;
    outlet.send(frame);
  };
  const viewer = {
    who,
    offer(entry: Entry) {
      if (isOpen) return show(entry);
      if (waiting.push(entry) <= MAX_WAITING) return;
      hub.leave(viewer);
      waiting.length = 0;
      outlet.end('overflow');
    },
    lost: () => outlet.end('unavailable'),
  };
  await hub.join(viewer);

  try {
    const kept = after && hub.heardAfter(after);
    if (after && kept) {
      send({ position: after, event: 'ready', data: { resumed: 'exactly' }, retryMs });
      waiting.splice(0, waiting.length, ...kept);
    } else {
      const start = waiting[0] ? before(waiting[0]) : hub.position();
      const missed = after && (await readings()(() => missedSince(after, filter)));
      send({ position: after ?? start, event: 'ready', data: { resumed: after ? 'from the log' : 'no' }, retryMs });
      if (missed?.gap) send({ position: start, event: 'gap', data: missed.gap });
      for (const frame of missed?.frames ?? []) send(frame);
      repeated = missed?.ids ?? repeated;
      if (after) passed = start;
    }
  } catch (error) {
    hub.leave(viewer);
    throw error;
  }
  isOpen = true;
  for (const entry of waiting.splice(0)) show(entry);
  const takePassed = () => {
    const moved = passed;
    passed = undefined;
    return moved;
  };
  return { takePassed, stop: () => hub.leave(viewer) };
}

/** The position just before an entry. */
function before({ position }: Entry): Position {
  return { ...position, seq: position.seq - 1 };
}
