import { stringify } from 'yaml';
import { type Rule, ruleSchema } from '../../functions/src/core/alert/rule.ts';
import { canonicalJson } from '../../functions/src/core/hash.ts';

/** What every rule says for itself. */
const ALWAYS = ['slug', 'name', 'metric', 'windowMin', 'condition'];
const DEFAULTS: Record<string, unknown> = ruleSchema.parse({
  ...{ slug: 'any', name: 'any', metric: 'any', windowMin: 1, condition: { type: 'absence', severity: 'info' } },
});

/** Rules as YAML, by slug, in the order of the schema, without what is the default. What this writes reads as the same rules. */
export function writeRules(rules: readonly Rule[]): string {
  const sorted = [...rules].sort((a, b) => (a.slug < b.slug ? -1 : 1));
  return stringify({ rules: sorted.map(fieldsOf) }, { lineWidth: 140, aliasDuplicateObjects: false });
}

/** The fields that say something. */
export function fieldsOf(rule: Rule): Record<string, unknown> {
  const given = Object.entries(rule as Record<string, unknown>);
  const order = [...new Set([...ALWAYS.slice(0, 2), ...Object.keys(ruleSchema.shape)])];
  const telling = given.filter(([name, value]) => ALWAYS.includes(name) || !isDefault(name, value));
  return Object.fromEntries(telling.sort(([a], [b]) => order.indexOf(a) - order.indexOf(b)));
}

const isDefault = (name: string, value: unknown) => canonicalJson(value) === canonicalJson(DEFAULTS[name]);
