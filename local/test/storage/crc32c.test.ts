import assert from 'node:assert/strict';
import { CRC32C } from '@google-cloud/storage';
import fc from 'fast-check';
import { crc32c, crc32cBase64 } from '../../storage/crc32c.ts';

describe('storage: crc32c', () => {
  it('gives the check value of the standard', () => {
    assert.equal(crc32c(Buffer.from('123456789')), 0xe3069283);
  });

  it('agrees with Google’s client on any bytes, in one piece or two', () => {
    const bytesAndCut = fc.tuple(fc.uint8Array({ maxLength: 500 }), fc.nat(500));
    fc.assert(
      fc.property(bytesAndCut, ([bytes, cut]) => {
        const theirs = new CRC32C();
        theirs.update(Buffer.from(bytes));
        const ours = crc32c(bytes.subarray(cut), crc32c(bytes.subarray(0, cut)));
        assert.equal(crc32cBase64(ours), theirs.toString());
      }),
      { seed: 1, numRuns: 200 },
    );
  });
});
