import type { AuditRecord, AuditValue } from '../../core/access/audit.ts';
import { checkedRule } from '../../core/alert/checkedRule.ts';
import type { Rule } from '../../core/alert/rule.ts';
import { AppError } from '../../core/errors.ts';
import { canonicalJson } from '../../core/hash.ts';
import { alertRules, type StoredRule } from '../../platform/alerts.ts';
import { auditLog, recordAudit } from '../../platform/audit.ts';
import { now } from '../../platform/clock.ts';
import { commitUnlessChanged, replace, type WriteBatch } from '../../platform/firestore.ts';
import type { By } from './actOn.ts';

/** Rules that an evaluation looks at; more cannot be made. */
export const MAX_RULES = 1_000;

/** Makes a rule. Throws AppError `invalid_request`, or `conflict` when its slug is taken or there are too many. */
export async function createRule(by: By, input: unknown): Promise<StoredRule> {
  const rule = checkedRule(input);
  if ((await alertRules().count().get()).data().count >= MAX_RULES) {
    throw new AppError('conflict', `There are ${MAX_RULES} rules; delete one first.`);
  }
  const stored = storedRule(by, rule, 1);
  const audit = { ...by, action: 'alert_rule.created', target: targetOf(rule), after: asAuditValue(rule) };
  const done = await commit(audit, (batch) => batch.create(alertRules().doc(rule.slug), stored));
  if (!done) throw new AppError('conflict', `There is a rule ${rule.slug} already.`);
  return stored;
}

/**
 * Puts in a rule's place what `next` makes of it; `version`, where given, is the one that the caller has seen. Throws AppError
 * `not_found`, `invalid_request`, or `conflict` when somebody else has changed it.
 */
export async function changeRule(
  by: By,
  slug: string,
  next: (rule: Rule) => unknown,
  version?: number,
): Promise<StoredRule> {
  const { before, updateTime } = await load(slug);
  assertSeen(before, version);
  const rule = checkedRule(next(plainRule(before)));
  if (rule.slug !== slug) {
    throw new AppError('invalid_request', 'A slug stays as it is.', [{ path: 'slug', message: `must be ${slug}` }]);
  }
  if (canonicalJson(rule) === canonicalJson(plainRule(before))) return before;
  const stored = storedRule(by, rule, before.version + 1);
  const change = { before: asAuditValue(plainRule(before)), after: asAuditValue(rule) };
  const audit = { ...by, action: 'alert_rule.changed', target: targetOf(rule), ...change };
  const done = await commit(audit, (batch) => replace(batch, alertRules().doc(slug), before, stored, updateTime));
  if (!done) throw changedMeanwhile();
  return stored;
}

/** Commits a change with its entry in the audit log. False when somebody else was faster. */
async function commit(audit: AuditRecord, write: (batch: WriteBatch) => void): Promise<boolean> {
  const entry = auditLog().doc();
  const done = await commitUnlessChanged((batch) => {
    write(batch);
    recordAudit(batch, audit, entry);
  });
  // A commit whose answer is lost is repeated by Firestore's client, and then meets its own writes.
  return done !== undefined || (await entry.get()).exists;
}

/** Deletes a rule; its open episodes end at the next evaluation. Throws as `changeRule`. */
export async function deleteRule(by: By, slug: string, version?: number): Promise<StoredRule> {
  const { before, updateTime } = await load(slug);
  assertSeen(before, version);
  const rule = plainRule(before);
  const audit = { ...by, action: 'alert_rule.deleted', target: targetOf(rule), before: asAuditValue(rule) };
  const done = await commit(audit, (batch) => batch.delete(alertRules().doc(slug), { lastUpdateTime: updateTime }));
  if (!done) throw changedMeanwhile();
  return before;
}

async function load(slug: string) {
  const snapshot = await alertRules().doc(slug).get();
  const before = snapshot.data();
  if (!before || !snapshot.updateTime) throw new AppError('not_found', 'There is no such rule.');
  return { before, updateTime: snapshot.updateTime };
}

function assertSeen(rule: StoredRule, version: number | undefined): void {
  if (version !== undefined && version !== rule.version) throw changedMeanwhile();
}

const changedMeanwhile = () => new AppError('conflict', 'Somebody has changed this rule meanwhile; read it again.');

/** The rule without what the store says of it. */
export function plainRule(stored: StoredRule): Rule {
  const { id: _id, version: _version, origin: _origin, updatedAt: _at, updatedBy: _by, ...rule } = stored;
  return rule;
}

function storedRule({ actor }: By, rule: Rule, version: number): StoredRule {
  return { ...rule, id: rule.slug, version, origin: 'api', updatedAt: now(), updatedBy: actor };
}

const targetOf = ({ slug }: Rule) => ({ type: 'alert_rule', id: slug });

/** A rule is plain JSON, as its schema says. */
const asAuditValue = (rule: Rule) => JSON.parse(canonicalJson(rule)) as Record<string, AuditValue>;
