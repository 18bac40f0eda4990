import { parseArgs } from 'node:util';
import type { Reconciliation } from '../functions/src/core/credit/reconcile.ts';
import { reconcileLedger } from '../functions/src/features/credits/index.ts';
import { CONNECT_OPTIONS, CONNECT_USAGE, connect } from './connect.ts';

const USAGE = `npm run ledger:reconcile -- [options]
Adds up the credit ledger and holds it against the balances of all users and against all generations. Reads every document of
the three once. Exits with 1 when anything differs.

${CONNECT_USAGE}`;

/** What a reconciliation says, for a person to read. */
export function lines({
  users,
  generations,
  entries,
  totals,
  balance,
  openHolds,
  differences,
}: Reconciliation): string[] {
  const row = (name: string, value: number | string) => `${name.padEnd(28)}${String(value).padStart(14)}`;
  return [
    row('users', users),
    row('generations', generations),
    row('entries', entries),
    row('open holds', openHolds),
    '',
    row('account', 'credits'),
    ...Object.entries(totals).map(([name, credits]) => row(name, credits)),
    row(
      'sum (must be 0)',
      Object.values(totals).reduce((sum, credits) => sum + credits, 0),
    ),
    '',
    row('available, by the users', balance.availableCredits),
    row('held, by the users', balance.heldCredits),
    '',
    ...differences.map((difference) => `DIFFERS  ${difference}`),
    differences.length === 0 ? 'ok: everything adds up' : `${differences.length} differences`,
  ];
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { ...CONNECT_OPTIONS, help: { type: 'boolean' } } });
  if (values.help) console.log(USAGE);
  else {
    try {
      await connect(values);
      const found = await reconcileLedger();
      console.log(lines(found).join('\n'));
      process.exitCode = found.differences.length === 0 ? 0 : 1;
    } catch (error) {
      console.error(error instanceof Error ? error.message : error);
      console.error(`\n${USAGE}`);
      process.exitCode = 2;
    }
  }
}
