import type { AuditActor, AuditValue } from '../../functions/src/core/access/audit.ts';
import type { Rule } from '../../functions/src/core/alert/rule.ts';
import { AppError } from '../../functions/src/core/errors.ts';
import { canonicalJson } from '../../functions/src/core/hash.ts';
import { alertRules, type StoredRule } from '../../functions/src/platform/alerts.ts';
import { recordAudit } from '../../functions/src/platform/audit.ts';
import { now } from '../../functions/src/platform/clock.ts';
import { commitUnlessChanged, replace, type Version, type WriteBatch } from '../../functions/src/platform/firestore.ts';
import type { Step } from './plan.ts';

const MAX_RULES = 1_000;

/** A rule as it was read. */
export type ReadRule = StoredRule & { readVersion: Version };

/** All rules. */
export async function storedRules(): Promise<ReadRule[]> {
  const { docs } = await alertRules().limit(MAX_RULES).get();
  return docs.map((doc) => ({ ...doc.data(), readVersion: doc.updateTime }));
}

/** A stored rule as people write it. */
export function plainRule(stored: ReadRule): Rule {
  const { id: _id, version: _v, origin: _o, updatedAt: _at, updatedBy: _by, readVersion: _read, ...rule } = stored;
  return rule;
}

/** Does all steps at once, or none: throws AppError `conflict` when a rule was changed since it was read. */
export async function carryOut(steps: readonly Step<ReadRule>[], actor: AuditActor): Promise<void> {
  const done = await commitUnlessChanged((batch) => {
    for (const step of steps) carryOutOne(batch, step, actor);
  });
  if (!done) throw new AppError('conflict', 'Somebody has changed a rule meanwhile; nothing was done. Try again.');
}

function carryOutOne(batch: WriteBatch, step: Step<ReadRule>, actor: AuditActor): void {
  const slug = step.kind === 'delete' ? step.before.slug : step.rule.slug;
  const ref = alertRules().doc(slug);
  const audit = (action: string, change: { before?: Rule; after?: Rule }) =>
    recordAudit(batch, {
      ...{ actor, from: 'cli', action: `alert_rule.${action}`, target: { type: 'alert_rule', id: slug } },
      ...(change.before && { before: auditValue(change.before) }),
      ...(change.after && { after: auditValue(change.after) }),
    });
  const stored = (rule: Rule, version: number): StoredRule => ({
    ...{ ...rule, id: slug, version, origin: 'file', updatedAt: now(), updatedBy: actor },
  });
  switch (step.kind) {
    case 'create':
      batch.create(ref, stored(step.rule, 1));
      audit('created', { after: step.rule });
      break;
    case 'change': {
      const { readVersion, ...before } = step.before;
      replace(batch, ref, before, stored(step.rule, before.version + 1), readVersion);
      audit('changed', { before: plainRule(step.before), after: step.rule });
      break;
    }
    case 'delete':
      batch.delete(ref, { lastUpdateTime: step.before.readVersion });
      audit('deleted', { before: plainRule(step.before) });
      break;
  }
}

/** A rule is plain JSON, as its schema says. */
const auditValue = (rule: Rule) => JSON.parse(canonicalJson(rule)) as Record<string, AuditValue>;
