import { setTimeout as sleep } from 'node:timers/promises';

/** A running system, whoever hosts it. It travels between processes as JSON. */
export interface Place {
  /** The web site and API. */
  site: string;
  /** Where functions are called by their trigger. */
  functions: string;
  /** `host:port` of Auth. */
  authHost: string;
  vendors: string;
  /** Address of a clock that moves only when told to; without it time goes by of itself. */
  clock?: string;
}

/** Longer than anything takes under the official suite on a busy machine. */
const LIMIT_MS = 120_000;
const LOOK_EVERY_MS = 250;
const ADVANCE_MS = 5_000;

/** Looks until there is something to see, letting time go by in between. Throws after two minutes of real time. */
export async function until<T>({ clock }: Place, what: string, look: () => Promise<T | undefined>): Promise<T> {
  const deadlineMs = performance.now() + LIMIT_MS;
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (performance.now() > deadlineMs) throw new Error(`not within ${LIMIT_MS / 1_000} s: ${what}`);
    if (clock === undefined) await sleep(LOOK_EVERY_MS);
    else await advance(clock);
  }
}

async function advance(clock: string): Promise<void> {
  const moved = await fetch(clock, { method: 'POST', body: JSON.stringify({ advanceMs: ADVANCE_MS }) });
  if (!moved.ok) throw new Error(`the clock did not move: ${await moved.text()}`);
}
