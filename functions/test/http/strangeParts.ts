import fc from 'fast-check';

const constants = (...values: string[]) => fc.constantFrom(...values);

/** Ids that no generation has, as they stand in a path. */
export const strangeIds = fc.oneof(
  constants('..', '.', '%2e%2e', 'a%2Fb', '%2F', '..%2F..%2Fgenerations', 'a%5Cb', 'a\\b', '%00', '%', '%E0%A4%A'),
  constants('x'.repeat(65), 'x'.repeat(8_000), '__proto__', 'constructor', '%F0%9F%8E%AC', '%ED%A0%80', '~', 'a:b'),
  constants('a;b', 'a%3Fb', 'a%23b', '-1', 'null', 'undefined', 'a.b', `${'a'.repeat(20)}%20`, '{id}', '*'),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).map((text) => encodeURIComponent(`${text}-`)),
  fc.stringMatching(/^[A-Za-z0-9]{20}$/),
);

const printable = (text: string) => text.replace(/[^\x20-\x7e]/g, '?');

/** Idempotency keys that are not 1 to 255 visible ASCII characters. */
export const strangeKeys = fc.oneof(
  constants('', ' ', 'a b', 'a\tb', 'é', '\u0080', 'x'.repeat(256), 'x'.repeat(8_000), 'a, b'),
  fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 40 }).map((text) => `${printable(text)} x`),
);

/** Content types that are not JSON, or not quite. */
export const strangeTypes = constants(
  'text/plain',
  'text/html',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/xml',
  'application/octet-stream',
  'application/json; charset=klingon',
  'application/jsonp',
  'json',
  '',
  'application/',
);

/** `Authorization` headers that hold no token. */
export const strangeTokens = constants(
  '',
  'Bearer',
  'Bearer ',
  'Basic YTpi',
  'Bearer x.y.z',
  `Bearer ${'x'.repeat(8_000)}`,
);

/** Bodies that are no JSON object: cut short, or something else altogether. */
export const noObjects = (whole: string) =>
  fc.oneof(
    fc.integer({ min: 1, max: whole.length - 1 }).map((length) => whole.slice(0, length)),
    constants('', 'null', '5', '"text"', '[]', '[{}]', `[${whole}]`, whole + whole, `${whole},`, '{', 'NaN'),
    constants('{"stars":NaN}', '{"seed":-Infinity}', "{'stars':5}", '{stars:5}', '\u0000', '\uFEFF'),
    fc.string({ unit: 'binary', maxLength: 60 }).filter((text) => !text.trim().startsWith('{')),
  );
