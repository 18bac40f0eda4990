import fc from 'fast-check';

type Type = 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';

/** The part of JSON Schema that the API's own description uses. */
export interface Schema {
  /** With `null` where that fits, too. */
  type: Type | [Type, 'null'];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  minItems?: number;
  maxItems?: number;
  enum?: unknown[];
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  /** What may be sent instead, the one thing first. */
  anyOf?: Schema[];
  oneOf?: Schema[];
}

/** JSON text that stands for itself, for what JSON.stringify cannot write: 1e400, a key twice, 10,000 levels. */
class Verbatim {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

/** As JSON.stringify, with `Verbatim` parts written as they are. */
export function jsonText(value: unknown): string {
  if (value instanceof Verbatim) return value.text;
  if (Array.isArray(value)) return `[${value.map(jsonText).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const members = Object.entries(value).filter(([, entry]) => entry !== undefined);
  return `{${members.map(([key, entry]) => `${JSON.stringify(key)}:${jsonText(entry)}`).join(',')}}`;
}

const verbatim = (...texts: string[]) => fc.constantFrom(...texts.map((text) => new Verbatim(text)));
const deep = (open: string, close: string, inside: string) => open.repeat(10_000) + inside + close.repeat(10_000);

/** Well-formed and not: NUL, right to left, astral, combining, lone surrogates, and the names every object inherits. */
const STRANGE = [
  '\u0000',
  '\u202Eright to left\u202C',
  'مرحبا',
  '👩‍👩‍👧‍👦',
  'Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A',
  '\uFEFF',
  '\uD800',
  'a\uDC00b',
  '\u2028',
  '\r\nX-Injected: 1',
  '"><script>alert(1)</script>',
  "'; DROP TABLE generations; --",
  '../../../etc/passwd',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: that is what is tried
  '${7*7}',
];
const strangeText = fc.oneof(
  fc.constantFrom(...STRANGE),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
);
const hugeText = fc.constantFrom('x'.repeat(100_000), '\u0000'.repeat(100_000), '🎬'.repeat(50_000));

const strangeNumber = fc.oneof(
  fc.constantFrom(-1, 1.5, 2 ** 53, -(2 ** 53), 8_640_000_000_000_001, -62_135_596_800_001, Number.MIN_VALUE),
  verbatim('1e400', '-1e400', '1e-400', '-0.5', '9'.repeat(400)),
  fc.double({ noNaN: true, noDefaultInfinity: true, noInteger: true }),
);

const anything = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  strangeNumber,
  strangeText,
  fc.constantFrom([], {}, [[]], { toString: 'x' }, [null]),
  verbatim(deep('[', ']', ''), deep('{"a":', '}', '1'), '{"__proto__":{"polluted":true}}'),
);

/** Anything but values of these JSON types. */
const otherThan = (...types: string[]) => anything.filter((value) => !types.includes(typeOf(value)));

function typeOf(value: unknown): string {
  if (value instanceof Verbatim)
    return /^[[{]/.test(value.text) ? (value.text[0] === '[' ? 'array' : 'object') : 'number';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** A value that fits the schema, optional members left out. */
export function fitting(schema: Schema): unknown {
  if (schema.oneOf?.[0]) return fitting(schema.oneOf[0]);
  if (schema.enum) return schema.enum[0];
  if (Array.isArray(schema.type)) return null;
  if (schema.type === 'object') {
    const { properties = {}, required = [] } = schema;
    return Object.fromEntries(required.map((name) => [name, fitting(properties[name] ?? { type: 'string' })]));
  }
  if (schema.type === 'array')
    return Array.from({ length: schema.minItems ?? 0 }, () => fitting(schema.items ?? schema));
  if (schema.type === 'string') return 'abcd'.repeat(Math.ceil((schema.minLength ?? 1) / 4));
  return schema.type === 'boolean' ? true : (schema.minimum ?? 1);
}

/** Values that do not fit the schema, whatever else they are. `valid` is what an object's other members are taken from. */
export function unfitting(schema: Schema, valid: unknown): fc.Arbitrary<unknown> {
  // No object breaks the first alternative by becoming one of the others: they have no member in common.
  const first = schema.anyOf?.[0] ?? schema.oneOf?.[0];
  if (first) return unfitting(first, valid);
  if (schema.enum) return anything.filter((value) => !schema.enum?.includes(value));
  if (Array.isArray(schema.type)) {
    return unfitting({ ...schema, type: schema.type[0] }, valid).filter((value) => value !== null);
  }
  switch (schema.type) {
    case 'object':
      return unfittingObject(schema, (valid ?? fitting(schema)) as Record<string, unknown>);
    case 'array':
      return unfittingArray(schema);
    case 'string':
      return unfittingText(schema);
    case 'boolean':
      return otherThan('boolean');
    case 'integer':
    case 'number':
      return unfittingNumber(schema);
  }
}

function unfittingText({ minLength = 0, maxLength = Number.POSITIVE_INFINITY }: Schema): fc.Arbitrary<unknown> {
  const tooLong = hugeText.filter((text) => text.length > maxLength);
  return fc.oneof(
    otherThan('string'),
    ...(minLength > 0 ? [fc.constant('')] : []),
    ...(maxLength < 100_000 ? [tooLong, fc.constant('x'.repeat(maxLength + 1))] : []),
  );
}

function unfittingNumber({ type, minimum = -Infinity, maximum = Infinity }: Schema): fc.Arbitrary<unknown> {
  const beyond = [minimum - 1, maximum + 1, -1_000_000, 253_402_300_800_000].filter(
    (value) => Number.isFinite(value) && (value < minimum || value > maximum),
  );
  const textOfNumber = fc.constantFrom('1', '5', '0x5', 'NaN', 'Infinity');
  const fractions = fc.double({ min: 0.01, max: 100, noNaN: true }).filter((value) => !Number.isInteger(value));
  return fc.oneof(
    otherThan('number'),
    textOfNumber,
    ...(type === 'integer' ? [fractions] : []),
    ...(beyond.length > 0 ? [fc.constantFrom(...beyond)] : []),
    verbatim('1e400', '-1e400'),
  );
}

function unfittingArray({ items, minItems = 0, maxItems }: Schema): fc.Arbitrary<unknown> {
  const each: Schema = items ?? { type: 'string' };
  return fc.oneof(
    otherThan('array'),
    unfitting(each, undefined).map((item) => Array.from({ length: Math.max(1, minItems) }, () => item)),
    ...(minItems > 0 ? [fc.constant([])] : []),
    ...(maxItems === undefined ? [] : [fc.constant(Array.from({ length: maxItems + 1 }, () => fitting(each)))]),
  );
}

function unfittingObject(schema: Schema, valid: Record<string, unknown>): fc.Arbitrary<unknown> {
  const { properties = {}, required = [] } = schema;
  const known = Object.keys(properties);
  // Whatever its members are fits such a schema.
  if (known.length === 0) return otherThan('object');
  const broken = known.map((name) =>
    unfitting(properties[name] ?? { type: 'string' }, valid[name]).map((value) => ({ ...valid, [name]: value })),
  );
  const lacking = required.map((name) => fc.constant({ ...valid, [name]: undefined }));
  const extra = fc
    .tuple(fc.oneof(inherited, strangeText, hugeText), anything)
    .filter(([name]) => !known.includes(name))
    .map(([name, value]) => withMember(valid, JSON.stringify(name), jsonText(value)));
  const twice = fc
    .constantFrom(...known)
    .chain((name) =>
      unfitting(properties[name] ?? { type: 'string' }, undefined).map((value) =>
        withMember({ ...valid, [name]: valid[name] ?? null }, JSON.stringify(name), jsonText(value)),
      ),
    );
  return fc.oneof(otherThan('object'), ...broken, ...lacking, extra, twice);
}

const inherited = fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'then', 'id');

/** The object with one more member at its end, also when it has one of that name: the last one counts. */
function withMember(object: Record<string, unknown>, key: string, value: string): Verbatim {
  const rest = jsonText(object).slice(0, -1);
  return new Verbatim(`${rest}${rest === '{' ? '' : ','}${key}:${value}}`);
}
