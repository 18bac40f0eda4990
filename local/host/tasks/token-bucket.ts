export interface RateLimits {
  maxConcurrentDispatches: number;
  maxDispatchesPerSecond: number;
}

/** What firebase-functions documents for `onTaskDispatched`. */
export const RATE_LIMIT_DEFAULTS: RateLimits = { maxConcurrentDispatches: 1000, maxDispatchesPerSecond: 500 };

/** Cloud Tasks picks the burst by itself and does not document how; here it is what one second refills. */
export function burstSize(limits: RateLimits): number {
  return Math.max(1, Math.floor(limits.maxDispatchesPerSecond));
}

const ROUNDING = 1e-9;

/** A token bucket on a clock that is handed in: full at first. */
export class TokenBucket {
  #perMs: number;
  #capacity: number;
  #tokens: number;
  #asOfMs = Number.NEGATIVE_INFINITY;

  constructor(limits: RateLimits) {
    this.#perMs = limits.maxDispatchesPerSecond / 1000;
    this.#capacity = burstSize(limits);
    this.#tokens = this.#capacity;
  }

  /** The clock time at which a token can be taken: `nowMs` when there is one. */
  availableAtMs(nowMs: number): number {
    const tokens = this.#tokensAt(nowMs);
    return tokens >= 1 - ROUNDING ? nowMs : nowMs + Math.ceil((1 - tokens) / this.#perMs - ROUNDING);
  }

  /** Takes a token, or answers false when there is none. */
  take(nowMs: number): boolean {
    const tokens = this.#tokensAt(nowMs);
    if (tokens < 1 - ROUNDING) return false;
    this.#tokens = tokens - 1;
    this.#asOfMs = nowMs;
    return true;
  }

  #tokensAt(nowMs: number): number {
    if (this.#tokens >= this.#capacity) return this.#capacity;
    return Math.min(this.#capacity, this.#tokens + (nowMs - this.#asOfMs) * this.#perMs);
  }
}
