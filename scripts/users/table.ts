import type { UserView } from '../../functions/src/features/administration/index.ts';

const HEADINGS = ['uid', 'e-mail', 'role', 'tier', 'state', 'available', 'held', 'open', 'last used'];

/** Users as a table, one a line. */
export function table(users: readonly UserView[]): string {
  const rows = [HEADINGS, ...users.map(cells)];
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function cells(user: UserView): string[] {
  const { uid, email = '-', role = '-', tier, hasAccount, lastUsedAt = '-' } = user;
  const amounts = [user.availableCredits, user.heldCredits, user.openGenerations];
  return [
    uid,
    email,
    role,
    tier,
    stateOf(user),
    ...amounts.map((amount) => (hasAccount ? `${amount}` : '-')),
    lastUsedAt,
  ];
}

function stateOf({ suspended, disabled, halfChanged }: UserView): string {
  if (suspended) return 'suspended';
  if (disabled) return 'disabled';
  return halfChanged ? 'half changed' : 'active';
}
