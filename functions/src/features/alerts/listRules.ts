import { AppError } from '../../core/errors.ts';
import { alertRules, type StoredRule } from '../../platform/alerts.ts';
import { FieldPath } from '../../platform/firestore.ts';

/** A page of rules by slug. */
export async function listRules(limit: number, cursor?: string): Promise<{ rules: StoredRule[]; nextCursor?: string }> {
  const inOrder = alertRules()
    .orderBy(FieldPath.documentId())
    .limit(limit + 1);
  const found = (await (cursor === undefined ? inOrder : inOrder.startAfter(cursor)).get()).docs;
  const rules = found.slice(0, limit).map((doc) => doc.data());
  const last = rules.at(-1);
  return { rules, ...(last && found.length > limit && { nextCursor: last.slug }) };
}

/** One rule. Throws AppError `not_found`. */
export async function getRule(slug: string): Promise<StoredRule> {
  const rule = (await alertRules().doc(slug).get()).data();
  if (!rule) throw new AppError('not_found', 'There is no such rule.');
  return rule;
}
