import { ByteReader, ByteWriter } from './bytes.ts';
import { type Cell, COUNTERS, emptyCell, isEmpty, SKETCH_NAMES, SKETCHES } from './cell.ts';
import { nonZero, readSketch, readUsers, writeSketch, writeUsers } from './codecParts.ts';

/** The first byte. Another meaning of any byte after it needs another version. */
export const CODEC_VERSION = 1;

/** The cells of one document, by their keys. */
export type Cells = ReadonlyMap<string, Cell>;

/**
 * The bytes of cells: equal content gives equal bytes; cells of nothing are left out. Throws RangeError for a sum beyond
 * ±(2^52 − 1), which in micro-dollars is four billion dollars.
 */
export function encodeCells(cells: Cells): Uint8Array {
  const to = new ByteWriter();
  const kept = sorted(cells).filter(([, cell]) => !isEmpty(cell));
  to.byte(CODEC_VERSION);
  to.varint(kept.length);
  for (const [key, cell] of kept) {
    to.text(key);
    writeCell(to, cell);
  }
  return to.finish();
}

/** The cells that `encodeCells` wrote. Throws RangeError for another version and for any bytes that it does not write. */
export function decodeCells(bytes: Uint8Array): Map<string, Cell> {
  const from = new ByteReader(bytes);
  const version = from.byte();
  if (version !== CODEC_VERSION) throw new RangeError(`cells of version ${version}; known is ${CODEC_VERSION}`);
  const cells = new Map<string, Cell>();
  let previous: string | undefined;
  for (let left = from.varint(); left > 0; left--) {
    const key = rising(from.text(), previous);
    const cell = readCell(from);
    if (isEmpty(cell)) throw new RangeError('a cell of nothing');
    cells.set(key, cell);
    previous = key;
  }
  from.end();
  return cells;
}

function writeCell(to: ByteWriter, { counters, errors, sketches, users }: Cell): void {
  const set = Array.from(counters.keys()).filter((at) => counters[at] !== 0);
  to.varint(set.length);
  for (const at of set) {
    to.byte(at);
    to.signed(counters[at] ?? 0);
  }
  const counted = sorted(errors).filter(([, n]) => n !== 0);
  to.varint(counted.length);
  for (const [code, n] of counted) {
    to.text(code);
    to.signed(n);
  }
  for (const name of SKETCH_NAMES) writeSketch(to, sketches[name]);
  writeUsers(to, users);
}

function readCell(from: ByteReader): Cell {
  const cell = emptyCell();
  let position = -1;
  for (let left = from.varint(); left > 0; left--) {
    const at = from.byte();
    if (at <= position || at >= COUNTERS.length) throw new RangeError('a counter that is unknown or out of order');
    cell.counters[at] = nonZero(from.signed());
    position = at;
  }
  let previous: string | undefined;
  for (let left = from.varint(); left > 0; left--) {
    previous = rising(from.text(), previous);
    cell.errors.set(previous, nonZero(from.signed()));
  }
  for (const name of SKETCH_NAMES) cell.sketches[name] = readSketch(from, SKETCHES[name]);
  cell.users = readUsers(from);
  return cell;
}

function sorted<T>(map: ReadonlyMap<string, T>): [string, T][] {
  return Array.from(map).sort(([a], [b]) => (a < b ? -1 : 1));
}

function rising(key: string, previous: string | undefined): string {
  if (previous !== undefined && key <= previous) throw new RangeError('keys are out of order');
  return key;
}
