import { ruleSchema } from '../../functions/src/core/alert/rule.ts';
import { startStack } from '../../local/stack/in-process.ts';

const ROUNDS = 20;
const MINUTE_MS = 60_000;

const quiet = ['stdout', 'stderr'] as const;
const says = console.log;
for (const name of quiet) {
  const { write } = process[name];
  const isLog = (chunk: unknown) => String(chunk).startsWith('{"severity"');
  process[name].write = ((chunk: string, ...rest: []) =>
    isLog(chunk) || write.call(process[name], chunk, ...rest)) as typeof write;
}

/** Real milliseconds from the minute's tick until `messages` more have reached the vendors' stand-ins. */
async function tookMs(tick: () => Promise<unknown>, messages: number, arrived: () => Promise<number>): Promise<number> {
  const before = await arrived();
  const startedAtMs = performance.now();
  const ticking = tick();
  while ((await arrived()) < before + messages) await new Promise((resolve) => setTimeout(resolve, 2));
  const ms = performance.now() - startedAtMs;
  await ticking;
  return ms;
}

const stack = await startStack({ startAtMs: Date.parse('2040-01-01T12:00:00Z'), running: false });
await stack.host.advanceBy(2 * MINUTE_MS);
const { getFirestore } = await import('firebase-admin/firestore');
const rules = getFirestore().collection('alert_rules');
const arrived = async (): Promise<number> => {
  const answer = await fetch(`${stack.vendors.url}/__vendors/inbox?limit=1`);
  return ((await answer.json()) as { total: number }).total;
};
const tick = () => stack.host.advanceBy(MINUTE_MS);

const first: number[] = [];
const all: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  for (const [times, messages] of [
    [first, 1],
    [all, 5],
  ] as const) {
    const slug = `bench_${round}_${messages}`;
    const condition = { type: 'threshold', op: '>=', critical: 0 };
    const rule = ruleSchema.parse({ slug, name: slug, metric: 'errorCount', windowMin: 5, condition });
    await rules.doc(slug).set({ ...rule, version: 1, origin: 'api', updatedAt: new Date(0), updatedBy: 'system' });
    times.push(await tookMs(tick, messages, arrived));
    await rules.doc(slug).delete();
    await tick();
  }
}
const count = (await rules.count().get()).data().count;
await stack.stop();

const quantile = (times: number[], q: number) =>
  times.toSorted((a, b) => a - b)[Math.ceil(q * (times.length - 1))] ?? 0;
for (const [what, times] of [
  ['the first channel', first],
  ['all five channels', all],
] as const) {
  const [median, worst] = [quantile(times, 0.5), quantile(times, 1)].map((ms) => `${ms.toFixed(0)} ms`);
  says(`from a tick over ${count + 1} rules to a message at ${what}: median ${median}, worst of ${ROUNDS} ${worst}`);
}
