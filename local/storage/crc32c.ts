const POLYNOMIAL_REFLECTED = 0x82f63b78;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL_REFLECTED : value >>> 1;
  return value;
});

/** Continues the CRC-32C (Castagnoli, RFC 3720) `crc` over `chunk`; start with 0. */
export function crc32c(chunk: Uint8Array, crc = 0): number {
  let value = ~crc;
  for (const byte of chunk) value = (value >>> 8) ^ (TABLE[(value ^ byte) & 0xff] as number);
  return ~value >>> 0;
}

/** A CRC as Cloud Storage writes it: base64 of the four bytes, big-endian. */
export function crc32cBase64(crc: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc);
  return bytes.toString('base64');
}
