import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ByteReader, ByteWriter } from '../../../src/core/rollup/bytes.ts';
import { type Cell, cloneCell, emptyCell, isEmpty, mergeCells } from '../../../src/core/rollup/cell.ts';
import { decodeCells, encodeCells } from '../../../src/core/rollup/codec.ts';
import { userOf } from '../../../src/core/rollup/distinct.ts';
import { foldEvents } from '../../../src/core/rollup/fold.ts';
import { event, NOW, userKey } from './arbitrary.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const documents = fc.array(event, { minLength: 1, maxLength: 30 }).map((events) => {
  const { documents: found } = foldEvents(events, { zones: [], nowMs: NOW.getTime() });
  return Array.from(found.values());
});

/** A cell with this many users. */
function cellOf(users: number): Cell {
  const cell = emptyCell();
  cell.counters[0] = users;
  for (let n = 0; n < users; n++) cell.users.add(userOf(userKey(n)) ?? 0);
  return cell;
}

describe('core/rollup/codec', () => {
  it('reads back what it wrote, and writes the same again', () => {
    fc.assert(
      fc.property(documents, (all) => {
        for (const { cells } of all) {
          const bytes = encodeCells(cells);
          assert.equal(hex(encodeCells(decodeCells(bytes))), hex(bytes));
          assert.deepEqual([...decodeCells(bytes).keys()], [...cells.keys()].sort());
        }
      }),
      { seed: 1, numRuns: 40 },
    );
  });

  for (const users of [0, 1, 1_000, 1_001, 5_000, 30_000]) {
    it(`keeps ${users} users`, () => {
      const cells = new Map([['*', cellOf(users)]]);
      if (users === 0) assert.equal(hex(encodeCells(cells)), '0100');
      else assert.deepEqual(decodeCells(encodeCells(cells)).get('*')?.users.count(), cells.get('*')?.users.count());
    });
  }

  it('writes keys in order and no cell of nothing', () => {
    const [a, b] = [cellOf(1), cellOf(2)];
    const one = new Map([
      ['b', b],
      ['a', a],
      ['c', emptyCell()],
    ]);
    const other = new Map([
      ['a', cloneCell(a)],
      ['b', cloneCell(b)],
    ]);
    assert.equal(hex(encodeCells(one)), hex(encodeCells(other)));
  });

  it('what is taken out again leaves no trace', () => {
    const sum = cellOf(0);
    const added = emptyCell();
    added.counters[3] = 4;
    added.errors.set('no_output', 2);
    added.sketches.totalMs.add(1_000);
    const taken = emptyCell();
    taken.counters[3] = -4;
    taken.errors.set('no_output', -2);
    taken.sketches.totalMs.add(1_000, -1);
    mergeCells(sum, added);
    assert.equal(isEmpty(sum), false);
    mergeCells(sum, taken);
    assert.equal(isEmpty(sum), true);
  });

  it('refuses other versions, what is cut short, and what is left over', () => {
    const bytes = encodeCells(new Map([['*', cellOf(3)]]));
    assert.throws(() => decodeCells(Uint8Array.from([2, ...bytes.subarray(1)])), /version 2/);
    for (let length = 0; length < bytes.length; length++) {
      assert.throws(() => decodeCells(bytes.subarray(0, length)), RangeError, `${length} bytes`);
    }
    assert.throws(() => decodeCells(Uint8Array.from([...bytes, 0])), RangeError);
  });

  it('of any bytes, refuses those that it would not write', () => {
    const changed = fc.record({ all: documents, pick: fc.nat(), at: fc.nat(), to: fc.integer({ min: 0, max: 255 }) });
    fc.assert(
      fc.property(changed, ({ all, pick, at, to }) => {
        const bytes = encodeCells(all[pick % Math.max(1, all.length)]?.cells ?? new Map());
        bytes[at % bytes.length] = to;
        assertCanonical(bytes);
      }),
      { seed: 1, numRuns: 400 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => assertCanonical(Uint8Array.from([1, ...bytes]))),
      {
        seed: 1,
        numRuns: 2_000,
      },
    );
  });

  it('writes every whole number that it can keep exactly, and refuses others', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 52) + 1, max: 2 ** 52 - 1 }), (value) => {
        const to = new ByteWriter();
        to.signed(value);
        assert.equal(new ByteReader(to.finish()).signed(), value);
      }),
      { seed: 1, numRuns: 500 },
    );
    for (const value of [2 ** 52, -(2 ** 52), 0.5, Number.NaN]) {
      assert.throws(() => new ByteWriter().signed(value), RangeError);
    }
  });
});

function assertCanonical(bytes: Uint8Array): void {
  let cells: Map<string, Cell>;
  try {
    cells = decodeCells(bytes);
  } catch (error) {
    // Refusing is one of the two right answers, if it is done properly.
    assert.ok(error instanceof RangeError, String(error));
    return;
  }
  assert.equal(hex(encodeCells(cells)), hex(bytes));
}
