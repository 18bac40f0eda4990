import { deposit, hold, type LedgerEntry } from '../credit/ledger.ts';
import { AppError } from '../errors.ts';
import type { TierLimits } from '../settings/settings.ts';
import type { Account } from './account.ts';
import { limitBrokenBy, withGeneration } from './limits.ts';

const LIMIT_WORDS: Record<string, string> = {
  generation_requests_per_minute: 'generations asked for within a minute',
  concurrent_generations: 'generations under way at the same time',
  generations_per_day: 'generations a day (UTC)',
  credits_per_day: 'credits a day (UTC)',
  credits_per_30_days: 'credits in 30 days',
};

/** What an account becomes, and what is booked on the way. */
export interface Charged {
  account: Account;
  entries: LedgerEntry[];
}

/** A new account with the credits that its tier begins with. The grant can be booked once for a user, whenever that is. */
export function openAccount(account: Account, { signupCredits }: TierLimits, now: Date): Charged {
  if (signupCredits === 0) return { account, entries: [] };
  const grant = { kind: 'grant', key: 'signup', credits: signupCredits, by: 'system', reason: 'new account' } as const;
  const booked = deposit(account.balance, account.id, grant, now);
  if (!booked.ok) throw new Error('a grant cannot be refused');
  return { account: { ...account, balance: booked.balance }, entries: [booked.entry] };
}

/**
 * Lets an account pay for one more generation: its limits are checked and `credits` are held. Throws `suspended`,
 * `limit_exceeded` with what frees when, or `insufficient_credits`.
 */
export function chargeForGeneration(
  account: Account,
  limits: TierLimits,
  generationId: string,
  credits: number,
  now: Date,
): Charged {
  if (account.suspendedAt) throw new AppError('suspended', 'This account is suspended.');
  const exceeded = limitBrokenBy(account, limits, credits, now);
  if (exceeded) {
    const words = LIMIT_WORDS[exceeded.limit] ?? exceeded.limit;
    throw new AppError('limit_exceeded', `At most ${exceeded.allowed} ${words}; ${exceeded.used} used.`, [], exceeded);
  }
  const booked = hold(account.balance, account.id, generationId, credits, now);
  if (!booked.ok) {
    const { availableCredits } = account.balance;
    throw new AppError('insufficient_credits', `This costs ${credits} credits; you have ${availableCredits}.`, [], {
      limit: 'credits',
      allowed: availableCredits,
      used: 0,
    });
  }
  return { account: withGeneration({ ...account, balance: booked.balance }, credits, now), entries: [booked.entry] };
}
