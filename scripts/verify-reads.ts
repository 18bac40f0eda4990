import { parseArgs } from 'node:util';

const MAX_SIZE = 2_000_000;
/** Below that some lists are shorter than a page. */
const MIN_SIZE = 3_000;
/** As many as are counted a second time, by the aggregation itself. */
const SAME_SIZE = 10_000;
const USAGE = `npm run verify-reads -- [options]
Asks every analytics endpoint typical questions of systems that have more and more generations in store, and prints how many
documents each answer reads. Exits with 1 when a figure grows with the store or is over what is promised, or when the rollups
that are loaded are not, byte for byte, those that the aggregation writes of the same log.

Of the log the last two days are stored, since no answer comes from it; all of it is folded.

  --sizes LIST  how many generations, from ${MIN_SIZE} to ${MAX_SIZE} each, rising (default 10000,100000,1000000)
  --verbose     show the functions' own log lines`;

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '10000,100000,1000000' },
    verbose: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const sizes = values.sizes.split(',').map(Number);
const isSize = (size: number, i: number) =>
  Number.isInteger(size) && size >= MIN_SIZE && size <= MAX_SIZE && size > (sizes[i - 1] ?? 0);
if (values.help || !sizes.every(isSize)) {
  console.log(USAGE);
  process.exit(values.help ? 0 : 2);
}

const quiet = () => undefined;
if (!values.verbose) Object.assign(console, { info: quiet, debug: quiet });
const { differingRollups, measuredReads, printedReads, rowsOf } = await import('./verify-reads/index.ts');

const startedMs = performance.now();
const since = () => `${((performance.now() - startedMs) / 1_000).toFixed(0)} s`;
const { documents, differing } = await differingRollups(Math.min(SAME_SIZE, ...sizes));
const areSame = differing.length === 0;
console.log(
  areSame
    ? `ok    ${documents} rollup documents are byte for byte those that the aggregation writes (${since()})`
    : `FAIL  ${differing.length} rollup documents are not those that the aggregation writes, such as ${differing[0]}`,
);
const measured = [];
for (const size of sizes) {
  measured.push(await measuredReads(size));
  console.log(`ok    ${size.toLocaleString('en-US')} generations loaded and asked for (${since()})`);
}
const rows = rowsOf(measured);
const breaches = rows.filter(({ breach }) => breach !== undefined);
console.log(`\n${printedReads(sizes, rows)}`);
console.log(breaches.length === 0 ? 'nothing grows with the store' : `${breaches.length} figures are NOT right`);
process.exitCode = areSame && breaches.length === 0 ? 0 : 1;
