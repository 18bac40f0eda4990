import { parseArgs } from 'node:util';
import { compare } from './emulators/compare.ts';
import { playOfficial } from './emulators/official.ts';
import { playOurs } from './emulators/ours.ts';
import { printed } from './emulators/print.ts';
import { STEPS } from './emulators/scenario.ts';

const USAGE = `npm run test:emulators -- [options]
Plays one scenario in the local stack and under the official Firebase emulators, and compares what each step comes to.
It needs neither Java nor network. Exits with 1 when a step differs.

  --verbose       show what both systems write`;
/** What the systems wrote last is shown when one breaks. */
const SHOWN_LINES = 60;

const { values } = parseArgs({ options: { verbose: { type: 'boolean' }, help: { type: 'boolean' } } });
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}

const written: string[] = [];
const note = (text: string) => {
  if (values.verbose) process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
  written.push(...text.trimEnd().split('\n'));
  written.splice(0, written.length - SHOWN_LINES);
};
const leaving = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => leaving.abort(new Error(`ended by ${name}`)));
}

try {
  const begunMs = performance.now();
  const ours = await playOurs(note, leaving.signal);
  const oursMs = performance.now() - begunMs;
  leaving.signal.throwIfAborted();
  const official = await playOfficial(note, leaving.signal);
  const officialMs = performance.now() - begunMs - oursMs;
  const rows = compare(STEPS, ours, official);
  console.log(printed(rows));
  console.log(`ours ${(oursMs / 1_000).toFixed(1)} s, official ${(officialMs / 1_000).toFixed(1)} s`);
  process.exitCode = rows.every(({ equal }) => equal) ? 0 : 1;
} catch (error) {
  console.error(written.join('\n'));
  console.error(error);
  process.exitCode = 1;
}
// Google's clients may hold sockets and timers of their own.
process.exit();
