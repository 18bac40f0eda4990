import type { Episode } from '../../functions/src/core/alert/episode.ts';
import { ALERT_METRICS } from '../../functions/src/core/alert/metric.ts';
import { type Rule, ruleSchema } from '../../functions/src/core/alert/rule.ts';
import { step } from '../../functions/src/core/alert/step.ts';

const RULES = 1_000;
const MINUTES = 1_000;
const ROUNDS = 5;
const MINUTE_MS = 60_000;
const START_MS = Date.UTC(2026, 10, 21, 12);

const metrics = Object.keys(ALERT_METRICS);
const rules = Array.from(
  { length: RULES },
  (_, i): Rule =>
    ruleSchema.parse({
      ...{ slug: `rule_${i}`, name: `Rule ${i}`, metric: metrics[i % metrics.length], windowMin: 15, forMin: i % 5 },
      condition: { type: 'threshold', op: '>', warning: 10, critical: 20 },
      recover: { keepFiringMin: 5 },
    }),
);

/** Every rule sees every minute; `isBad` says which see a value beyond the bound. Answers the changes. */
function play(isBad: (rule: number, minute: number) => boolean): number {
  let changes = 0;
  const episodes: (Episode | undefined)[] = rules.map(() => undefined);
  for (let minute = 0; minute < MINUTES; minute++) {
    const atMs = START_MS + minute * MINUTE_MS;
    const now = new Date(atMs);
    for (const [i, rule] of rules.entries()) {
      const value = isBad(i, minute) ? 15 : 5;
      const observation = { atMs, fromMs: atMs - 15 * MINUTE_MS, toMs: atMs, value, n: 100 };
      const change = step(rule, {}, episodes[i], observation, now);
      if (!change) continue;
      changes++;
      episodes[i] = change.episode?.live ? change.episode : undefined;
    }
  }
  return changes;
}

function line(what: string, isBad: (rule: number, minute: number) => boolean): void {
  let [bestMs, changes] = [Number.POSITIVE_INFINITY, 0];
  for (let round = 0; round < ROUNDS; round++) {
    const before = performance.now();
    changes = play(isBad);
    bestMs = Math.min(bestMs, performance.now() - before);
  }
  const perSec = Math.round((1_000 * RULES * MINUTES) / bestMs).toLocaleString('en-US');
  console.log(`${what.padEnd(64)} ${perSec.padStart(12)} steps/s ${`${changes}`.padStart(8)} changes`);
}

console.log(
  `${RULES} rules, ${MINUTES} minutes: ${(RULES * MINUTES).toLocaleString('en-US')} steps, the best of ${ROUNDS}`,
);
line('all is well', () => false);
line('one rule in a hundred fires half of the time', (rule, minute) => rule % 100 === 0 && minute % 60 < 30);
line('one rule in ten fires half of the time', (rule, minute) => rule % 10 === 0 && minute % 60 < 30);
line('every rule fires half of the time', (_, minute) => minute % 60 < 30);
