import { type AccountName, type Balance, EMPTY_BALANCE, type LedgerEntry, moved } from './ledger.ts';

/** What a user's document says. */
export interface StoredAccount {
  uid: string;
  balance: Balance;
  openGenerations: number;
}

/** What a generation's document says of its owner's credits. */
export interface StoredCharge {
  generationId: string;
  uid: string;
  heldCredits: number;
  /** Undefined while the generation is under way. */
  chargedCredits: number | undefined;
}

/** The books of some users, as they were at one moment. */
export interface Books {
  entries: readonly LedgerEntry[];
  accounts: readonly StoredAccount[];
  charges: readonly StoredCharge[];
}

/** What the ledger comes to, and everything that does not add up, as sentences; none when all is well. */
export interface Reconciliation {
  users: number;
  generations: number;
  entries: number;
  /** All entries added up, by account; their sum is zero. */
  totals: Partial<Record<AccountName, number>>;
  balance: Balance;
  openHolds: number;
  differences: string[];
}

/** Adds up the ledger and holds it against the documents of users and generations. The order of entries does not matter. */
export function reconcile({ entries, accounts, charges }: Books): Reconciliation {
  const holds = byGeneration(entries.filter(({ kind }) => kind === 'hold'));
  const ends = byGeneration(entries.filter(({ kind }) => kind === 'capture' || kind === 'release'));
  const stored = new Map(accounts.map((account) => [account.uid, account]));
  const entriesOf = Map.groupBy(entries, ({ uid }) => uid);
  const chargesOf = Map.groupBy(charges, ({ uid }) => uid);
  const uids = new Set([...stored.keys(), ...entriesOf.keys(), ...chargesOf.keys()]);
  return {
    users: uids.size,
    generations: charges.length,
    entries: entries.length,
    totals: totalsOf(entries),
    balance: accounts.reduce((sum, { balance }) => plus(sum, balance), EMPTY_BALANCE),
    openHolds: [...holds.keys()].filter((id) => !ends.has(id)).length,
    differences: [
      ...entries.filter((entry) => sumOf(entry) !== 0).map(({ id }) => `${id} does not add up to zero`),
      ...[...uids].flatMap((uid) => compareAccount(uid, stored.get(uid), entriesOf.get(uid), chargesOf.get(uid))),
      ...charges.flatMap((charge) =>
        compareCharge(charge, holds.get(charge.generationId), ends.get(charge.generationId)),
      ),
      ...strays(holds, ends, charges),
    ],
  };
}

function compareAccount(
  uid: string,
  stored: StoredAccount | undefined,
  entries: readonly LedgerEntry[] = [],
  charges: readonly StoredCharge[] = [],
): string[] {
  const ledger = entries.reduce((balance, { moves }) => moved(balance, moves), EMPTY_BALANCE);
  const { balance = EMPTY_BALANCE, openGenerations = 0 } = stored ?? {};
  const open = charges.filter(({ chargedCredits }) => chargedCredits === undefined).length;
  return [
    ...differ(`${uid}: available credits`, balance.availableCredits, ledger.availableCredits),
    ...differ(`${uid}: held credits`, balance.heldCredits, ledger.heldCredits),
    ...differ(`${uid}: open generations`, openGenerations, open),
    ...(ledger.availableCredits < 0 ? [`${uid}: has ${ledger.availableCredits} credits`] : []),
  ];
}

function compareCharge(charge: StoredCharge, holds: LedgerEntry[] = [], ends: LedgerEntry[] = []): string[] {
  const { generationId: id, heldCredits, chargedCredits } = charge;
  const held = holds.reduce((sum, { moves }) => sum + (moves.held ?? 0), 0);
  const earned = ends.reduce((sum, { moves }) => sum + (moves['house.sales'] ?? 0), 0);
  const given = ends.reduce((sum, { moves }) => sum - (moves.held ?? 0), 0);
  return [
    ...differ(`${id}: holds`, 1, holds.length),
    ...differ(`${id}: ends of its hold`, chargedCredits === undefined ? 0 : 1, ends.length),
    ...differ(`${id}: held`, heldCredits, held),
    ...differ(`${id}: charged`, chargedCredits ?? 0, earned),
    ...(chargedCredits === undefined ? [] : differ(`${id}: taken out of what is held`, heldCredits, given)),
    ...[...holds, ...ends]
      .filter(({ uid }) => uid !== charge.uid)
      .map((e) => `${e.id} is ${e.uid}'s, not ${charge.uid}'s`),
  ];
}

/** Holds and ends of generations that do not exist. */
function strays(holds: ByGeneration, ends: ByGeneration, charges: readonly StoredCharge[]): string[] {
  const known = new Set(charges.map(({ generationId }) => generationId));
  return [...new Set([...holds.keys(), ...ends.keys()])]
    .filter((id) => !known.has(id))
    .map((id) => `${id}: is in the ledger and does not exist`);
}

type ByGeneration = Map<string, LedgerEntry[]>;

function byGeneration(entries: readonly LedgerEntry[]): ByGeneration {
  return Map.groupBy(entries, ({ generationId, id }) => generationId ?? id);
}

function totalsOf(entries: readonly LedgerEntry[]): Reconciliation['totals'] {
  const totals: Reconciliation['totals'] = {};
  for (const { moves } of entries) {
    for (const [name, credits] of Object.entries(moves) as [AccountName, number][]) {
      totals[name] = (totals[name] ?? 0) + credits;
    }
  }
  return totals;
}

const sumOf = ({ moves }: LedgerEntry) => Object.values(moves).reduce((sum, credits) => sum + credits, 0);

const plus = (a: Balance, b: Balance): Balance => ({
  availableCredits: a.availableCredits + b.availableCredits,
  heldCredits: a.heldCredits + b.heldCredits,
});

function differ(what: string, documentSays: number, ledgerSays: number): string[] {
  return documentSays === ledgerSays ? [] : [`${what}: ${documentSays} by the document, ${ledgerSays} by the ledger`];
}

/** Two reconciliations of different users as one. */
export function together(a: Reconciliation, b: Reconciliation): Reconciliation {
  const names = new Set([...Object.keys(a.totals), ...Object.keys(b.totals)]) as Set<AccountName>;
  return {
    users: a.users + b.users,
    generations: a.generations + b.generations,
    entries: a.entries + b.entries,
    totals: Object.fromEntries([...names].map((name) => [name, (a.totals[name] ?? 0) + (b.totals[name] ?? 0)])),
    balance: plus(a.balance, b.balance),
    openHolds: a.openHolds + b.openHolds,
    differences: [...a.differences, ...b.differences],
  };
}
