import { DEFAULT_RULES } from '../../core/alert/defaultRules.ts';
import type { Rule } from '../../core/alert/rule.ts';
import { alertRules, type StoredRule } from '../../platform/alerts.ts';
import { now } from '../../platform/clock.ts';
import { commitUnlessChanged } from '../../platform/firestore.ts';
import { logOf } from '../../platform/logs.ts';
import { type Fence, moveFence, readFence } from './fence.ts';

const log = logOf('alerting.rules');

/** Rules that one evaluation looks at. */
export const MAX_RULES = 1_000;

/** All rules, enabled or not, by their slug; at most 1,000. A read for each. */
export async function loadRules(): Promise<Map<string, StoredRule>> {
  const { docs } = await alertRules().limit(MAX_RULES).get();
  if (docs.length === MAX_RULES) log.warn('no more rules than these are evaluated', { rules: MAX_RULES });
  return new Map(docs.map((doc) => [doc.id, doc.data()]));
}

/** Reads one rule, or undefined. */
export async function loadRule(slug: string): Promise<StoredRule | undefined> {
  return (await alertRules().doc(slug).get()).data();
}

/** Creates the default rules that were never created before; answers the fence as it is then. */
export async function seedDefaults(fence: Fence, defaults: readonly Rule[] = DEFAULT_RULES): Promise<Fence> {
  const missing = defaults.filter(({ slug }) => !fence.seeded.includes(slug));
  if (missing.length === 0) return fence;
  const there = new Set((await loadRules()).keys());
  const seeded = [...fence.seeded, ...missing.map(({ slug }) => slug)];
  await commitUnlessChanged((batch) => {
    moveFence(batch, fence, { seeded });
    for (const rule of missing.filter(({ slug }) => !there.has(slug))) {
      const origin = { version: 1, origin: 'default', updatedAt: now(), updatedBy: 'system' } as const;
      batch.create(alertRules().doc(rule.slug), { id: rule.slug, ...rule, ...origin });
    }
  });
  // Where somebody else was faster, what they left is as good.
  return readFence();
}
