/** Says what is wrong with a value and where: its message names the field. */
export class CheckError extends Error {}

/** Returns `value` with its type proven, or throws CheckError; `at` is its path in the body. */
export type Check<T> = (value: unknown, at: string) => T;

type Checked<C> = C extends Check<infer T> ? T : never;

/** An object with these fields, all optional, and no others. */
export function record<Shape extends Record<string, Check<unknown>>>(
  shape: Shape,
): Check<{ [Name in keyof Shape]?: Checked<Shape[Name]> }> {
  return (value, at) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(at, value, 'an object');
    const checked: Record<string, unknown> = {};
    for (const [name, field] of Object.entries(value)) {
      const check = Object.hasOwn(shape, name) ? shape[name] : undefined;
      if (!check) {
        const where = at === '' ? '' : ` at '${at}'`;
        throw new CheckError(`Invalid JSON payload received. Unknown name "${name}"${where}: Cannot find field.`);
      }
      checked[name] = check(field, at === '' ? name : `${at}.${name}`);
    }
    // Every field went through the check of its name, and there are no others.
    return checked as { [Name in keyof Shape]?: Checked<Shape[Name]> };
  };
}

/** A list of `minItems` to `maxItems` elements. */
export function list<T>(check: Check<T>, minItems = 0, maxItems = Number.POSITIVE_INFINITY): Check<T[]> {
  return (value, at) => {
    if (!Array.isArray(value)) throw invalid(at, value, 'a list');
    if (value.length < minItems || value.length > maxItems) {
      throw new CheckError(`Invalid number of ${at}: ${value.length}. It must be ${minItems} to ${maxItems}.`);
    }
    return value.map((item, index) => check(item, `${at}[${index}]`));
  };
}

/** A text that is not blank, matching `pattern` when there is one. */
export function text(pattern?: RegExp, wanted = 'a non-empty text'): Check<string> {
  return (value, at) => {
    if (typeof value !== 'string' || value.trim() === '' || pattern?.test(value) === false) {
      throw invalid(at, value, wanted);
    }
    return value;
  };
}

export function oneOf<const Value extends string | number>(...values: Value[]): Check<Value> {
  return (value, at) => {
    const found = values.find((known) => known === value);
    if (found === undefined) throw invalid(at, value, `one of [${values.join(', ')}]`);
    return found;
  };
}

/** A whole number, both ends included. */
export function integer(min: number, max: number): Check<number> {
  return (value, at) => {
    if (!Number.isInteger(value) || (value as number) < min || (value as number) > max) {
      throw invalid(at, value, `a whole number from ${min} to ${max}`);
    }
    return value as number;
  };
}

export const bool: Check<boolean> = (value, at) => {
  if (typeof value !== 'boolean') throw invalid(at, value, 'true or false');
  return value;
};

/** Names of the caller's own choice, with texts. */
export const labels: Check<Record<string, string>> = (value, at) => {
  if (typeof value !== 'object' || value === null) throw invalid(at, value, 'an object of texts');
  const entries = Object.entries(value).map(([name, label]) => {
    if (typeof label !== 'string') throw invalid(`${at}.${name}`, label, 'a text');
    return [name, label] as const;
  });
  return Object.fromEntries(entries);
};

function invalid(at: string, value: unknown, wanted: string): CheckError {
  const shown = JSON.stringify(value) ?? 'nothing';
  return new CheckError(`Invalid value for ${at || 'the body'}: ${shown.slice(0, 80)}. It must be ${wanted}.`);
}
