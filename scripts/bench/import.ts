import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';

const run = promisify(execFile);
const ROUNDS = 15;
const LIMIT_MS = 60;

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const real = at('../../functions/lib/index.js');
// Beside the real one, so that both find the same packages.
const empty = at('../../functions/lib/empty-index.js');

const measure = (file: string) => `
  const before = performance.now();
  await import(${JSON.stringify(file)});
  console.log(JSON.stringify({ ms: performance.now() - before, rssMiB: process.memoryUsage.rss() / 2 ** 20 }));
`;

interface Load {
  ms: number;
  rssMiB: number;
}

async function load(file: string): Promise<Load> {
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', measure(file)], {
    env: { ...process.env, GCLOUD_PROJECT: 'demo-dailies' },
  });
  return JSON.parse(stdout);
}

const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

await build({
  entryPoints: [at('empty-index.ts')],
  outfile: empty,
  ...{ bundle: true, format: 'esm', platform: 'node', target: 'node24', external: ['firebase-*'] },
});
try {
  const loads: { real: Load[]; empty: Load[] } = { real: [], empty: [] };
  for (let round = 0; round < ROUNDS; round++) {
    loads.empty.push(await load(empty));
    loads.real.push(await load(real));
  }
  const [realMs, emptyMs] = [median(loads.real.map((l) => l.ms)), median(loads.empty.map((l) => l.ms))];
  const rssMiB = median(loads.real.map((l) => l.rssMiB));
  console.log(
    `load index.js          ${realMs.toFixed(0)} ms, ${rssMiB.toFixed(0)} MiB (median of ${ROUNDS}, new process each)`,
  );
  console.log(`same triggers, empty   ${emptyMs.toFixed(0)} ms`);
  console.log(`difference             ${(realMs - emptyMs).toFixed(0)} ms (limit ${LIMIT_MS})`);
  if (realMs - emptyMs > LIMIT_MS) process.exitCode = 1;
} finally {
  await rm(empty, { force: true });
}
