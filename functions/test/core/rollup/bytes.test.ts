import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ByteReader, ByteWriter } from '../../../src/core/rollup/bytes.ts';

/** Seven bits a byte, by the book. */
function expectedVarint(value: number): number[] {
  let rest = BigInt(value);
  const bytes: number[] = [];
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) + 128);
  return [...bytes, Number(rest)];
}

const EDGES = [7, 14, 21, 28, 31, 32, 35, 42, 49, 52].flatMap((bits) => [2 ** bits - 1, 2 ** bits, 2 ** bits + 1]);

describe('core/rollup/bytes', () => {
  it('writes whole numbers in as few bytes as they need, and reads them again', () => {
    const number = fc.oneof(fc.constantFrom(0, ...EDGES, Number.MAX_SAFE_INTEGER), fc.nat(), fc.maxSafeNat());
    fc.assert(
      fc.property(fc.array(number, { maxLength: 300 }), (values) => {
        const to = new ByteWriter();
        for (const value of values) to.varint(value);
        const bytes = to.finish();
        assert.deepEqual(Array.from(bytes), values.flatMap(expectedVarint));
        const from = new ByteReader(bytes);
        assert.deepEqual(
          values.map(() => from.varint()),
          values,
        );
        from.end();
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('keeps the sign', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 52) + 1, max: 2 ** 52 - 1 }), (value) => {
        const to = new ByteWriter();
        to.signed(value);
        assert.equal(new ByteReader(to.finish()).signed(), value);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('refuses what it could not write exactly', () => {
    for (const value of [-1, 0.5, 2 ** 53, Number.NaN]) assert.throws(() => new ByteWriter().varint(value), RangeError);
    assert.throws(() => new ByteWriter().signed(2 ** 52), RangeError);
  });
});
