import type { ByteReader, ByteWriter } from './bytes.ts';
import { DistinctUsers, EXACT_USERS, isRank, isUser, REGISTERS } from './distinct.ts';
import { Sketch } from './sketch.ts';

/** Writes the zeros, then each bin as its distance from the one before and its count. */
export function writeSketch(to: ByteWriter, sketch: Sketch): void {
  const bins = sketch.bins();
  to.signed(sketch.zeros);
  to.varint(bins.length);
  let previous = -1;
  for (const { index, count } of bins) {
    to.varint(index - previous - 1);
    to.signed(count);
    previous = index;
  }
}

/** No value gets a bin beyond this one: 2^53 at the finest accuracy in use. */
const MAX_BIN = 4_096;

/** Reads what `writeSketch` wrote; throws RangeError for anything else. */
export function readSketch(from: ByteReader, accuracy: number): Sketch {
  const sketch = new Sketch(accuracy);
  sketch.add(0, from.signed());
  let index = -1;
  for (let left = from.varint(); left > 0; left--) {
    index += from.varint() + 1;
    if (index > MAX_BIN) throw new RangeError('a sketch has a bin that no value falls into');
    sketch.addToBin(index, nonZero(from.signed()));
  }
  return sketch;
}

/** A list of users, or of the registers that are set, or all registers of six bits each: whichever holds for the content. */
const FORMS = { exact: 0, sparse: 1, dense: 2 } as const;

/** Registers set, from which on all of them take less room than a list of two bytes each. */
const DENSE_FROM = (REGISTERS * 6) / 8 / 2;

export function writeUsers(to: ByteWriter, users: DistinctUsers): void {
  const { exact, registers } = users;
  if (exact) {
    to.byte(FORMS.exact);
    writeRising(to, exact);
  } else if (registers) {
    const set = placesSet(registers);
    const dense = set.length >= DENSE_FROM;
    to.byte(dense ? FORMS.dense : FORMS.sparse);
    if (dense) to.bytes(packed(registers));
    else writeSparse(to, registers, set);
  }
}

function placesSet(registers: Uint8Array): number[] {
  const set: number[] = [];
  for (let at = 0; at < registers.length; at++) if (registers[at] !== 0) set.push(at);
  return set;
}

function writeSparse(to: ByteWriter, registers: Uint8Array, set: readonly number[]): void {
  writeRising(to, set);
  for (const at of set) to.byte(registers[at] ?? 0);
}

/** Reads what `writeUsers` wrote; throws RangeError for anything else. */
export function readUsers(from: ByteReader): DistinctUsers {
  switch (from.byte()) {
    case FORMS.exact:
      return readExact(from);
    case FORMS.sparse:
      return readSparse(from);
    case FORMS.dense:
      return readDense(from);
    default:
      throw new RangeError('users in an unknown form');
  }
}

function readExact(from: ByteReader): DistinctUsers {
  const users = new DistinctUsers();
  const list = readRising(from, EXACT_USERS);
  if (!list.every(isUser)) throw new RangeError('a user is out of range');
  for (const user of list) users.add(user);
  return users;
}

function readSparse(from: ByteReader): DistinctUsers {
  const registers = new Uint8Array(REGISTERS);
  for (const at of readRising(from, DENSE_FROM - 1)) {
    if (at >= REGISTERS) throw new RangeError('a register is out of range');
    registers[at] = checkedRank(nonZero(from.byte()));
  }
  return DistinctUsers.ofRegisters(registers);
}

function readDense(from: ByteReader): DistinctUsers {
  const registers = unpacked(from.bytes((REGISTERS * 6) / 8));
  registers.forEach(checkedRank);
  if (registers.filter((rank) => rank > 0).length < DENSE_FROM) throw new RangeError('few registers, written as many');
  return DistinctUsers.ofRegisters(registers);
}

/** Four registers in three bytes. */
function packed(registers: Uint8Array): Uint8Array {
  const bytes = new Uint8Array((REGISTERS * 6) / 8);
  for (let at = 0, to = 0; at < REGISTERS; at += 4, to += 3) {
    const [a, b, c, d] = [registers[at] ?? 0, registers[at + 1] ?? 0, registers[at + 2] ?? 0, registers[at + 3] ?? 0];
    bytes[to] = (a << 2) | (b >> 4);
    bytes[to + 1] = (b << 4) | (c >> 2);
    bytes[to + 2] = (c << 6) | d;
  }
  return bytes;
}

function unpacked(bytes: Uint8Array): Uint8Array {
  const registers = new Uint8Array(REGISTERS);
  for (let at = 0, to = 0; to < REGISTERS; at += 3, to += 4) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(at, at + 3);
    registers.set([a >> 2, ((a & 3) << 4) | (b >> 4), ((b & 15) << 2) | (c >> 6), c & 63], to);
  }
  return registers;
}

function writeRising(to: ByteWriter, values: ArrayLike<number>): void {
  to.varint(values.length);
  let previous = -1;
  for (let at = 0; at < values.length; at++) {
    const value = values[at] ?? 0;
    to.varint(value - previous - 1);
    previous = value;
  }
}

function readRising(from: ByteReader, atMost: number): number[] {
  const length = from.varint();
  if (length > atMost) throw new RangeError('a list is too long');
  const values = new Array<number>(length);
  let previous = -1;
  for (let at = 0; at < length; at++) {
    previous += from.varint() + 1;
    values[at] = previous;
  }
  return values;
}

/** What stands for nothing is not written, so it is not read. */
export function nonZero(value: number): number {
  if (value === 0) throw new RangeError('a nought is written out');
  return value;
}

function checkedRank(rank: number): number {
  if (!isRank(rank)) throw new RangeError('a register holds what no user gives');
  return rank;
}
