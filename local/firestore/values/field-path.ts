import { invalid } from '../errors.ts';
import type { Fields, ProtoValue } from '../wire.ts';

const SIMPLE_NAME = /^[A-Za-z_][A-Za-z_0-9]*$/;
const parsed = new Map<string, readonly string[]>();

/** Splits `a.b.` + '`c.d`' into its names. Throws INVALID_ARGUMENT. */
export function parseFieldPath(text: string): readonly string[] {
  const known = parsed.get(text);
  if (known) return known;
  const names: string[] = [];
  const pattern = /(?:`((?:[^`\\]|\\[\s\S])+)`|([^.`]+))(\.|$)/y;
  while (pattern.lastIndex < text.length) {
    const match = pattern.exec(text);
    const endsEarly = match?.[3] === '.' && pattern.lastIndex === text.length;
    if (!match || endsEarly) throw invalid(`Invalid property path "${text}".`);
    names.push(match[1]?.replace(/\\([\s\S])/g, '$1') ?? match[2] ?? '');
  }
  if (names.length === 0) throw invalid('Invalid property path "".');
  if (parsed.size > 10_000) parsed.clear();
  parsed.set(text, names);
  return names;
}

/** The canonical text of a field path, quoted where it must be. */
export function fieldPathText(names: readonly string[]): string {
  return names.map((name) => (SIMPLE_NAME.test(name) ? name : `\`${name.replace(/[\\`]/g, '\\$&')}\``)).join('.');
}

export function getField(fields: Fields, names: readonly string[]): ProtoValue | undefined {
  let value: ProtoValue | undefined;
  let inside: Fields | undefined = fields;
  for (const name of names) {
    value = inside && Object.hasOwn(inside, name) ? inside[name] : undefined;
    if (!value) return undefined;
    inside = value.mapValue ? (value.mapValue.fields ?? {}) : undefined;
  }
  return value;
}

/** Fields with one of them set, or removed when `value` is undefined; what is not on the way is shared, nothing is changed in place. */
export function withField(fields: Fields, names: readonly string[], value: ProtoValue | undefined): Fields {
  const [name, ...rest] = names;
  if (name === undefined) return fields;
  if (rest.length === 0) {
    if (value) return { ...fields, [name]: value };
    const { [name]: _removed, ...others } = fields;
    return others;
  }
  const inner = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (!value && !inner?.mapValue) return fields;
  const below = withField(inner?.mapValue?.fields ?? {}, rest, value);
  return { ...fields, [name]: { mapValue: Object.keys(below).length > 0 ? { fields: below } : {} } };
}

/** Fields with what a mask names taken over from others: set where those have it, removed where they do not. */
export function withMasked(fields: Fields, others: Fields, fieldPaths: readonly string[]): Fields {
  return fieldPaths.map(parseFieldPath).reduce((all, names) => withField(all, names, getField(others, names)), fields);
}
