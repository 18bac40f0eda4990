import type { Role } from '../actor.ts';
import { type Balance, EMPTY_BALANCE } from '../credit/ledger.ts';
import { shardOf } from '../shard.ts';

export const TIERS = ['free', 'premium'] as const;
export type Tier = (typeof TIERS)[number];

/** One user as `users/{uid}` holds them: what they may do, what they have, and what they have used of their limits. */
export interface Account {
  id: string;
  shard: number;
  tier: Tier;
  role?: Role;
  /** Set while the user may not do anything. */
  suspendedAt?: Date;
  suspendedFor?: string;
  /** ID tokens issued earlier, by the real clock, are refused: their claims are out of date. */
  tokensValidFrom?: Date;
  balance: Balance;
  /** Generations that have not ended. */
  openGenerations: number;
  /** Credits held and not given back, by the UTC day of the request; days that no limit looks at are dropped. */
  spentCredits: Record<string, number>;
  /** Generations asked for on the last UTC day with any. */
  today: { day: string; generations: number };
  /** Generations asked for in a minute that began with the first of them. */
  minute: { startedAt: Date; generations: number };
  createdAt: Date;
}

/** The account of somebody who has never asked for anything. */
export function newAccount(uid: string, tier: Tier, now: Date): Account {
  return {
    id: uid,
    shard: shardOf(uid),
    tier,
    balance: EMPTY_BALANCE,
    openGenerations: 0,
    spentCredits: {},
    today: { day: utcDay(now), generations: 0 },
    minute: { startedAt: now, generations: 0 },
    createdAt: now,
  };
}

/** The UTC calendar day of a moment, such as `2026-11-21`. */
export function utcDay(at: Date): string {
  return at.toISOString().slice(0, 10);
}
