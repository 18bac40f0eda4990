import { parseArgs } from 'node:util';
import { printed } from './verify-faults/print.ts';

const MAX_GENERATIONS = 5_000;
const MAX_KILLS = 100;
const USAGE = `npm run verify-faults -- [options]
Starts the whole system in processes of its own and makes it suffer: a fifth of its generations meet a fault of the video
provider, of every kind in turn; the functions host is killed in the middle of the work; every task and every trigger is
delivered twice. Then checks that nothing was lost, made or booked twice. Exits with 1 when a check fails.

  --generations N  how many videos are asked for (default 500, at most ${MAX_GENERATIONS})
  --kills N        how often the functions host is killed (default 10, at most ${MAX_KILLS} and not more than generations)
  --seed N         decides everything that is planned (default 1)
  --quick          leave out the fault that takes a minute of real time
  --verbose        show the functions' own log lines`;

const { values } = parseArgs({
  options: {
    generations: { type: 'string', default: '500' },
    kills: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    quick: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const [generations, kills, seed] = [values.generations, values.kills, values.seed].map(Number);
const within = (value: number | undefined, min: number, max: number): value is number =>
  Number.isInteger(value) && value !== undefined && value >= min && value <= max;
if (
  values.help ||
  !within(generations, 1, MAX_GENERATIONS) ||
  !within(kills, 0, Math.min(MAX_KILLS, generations)) ||
  !within(seed, 0, 2 ** 32 - 1)
) {
  console.log(USAGE);
  process.exit(values.help ? 0 : 2);
}

// Everything heavy comes only now that there is something to do.
const { verifyFaults } = await import('./verify-faults/index.ts');
const report = await verifyFaults({
  ...{ generations, kills, seed, slow: !values.quick },
  onProgress: (asked, killed) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${asked} of ${generations} asked for, ${killed} kills\x1b[K`);
  },
  ...(values.verbose && { onLogLine: (line) => console.error(line) }),
});
if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
console.log(printed(report));
process.exitCode = report.checks.every(({ ok }) => ok) ? 0 : 1;
