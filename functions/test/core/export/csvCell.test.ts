import assert from 'node:assert/strict';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { csvCell, guarded } from '../../../src/core/export/csvCell.ts';
import { FORMATS } from '../../../src/core/export/format.ts';
import type { Row } from '../../../src/core/export/value.ts';
import { LAYOUTS } from '../../../src/features/export/layouts.ts';

const DANGEROUS = [
  ...['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '\tplain', ' =1', '   -cmd', '\u00a0=1', '\u200b=1'],
  ...['\ufeff=1', '\u0000=1', '＝1', '＋1', '－1', '＠x', ' ＝1', '﹦1', '﹢1', '﹣1', '﹫x', '−1'],
  ...['=HYPERLINK("http://x")', "=cmd|'/C calc'!A0", '--', '=', '@'],
];
const HARMLESS = ['', ' ', 'a=b', '1-2', 'x@y.z', "'=1", '{"a":1}', 'text_to_video', '2024-11-01T00:00:00.000Z', '(1)'];

const fileOf = (rows: readonly Row[], columns: readonly string[]) => {
  const { head, rows: text, foot } = LAYOUTS.csv;
  return head(columns) + text(columns, rows, true) + foot;
};

describe('fields of CSV', () => {
  for (const text of DANGEROUS) {
    it(`guards ${JSON.stringify(text)}`, () => {
      assert.equal(guarded(text), `'${text}`);
    });
  }
  for (const text of HARMLESS) {
    it(`leaves ${JSON.stringify(text)}`, () => {
      assert.equal(guarded(text), text);
    });
  }

  it('leaves numbers numbers, also below zero', () => {
    assert.deepEqual([-1, 0, 0.1, 1e21, -2.5].map(csvCell), ['-1', '0', '0.1', '1e+21', '-2.5']);
    assert.deepEqual([true, false, null, { a: [1, '=x'] }].map(csvCell), ['true', 'false', '', '{"a":[1,"=x"]}']);
  });

  it('quotes as RFC 4180 says', () => {
    assert.equal(
      fileOf([['a,b', 'say "x"', 'two\nlines', 'cr\rhere', '']], ['a', 'b', 'c', 'd', 'e']),
      'a,b,c,d,e\r\n"a,b","say ""x""","two\nlines","cr\rhere",\r\n',
    );
  });

  it('comes back from a parser as it was', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: fc.constantFrom('=', '+', '-', '@', ' ', '\t', '\r', '\n', '"', ',', "'", '＝', 'a', ';') }),
    );
    const value = fc.oneof(texts, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null));
    const row = fc.tuple(value, value, value);
    fc.assert(
      fc.property(fc.array(row, { maxLength: 10 }), (rows) => {
        const parsed = parse(fileOf(rows, ['a', 'b', 'c']), { record_delimiter: '\r\n' });
        const cells = rows.map((cells) =>
          cells.map((cell) => (typeof cell === 'string' ? guarded(cell) : csvCell(cell))),
        );
        assert.deepEqual(parsed, [['a', 'b', 'c'], ...cells]);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('is JSON that a parser reads, whatever is in it and wherever pages break', () => {
    const row = fc.tuple(fc.string(), fc.oneof(fc.integer(), fc.constant(null)), fc.jsonValue());
    fc.assert(
      fc.property(fc.array(fc.array(row, { maxLength: 3 }), { maxLength: 4 }), (pages) => {
        const columns = ['a', 'b', 'c'];
        const rows = pages.flat();
        const [json, ndjson] = (['json', 'ndjson'] as const).map((format) => {
          const { head, rows: text, foot } = LAYOUTS[format];
          let n = 0;
          let file = head(columns);
          for (const page of pages) {
            file += text(columns, page as Row[], n === 0);
            n += page.length;
          }
          return file + foot;
        });
        const expected = JSON.parse(JSON.stringify(rows.map(([a, b, c]) => ({ a, b, c }))));
        assert.deepEqual(JSON.parse(json ?? ''), expected);
        const lines = (ndjson ?? '').split('\n').slice(0, -1);
        assert.deepEqual(
          lines.map((line) => JSON.parse(line)),
          expected,
        );
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('is known for every format', () => {
    assert.deepEqual(Object.keys(LAYOUTS).sort(), [...FORMATS].sort());
  });
});
