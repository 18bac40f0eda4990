import assert from 'node:assert/strict';
import { isBlack, type Picture } from '../../../src/core/media/picture.ts';

/** Pixels of one row, each a grey. */
const row = (...greys: number[]): Picture => ({
  width: greys.length,
  height: 1,
  rgba: Buffer.from(greys.flatMap((grey) => [grey, grey, grey, 255])),
});

const plain = (width: number, height: number, grey: number): Picture => ({
  width,
  height,
  rgba: Buffer.alloc(width * height * 4, Buffer.from([grey, grey, grey, 255])),
});

describe('isBlack', () => {
  it('is true of black and nearly black', () => {
    assert.equal(isBlack(plain(20, 20, 0)), true);
    assert.equal(isBlack(plain(20, 20, 16)), true);
  });
  it('is false of a dark picture and of stars in the night', () => {
    assert.equal(isBlack(plain(20, 20, 30)), false);
    assert.equal(isBlack(row(...Array.from({ length: 100 }, (_, i) => (i % 50 === 0 ? 255 : 0)))), false);
  });
});
