/**
 * Credits are whole numbers; one is worth one US cent. What a user has is split in two: available, and held for
 * generations under way.
 */
export interface Balance {
  availableCredits: number;
  heldCredits: number;
}

export const CREDIT_USD_MICROS = 10_000;
export const EMPTY_BALANCE: Balance = { availableCredits: 0, heldCredits: 0 };

export type EntryKind = 'hold' | 'capture' | 'release' | 'grant' | 'purchase' | 'adjustment';

/** The two accounts of a user, and those of the house that stand against them. */
export const ACCOUNT_NAMES = [
  'available',
  'held',
  'house.sales',
  'house.grants',
  'house.purchases',
  'house.adjustments',
] as const;
export type AccountName = (typeof ACCOUNT_NAMES)[number];

/** One line of the ledger: what it moves adds up to zero, and nothing ever changes or deletes it. */
export interface LedgerEntry {
  /** Says what the entry is about, so that the same thing cannot be booked twice. */
  id: string;
  uid: string;
  kind: EntryKind;
  moves: Partial<Record<AccountName, number>>;
  at: Date;
  generationId?: string;
  /** Who did it and why, where a person or a payment did. */
  by?: string;
  reason?: string;
}

export type Booking =
  | { ok: true; entry: LedgerEntry; balance: Balance }
  | { ok: false; reason: 'insufficient_credits'; missingCredits: number };

/** Sets credits aside for a generation. Refused when fewer are available. Throws RangeError for a fraction. */
export function hold(balance: Balance, uid: string, generationId: string, credits: number, at: Date): Booking {
  assertWhole(credits, 0);
  const moves = { available: -credits, held: credits };
  return book(balance, { id: `hold.${generationId}`, uid, kind: 'hold', moves, at, generationId });
}

/** What a hold was for. */
export interface Hold {
  uid: string;
  generationId: string;
  heldCredits: number;
}

/**
 * The end of a hold: `earnedCredits` of it go to the house, the rest back to the user. Every end of the same hold has the
 * same id, so a hold ends once; the balance follows by what the entry moves. Throws RangeError when more is earned than held.
 */
export function endOfHold({ uid, generationId, heldCredits }: Hold, earnedCredits: number, at: Date): LedgerEntry {
  assertWhole(earnedCredits, 0);
  if (earnedCredits > heldCredits) throw new RangeError(`${earnedCredits} earned of ${heldCredits} held`);
  const moves = { held: -heldCredits, 'house.sales': earnedCredits, available: heldCredits - earnedCredits };
  const kind = earnedCredits > 0 ? 'capture' : 'release';
  return { id: `end.${generationId}`, uid, kind, moves: withoutZeros(moves), at, generationId };
}

/** What a person or a payment puts on an account, or takes off it by an adjustment. */
export interface Deposit {
  kind: 'grant' | 'purchase' | 'adjustment';
  /** Tells this deposit from every other of the user: a payment's id, a request's key. */
  key: string;
  /** Negative only for an adjustment. */
  credits: number;
  by: string;
  reason: string;
}

const COUNTERPART = {
  grant: 'house.grants',
  purchase: 'house.purchases',
  adjustment: 'house.adjustments',
} as const satisfies Record<Deposit['kind'], AccountName>;

/** The id of a deposit's entry. */
export function depositId(uid: string, { kind, key }: Pick<Deposit, 'kind' | 'key'>): string {
  return `${kind}.${uid}.${key}`;
}

/** Books a grant, a purchase or an adjustment. Refused when an adjustment takes more than is available. */
export function deposit(balance: Balance, uid: string, wish: Deposit, at: Date): Booking {
  const { kind, credits, by, reason } = wish;
  assertWhole(credits, kind === 'adjustment' ? Number.MIN_SAFE_INTEGER : 1);
  const moves = { available: credits, [COUNTERPART[kind]]: -credits };
  return book(balance, { id: depositId(uid, wish), uid, kind, moves, at, by, reason });
}

function book(balance: Balance, entry: LedgerEntry): Booking {
  const next = moved(balance, entry.moves);
  if (next.availableCredits < 0) {
    return { ok: false, reason: 'insufficient_credits', missingCredits: -next.availableCredits };
  }
  return { ok: true, entry: { ...entry, moves: withoutZeros(entry.moves) }, balance: next };
}

/** A balance after an entry's moves. */
export function moved(balance: Balance, moves: LedgerEntry['moves']): Balance {
  return {
    availableCredits: balance.availableCredits + (moves.available ?? 0),
    heldCredits: balance.heldCredits + (moves.held ?? 0),
  };
}

function withoutZeros(moves: LedgerEntry['moves']): LedgerEntry['moves'] {
  return Object.fromEntries(Object.entries(moves).filter(([, credits]) => credits !== 0));
}

function assertWhole(credits: number, atLeast: number): void {
  if (!Number.isSafeInteger(credits) || credits < atLeast) {
    throw new RangeError(`${credits} is not an amount of credits`);
  }
}
