import { parseArgs } from 'node:util';
import { NoPromtool } from './verify-alerts/promtool.ts';
import { type Verified, verify } from './verify-alerts/verify.ts';

const USAGE = `npm run verify-alerts -- [options]

Holds the states of our alerts, at every evaluation, against those that Prometheus has for the same rules and the same series, with
gaps: promtool test rules. Exits with 1 when one differs, with 2 when there is no promtool.

  --series N   how many series (300)
  --seed N     which (1)`;
const SHOWN = 20;

function print({ version, batches, differences }: Verified): void {
  const series = batches.reduce((sum, batch) => sum + batch.series, 0);
  console.log(`promtool ${version}`);
  console.log(['every', 'series', 'inactive', 'pending', 'firing', ''].map((word) => word.padStart(9)).join(''));
  for (const { intervalSec, series: n, states, passed } of batches) {
    const cells = [`${intervalSec} s`, n, states.inactive, states.pending, states.firing, passed ? 'ok' : 'DIFFERS'];
    console.log(cells.map((cell) => `${cell}`.padStart(9)).join(''));
  }
  for (const { rule, atSec, ours, prometheus } of differences.slice(0, SHOWN)) {
    console.log(`${rule} at ${atSec} s: ours ${ours}, Prometheus's ${prometheus}`);
  }
  if (differences.length > SHOWN) console.log(`… and ${differences.length - SHOWN} more`);
  const states = batches.flatMap((batch) => Object.values(batch.states)).reduce((sum, n) => sum + n, 0);
  console.log(`${series} series, ${states} states: ${states - differences.length} agree, ${differences.length} differ`);
}

function numberOf(text: string | undefined, otherwise: number): number {
  const n = text === undefined ? otherwise : Number(text);
  if (!Number.isInteger(n) || n < 1 || n > 10_000) throw new TypeError(`"${text}" is no number from 1 to 10000`);
  return n;
}

function main(): void {
  const options = { series: { type: 'string' }, seed: { type: 'string' }, help: { type: 'boolean' } } as const;
  const { values } = parseArgs({ options });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const verified = verify(numberOf(values.series, 300), numberOf(values.seed, 1));
  print(verified);
  const failed = verified.batches.find(({ passed }) => !passed);
  if (!failed) return;
  if (verified.differences.length === 0) console.error(failed.output.slice(0, 2_000));
  process.exitCode = 1;
}

try {
  main();
} catch (error) {
  if (!(error instanceof NoPromtool || error instanceof TypeError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
