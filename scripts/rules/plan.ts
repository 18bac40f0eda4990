import type { Rule } from '../../functions/src/core/alert/rule.ts';
import { canonicalJson } from '../../functions/src/core/hash.ts';
import { fieldsOf } from './write.ts';

/** What is to be done with one rule. */
export type Step<Stored extends Rule> =
  | { kind: 'create'; rule: Rule }
  | { kind: 'change'; before: Stored; rule: Rule; fields: string[] }
  | { kind: 'delete'; before: Stored };

/** What makes the stored rules those that are wanted. Others that are stored are kept, or deleted with `prune`. */
export function planOf<Stored extends Rule>(
  stored: readonly Stored[],
  plain: (stored: Stored) => Rule,
  wanted: readonly Rule[],
  prune: boolean,
): Step<Stored>[] {
  const bySlug = new Map(stored.map((rule) => [rule.slug, rule]));
  const slugs = new Set(wanted.map(({ slug }) => slug));
  const steps = wanted.flatMap((rule): Step<Stored>[] => {
    const before = bySlug.get(rule.slug);
    if (!before) return [{ kind: 'create', rule }];
    const fields = differing(plain(before), rule);
    return fields.length > 0 ? [{ kind: 'change', before, rule, fields }] : [];
  });
  const gone = prune ? stored.filter(({ slug }) => !slugs.has(slug)) : [];
  return [...steps, ...gone.map((before) => ({ kind: 'delete', before }) as const)];
}

function differing(before: Rule, after: Rule): string[] {
  const [one, other]: Record<string, unknown>[] = [before, after];
  const names = Object.keys({ ...one, ...other });
  return names.filter((name) => canonicalJson({ it: one?.[name] }) !== canonicalJson({ it: other?.[name] }));
}

/** The plan as a person reads it: a line for each rule, and one for each field that changes. */
export function printedPlan(steps: readonly Step<Rule>[]): string {
  if (steps.length === 0) return 'no difference';
  return steps.flatMap(linesOf).join('\n');
}

function linesOf(step: Step<Rule>): string[] {
  switch (step.kind) {
    case 'create':
      return [`+ ${step.rule.slug}`];
    case 'delete':
      return [`- ${step.before.slug}`];
    case 'change': {
      const [before, after] = [fieldsOf(step.before), fieldsOf(step.rule)];
      const lines = step.fields.map((name) => `    ${name}: ${shown(before[name])} → ${shown(after[name])}`);
      return [`~ ${step.rule.slug}`, ...lines];
    }
  }
}

const shown = (value: unknown) => (value === undefined ? 'default' : canonicalJson(value));
