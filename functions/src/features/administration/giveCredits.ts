import { type Deposit, deposit, depositId, type LedgerEntry } from '../../core/credit/ledger.ts';
import { AppError } from '../../core/errors.ts';
import { IDEMPOTENCY_KEY, IDEMPOTENCY_KEY_RULE } from '../../core/idempotencyKey.ts';
import { now } from '../../platform/clock.ts';
import { creditLedger } from '../../platform/collections.ts';
import type { By } from './by.ts';
import { changeAccount } from './changeAccount.ts';
import { authUser } from './user.ts';

/** Credits for a user, or by a negative adjustment from them. */
export interface CreditWish extends Pick<Deposit, 'kind' | 'credits' | 'reason'> {
  /** A payment's id or a request's key: booked once, however often it is sent. Without one, each call books anew. */
  key?: string;
}

export interface CreditsGiven {
  entry: LedgerEntry;
  availableCredits: number;
  /** True when this key had been booked before, and nothing was changed now. */
  replayed: boolean;
}

/** The key of the credits that an account begins with. */
const SIGNUP_KEY = 'signup';
const KINDS = ['grant', 'purchase', 'adjustment'] as const satisfies Deposit['kind'][];

/**
 * Books a grant, a purchase or an adjustment. Throws `not_found`, `invalid_request` for a key that cannot be one,
 * `idempotency_conflict` when it was used for something else, `conflict` for an adjustment that takes more than is available.
 */
export async function giveCredits(by: By, uidOrEmail: string, wish: CreditWish): Promise<CreditsGiven> {
  const user = await authUser(uidOrEmail);
  const key = wish.key === undefined ? creditLedger().doc().id : plainKey(wish.key);
  const who = 'uid' in by.actor ? by.actor.uid : `cli:${by.actor.cli}`;
  const order: Deposit = { kind: wish.kind, credits: wish.credits, reason: wish.reason, key, by: who };
  let booked: Omit<CreditsGiven, 'availableCredits'> | undefined;
  const { balance } = await changeAccount(by, user, async (account, transaction) => {
    const ids = KINDS.map((kind) => depositId(user.uid, { kind, key }));
    const found = await transaction.getAll(...ids.map((id) => creditLedger().doc(id)));
    const earlier = found.flatMap((snapshot) => snapshot.data() ?? [])[0];
    if (earlier) {
      booked = { entry: sameBooking(earlier, order), replayed: true };
      return undefined;
    }
    const booking = deposit(account.balance, user.uid, order, now());
    if (!booking.ok) {
      throw new AppError('conflict', `Only ${account.balance.availableCredits} credits are available.`);
    }
    booked = { entry: booking.entry, replayed: false };
    return {
      account: { ...account, balance: booking.balance },
      entries: [booking.entry],
      audit: {
        action: `credits.${wish.kind}`,
        before: { availableCredits: account.balance.availableCredits },
        after: { availableCredits: booking.balance.availableCredits, entry: booking.entry.id },
        reason: wish.reason,
      },
    };
  });
  if (!booked) throw new Error('a deposit is booked or found');
  return { ...booked, availableCredits: balance.availableCredits };
}

/** A key as part of a document's id: no slash, and no dot, which is what stands between the parts. */
function plainKey(key: string): string {
  if (!IDEMPOTENCY_KEY.test(key) || key === SIGNUP_KEY) {
    const message = key === SIGNUP_KEY ? 'is the system’s own' : IDEMPOTENCY_KEY_RULE;
    throw new AppError('invalid_request', `The key cannot be used: it ${message}.`, [{ path: 'key', message }]);
  }
  return encodeURIComponent(key).replaceAll('.', '%2E');
}

function sameBooking(earlier: LedgerEntry, { kind, credits }: Deposit): LedgerEntry {
  if (earlier.kind === kind && earlier.moves.available === credits) return earlier;
  throw new AppError('idempotency_conflict', 'This key was used for another kind or amount of credits.');
}
