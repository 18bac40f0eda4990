import assert from 'node:assert/strict';
import type { Stack } from '../../../../local/stack/in-process.ts';
import { episode } from '../../core/alert/fixtures.ts';
import { type Client, clientFor, frozenStack, NOON } from '../../stack/harness.ts';
import { bodyOf } from '../admin/people.ts';
import { report } from '../ingest/reports.ts';
import { put } from './desk.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const at = (minute: number) => new Date(NOON + minute * MINUTE_MS);
const RULE = {
  ...{ slug: 'veo_errors', name: 'Veo fails', metric: 'errorRate', windowMin: 5, enabled: false },
  ...{ filters: { provider: 'google' }, condition: { type: 'threshold', op: '>', warning: 0.05, critical: 0.1 } },
};

/** Three generations a minute, from `fromMs` on: in each minute the first one fails, in every fifth another one does. */
function reports(prefix: string, fromMs: number, minutes: number, provider = 'google'): object[] {
  return Array.from({ length: minutes * 3 }, (_, n) => {
    const minute = Math.floor(n / 3);
    const fails = n % 3 === 0 || (n % 3 === 1 && minute % 5 === 0);
    const requestedMs = fromMs + minute * MINUTE_MS + (n % 3) * 10_000;
    return report(`${prefix}${n}`, {
      ...{ userId: `user-${n % 7}`, provider, model: provider === 'google' ? 'veo-3.1-fast-generate-001' : 'kling-v2' },
      requestedAt: new Date(requestedMs).toISOString(),
      endedAt: new Date(requestedMs + 20_000).toISOString(),
      ...{ queueMs: 1_000, renderMs: 18_000, storeMs: 1_000 },
      ...(fails && { outcome: 'failed', errorCode: 'provider_unavailable', videoSec: undefined, costUsd: 0.25 }),
    });
  });
}

const numbersIn = (metrics: Record<string, { value: number | null }>) =>
  Object.fromEntries(Object.entries(metrics).map(([name, { value }]) => [name, value]));

describe('what an episode concerned', () => {
  let stack: Stack;
  let root: Client;

  before(async function () {
    this.timeout(40_000);
    stack = await frozenStack();
    root = await clientFor(stack, 'root', { role: 'admin' });
    bodyOf(await root.call('POST', '/alert-rules', RULE), 201);
    const rows = [
      ...reports('now', NOON - 12 * MINUTE_MS, 10),
      ...reports('other', NOON - 12 * MINUTE_MS, 10, 'kling'),
      ...reports('old', NOON - 3 * DAY_MS - 13 * MINUTE_MS, 10),
    ];
    const { body } = await root.call('POST', '/metrics/generations', { generations: rows });
    assert.equal(body.accepted, 90);
    await stack.host.advanceBy(3 * MINUTE_MS);
    const of = { rule: RULE.slug, ruleName: RULE.name };
    await put(episode({ id: 'open', ...of, beganAt: at(-7) }));
    const over = { state: 'resolved', live: false } as const;
    await put(episode({ id: 'over', ...of, ...over, beganAt: at(-7), resolvedAt: at(-4) }));
    await put(episode({ id: 'narrow', ...of, ...over, group: { kind: 'image_to_video' }, beganAt: at(-7) }));
    const [began, ended] = [NOON - 3 * DAY_MS - 8 * MINUTE_MS, NOON - 3 * DAY_MS - 4 * MINUTE_MS];
    await put(episode({ id: 'old', ...of, ...over, beganAt: new Date(began), resolvedAt: new Date(ended) }));
  });
  after(() => stack?.stop());

  it('is counted from the window that began it until now, narrowed as the rule is', async () => {
    const { impact } = bodyOf(await root.call('GET', '/alerts/open'));
    assert.equal(impact.from, at(-12).toISOString());
    assert.equal(impact.complete, false);
    // 10 minutes of 3: 10 first ones fail, and in minutes 0 and 5 a second one.
    assert.deepEqual(numbersIn(impact.metrics), {
      ...{ users: 7, arrivals: 30, ended: 30, succeeded: 18, failed: 12, expired: 0, blocked: 0 },
      ...{ costUsd: 18 * 0.4 + 12 * 0.25, wasteUsd: 12 * 0.25 },
    });
  });

  it('ends with it', async () => {
    const { impact } = bodyOf(await root.call('GET', '/alerts/over'));
    assert.deepEqual([impact.from, impact.to, impact.complete], [at(-12).toISOString(), at(-4).toISOString(), true]);
    const { arrivals, failed, succeeded } = numbersIn(impact.metrics);
    assert.deepEqual({ arrivals, failed, succeeded }, { arrivals: 24, failed: 10, succeeded: 14 });
  });

  it('is nothing where its group had no generations', async () => {
    const { impact } = bodyOf(await root.call('GET', '/alerts/narrow'));
    assert.equal(impact === null || numbersIn(impact.metrics).arrivals === 0, true);
  });

  it('has a series of what the rule looks at, minute by minute', async () => {
    const { series } = bodyOf(await root.call('GET', '/alerts/over'));
    assert.deepEqual(
      [series.metric, series.unit, series.granularity, series.bounds],
      ['errorRate', 'ratio', '1m', { warning: 0.05, critical: 0.1 }],
    );
    const inside = series.points.filter(({ start }: { start: string }) => start >= at(-13).toISOString());
    assert.deepEqual(
      inside.slice(0, 7).map(({ value, n }: { value: number | null; n: number }) => [value, n]),
      [[null, 0], ...[2, 1, 1, 1, 1, 2].map((failed) => [failed / 3, 3])],
    );
  });

  it('stays known when minutes are no longer kept, with the quarter of an hour around it', async () => {
    const { impact, series } = bodyOf(await root.call('GET', '/alerts/old'));
    const quarter = (ms: number) => new Date(NOON - 3 * DAY_MS + ms).toISOString();
    assert.deepEqual([impact?.from, impact?.to], [quarter(-15 * MINUTE_MS), quarter(0)]);
    const { arrivals, failed } = numbersIn(impact.metrics);
    assert.deepEqual({ arrivals, failed }, { arrivals: 30, failed: 12 });
    const counted = series.points.filter(({ n }: { n: number }) => n > 0);
    assert.deepEqual([series.granularity, counted.length, counted[0]?.value], ['15m', 1, 0.4]);
  });
});
