/** The largest whole number that is written with a sign. */
const MAX_SIGNED = 2 ** 52 - 1;
/** Of 53 bits, seven in each. */
const MAX_VARINT_BYTES = 8;
/** Up to here bits can be taken instead of remainders, which is several times faster. */
const MAX_INT32 = 2 ** 31 - 1;

/** Bytes being written. */
export class ByteWriter {
  #bytes = new Uint8Array(1_024);
  #length = 0;

  byte(value: number): void {
    this.#makeRoomFor(1);
    this.#bytes[this.#length++] = value;
  }

  /** A whole number from 0 to 2^53 − 1: seven bits a byte, the lowest first. Throws RangeError for any other. */
  varint(value: number): void {
    if (value < 0 || !Number.isSafeInteger(value)) throw new RangeError(`cannot be written exactly: ${value}`);
    this.#makeRoomFor(MAX_VARINT_BYTES);
    let rest = value;
    while (rest > MAX_INT32) {
      const next = Math.floor(rest / 128);
      this.#bytes[this.#length++] = rest - 128 * next + 128;
      rest = next;
    }
    for (; rest >= 128; rest >>= 7) this.#bytes[this.#length++] = (rest & 127) | 128;
    this.#bytes[this.#length++] = rest;
  }

  /** A whole number within ±(2^52 − 1); small ones are short, whatever their sign. Throws RangeError beyond. */
  signed(value: number): void {
    if (!Number.isInteger(value) || Math.abs(value) > MAX_SIGNED)
      throw new RangeError(`cannot be written exactly: ${value}`);
    this.varint(value < 0 ? -2 * value - 1 : 2 * value);
  }

  text(value: string): void {
    const bytes = new TextEncoder().encode(value);
    this.varint(bytes.length);
    this.bytes(bytes);
  }

  bytes(value: Uint8Array): void {
    this.#makeRoomFor(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  /** All that was written. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #makeRoomFor(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const larger = new Uint8Array(2 * (this.#length + more));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

/** Bytes being read. Every method throws RangeError for what a ByteWriter does not write. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  byte(): number {
    const value = this.#bytes[this.#at++];
    if (value === undefined) throw new RangeError('the bytes end too early');
    return value;
  }

  varint(): number {
    let [value, scale, byte] = [0, 1, this.byte()];
    while (byte >= 128) {
      value += (byte - 128) * scale;
      scale *= 128;
      byte = this.byte();
      if (byte === 0) throw new RangeError('a number is longer than it need be');
    }
    value += byte * scale;
    if (!Number.isSafeInteger(value)) throw new RangeError('a number is too large');
    return value;
  }

  signed(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  text(): string {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(this.bytes(this.varint()));
    } catch (cause) {
      throw new RangeError('a text is not UTF-8', { cause });
    }
  }

  bytes(length: number): Uint8Array {
    if (length > this.#bytes.length - this.#at) throw new RangeError('the bytes end too early');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  /** Refuses what is left over. */
  end(): void {
    if (this.#at !== this.#bytes.length) throw new RangeError('there are bytes left over');
  }
}
