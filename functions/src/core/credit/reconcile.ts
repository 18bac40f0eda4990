import type { AccountName, Balance, LedgerEntry } from './ledger.ts';

/** What the entries of one user come to. */
export interface Account extends Balance {
  /** Holds without an end, by generation. */
  openHolds: Map<string, number>;
}

/** Everything that does not add up, as sentences; empty when all is well. */
export interface Reconciliation {
  users: number;
  entries: number;
  availableCredits: number;
  heldCredits: number;
  salesCredits: number;
  openHolds: number;
  differences: string[];
}

const sumOf = (moves: LedgerEntry['moves']) => Object.values(moves).reduce((sum, credits) => sum + credits, 0);

/** Adds up the ledger and holds it against the balances on the user documents and the generations still open. */
export function reconcile(
  entries: Iterable<LedgerEntry>,
  balances: ReadonlyMap<string, Balance>,
  openGenerations: ReadonlySet<string>,
): Reconciliation {
  const accounts = new Map<string, Account>();
  const house = new Map<AccountName, number>();
  const differences: string[] = [];
  let count = 0;
  for (const entry of entries) {
    count++;
    if (sumOf(entry.moves) !== 0) differences.push(`${entry.id} does not add up to zero`);
    add(accounts, house, entry);
  }
  for (const uid of new Set([...accounts.keys(), ...balances.keys()])) {
    differences.push(...compare(uid, accounts.get(uid), balances.get(uid), openGenerations));
  }
  const total = (pick: (account: Account) => number) => [...accounts.values()].reduce((sum, a) => sum + pick(a), 0);
  return {
    users: new Set([...accounts.keys(), ...balances.keys()]).size,
    entries: count,
    availableCredits: total((a) => a.availableCredits),
    heldCredits: total((a) => a.heldCredits),
    salesCredits: house.get('house.sales') ?? 0,
    openHolds: total((a) => a.openHolds.size),
    differences,
  };
}

function add(accounts: Map<string, Account>, house: Map<AccountName, number>, entry: LedgerEntry): void {
  const account = accounts.get(entry.uid) ?? { availableCredits: 0, heldCredits: 0, openHolds: new Map() };
  accounts.set(entry.uid, account);
  account.availableCredits += entry.moves.available ?? 0;
  account.heldCredits += entry.moves.held ?? 0;
  if (entry.generationId !== undefined && entry.kind === 'hold') {
    account.openHolds.set(entry.generationId, entry.moves.held ?? 0);
  } else if (entry.generationId !== undefined) account.openHolds.delete(entry.generationId);
  for (const [name, credits] of Object.entries(entry.moves) as [AccountName, number][]) {
    if (name.startsWith('house.')) house.set(name, (house.get(name) ?? 0) + credits);
  }
}

function compare(
  uid: string,
  account: Account | undefined,
  balance: Balance | undefined,
  openGenerations: ReadonlySet<string>,
): string[] {
  const { availableCredits = 0, heldCredits = 0, openHolds = new Map<string, number>() } = account ?? {};
  const found: string[] = [];
  const differs = (name: string, ledger: number, stored: number) => {
    if (ledger !== stored) found.push(`${uid}: ${name} is ${stored}, the ledger says ${ledger}`);
  };
  differs('available', availableCredits, balance?.availableCredits ?? 0);
  differs('held', heldCredits, balance?.heldCredits ?? 0);
  for (const generationId of openHolds.keys()) {
    if (!openGenerations.has(generationId)) found.push(`${uid}: the hold of ${generationId} has no open generation`);
  }
  return found;
}
