import { networkOf } from '../../core/access/address.ts';
import { ANONYMOUS_PER_MINUTE, PER_MINUTE, type RateClass } from '../../core/access/rates.ts';
import { exceededBy, isOver, type RateWindow } from '../../core/access/window.ts';
import type { Actor } from '../../core/actor.ts';
import { AppError, type Exceeded } from '../../core/errors.ts';
import { perApp } from '../../platform/app.ts';
import { now } from '../../platform/clock.ts';
import { BoundedMap } from './boundedMap.ts';

/** Apart, so that a flood from many addresses makes nobody's own window be forgotten. */
const addresses = perApp(() => new BoundedMap<string, RateWindow>(10_000));
const principals = perApp(() => new BoundedMap<string, RateWindow>(10_000));

/** Counts a request of nobody in particular from this address. Throws `limit_exceeded`. */
export function countAnonymous(address: string): void {
  count(addresses(), networkOf(address), ANONYMOUS_PER_MINUTE);
}

/** Throws `limit_exceeded` when this address has no anonymous request left; counts nothing. */
export function assertRoomFor(address: string): void {
  const window = addresses().get(networkOf(address));
  const exceeded = window && exceededBy(window, ANONYMOUS_PER_MINUTE, now().getTime());
  if (exceeded) throw refusal(exceeded);
}

/** Counts a request of this class by a key, or by a signed-in user. Throws `limit_exceeded`. */
export function countRequest({ uid, key }: Pick<Actor, 'uid' | 'key'>, rate: RateClass): void {
  count(principals(), `${rate} ${key ? `key ${key.id}` : `user ${uid}`}`, PER_MINUTE[rate]);
}

function count(windows: BoundedMap<string, RateWindow>, name: string, allowed: number): void {
  const nowMs = now().getTime();
  const window = windows.get(name);
  if (!window || isOver(window, nowMs)) {
    windows.set(name, { startedAtMs: nowMs, used: 1 });
    return;
  }
  const exceeded = exceededBy(window, allowed, nowMs);
  if (exceeded) throw refusal(exceeded);
  window.used++;
}

function refusal(exceeded: Exceeded): AppError {
  return new AppError('limit_exceeded', 'Too many requests in a minute; wait and try again.', [], exceeded);
}
