/** Where a box of an MP4 begins to say what it is: its type, its whole size and the size of this header, in bytes. */
export interface BoxHeader {
  type: string;
  sizeBytes: number;
  headerBytes: number;
}

/** A whole picture that needs no other one, by its place in the file. */
export interface Keyframe {
  offset: number;
  sizeBytes: number;
}

/** What a decoder needs to know of an H.264 track, and where its first keyframes are. */
export interface VideoTrack {
  /** Such as `avc1.640028`. */
  codec: string;
  /** The `avcC` record. */
  description: Buffer;
  width: number;
  height: number;
  keyframes: Keyframe[];
}

/** How many bytes `boxHeader` needs at most. */
export const BOX_HEADER_BYTES = 16;

const SAMPLE_ENTRY_BYTES = 86;

/** Reads the header at the start of `bytes` (ISO/IEC 14496-12, 4.2). Throws RangeError when there is none. */
export function boxHeader(bytes: Buffer): BoxHeader {
  const size = bytes.readUInt32BE(0);
  const type = bytes.toString('latin1', 4, 8);
  const isLarge = size === 1;
  const sizeBytes = isLarge ? Number(bytes.readBigUInt64BE(8)) : size;
  const headerBytes = isLarge ? 16 : 8;
  if (!/^[\x20-\x7e\xa9]{4}$/.test(type) || sizeBytes < headerBytes) throw new RangeError('not an MP4 box');
  return { type, sizeBytes, headerBytes };
}

/**
 * The first H.264 track that a whole `moov` box tells of, with at most `maxKeyframes` keyframes.
 * Throws RangeError when the box is damaged or tells of no such track.
 */
export function videoTrackOf(moov: Buffer, maxKeyframes: number): VideoTrack {
  for (const trak of boxes(contentOf(moov), 'trak')) {
    const [handler] = find(trak, 'mdia', 'hdlr');
    if (handler?.toString('latin1', 8, 12) !== 'vide') continue;
    const [table] = find(trak, 'mdia', 'minf', 'stbl');
    if (table) return trackOf(table, maxKeyframes);
  }
  throw new RangeError('the MP4 has no video track');
}

function trackOf(table: Buffer, maxKeyframes: number): VideoTrack {
  const entry = one(table, 'stsd').subarray(8);
  const type = entry.toString('latin1', 4, 8);
  if (type !== 'avc1' && type !== 'avc3') throw new RangeError('the video is not H.264');
  const description = one(entry.subarray(SAMPLE_ENTRY_BYTES, boxHeader(entry).sizeBytes), 'avcC');
  if (description.length < 7) throw new RangeError('the avcC record is damaged');
  return {
    codec: `avc1.${description.toString('hex', 1, 4)}`,
    description,
    width: entry.readUInt16BE(32),
    height: entry.readUInt16BE(34),
    keyframes: keyframeNumbers(table, maxKeyframes).map((number) => placeOf(table, number)),
  };
}

/** Numbers of the first keyframes, the first sample being 0; without `stss` every sample is one. */
function keyframeNumbers(table: Buffer, limit: number): number[] {
  const [sync] = boxes(table, 'stss');
  const count = sync ? sync.readUInt32BE(4) : one(table, 'stsz').readUInt32BE(8);
  if (count === 0) throw new RangeError('the video has no keyframe');
  return Array.from({ length: Math.min(count, limit) }, (_, i) => (sync ? sync.readUInt32BE(8 + 4 * i) - 1 : i));
}

/** Where a sample is: its chunk's offset and the sizes of the samples before it there. */
function placeOf(table: Buffer, number: number): Keyframe {
  const { chunk, firstSample } = chunkOf(one(table, 'stsc'), number);
  const sizes = one(table, 'stsz');
  const chunkStart = chunkOffset(table, chunk);
  const uniform = sizes.readUInt32BE(4);
  if (uniform > 0) return { offset: chunkStart + (number - firstSample) * uniform, sizeBytes: uniform };
  const sizeOf = (sample: number) => sizes.readUInt32BE(12 + 4 * sample);
  let offset = chunkStart;
  for (let sample = firstSample; sample < number; sample++) offset += sizeOf(sample);
  return { offset, sizeBytes: sizeOf(number) };
}

/** The chunk that holds a sample, and the first sample in it; both count from 0. */
function chunkOf(runs: Buffer, number: number): { chunk: number; firstSample: number } {
  const count = runs.readUInt32BE(4);
  let runStart = 0;
  for (let i = 0; i < count; i++) {
    const firstChunk = runs.readUInt32BE(8 + 12 * i) - 1;
    const perChunk = runs.readUInt32BE(12 + 12 * i);
    const isLast = i === count - 1;
    const chunks = isLast ? Number.POSITIVE_INFINITY : runs.readUInt32BE(20 + 12 * i) - 1 - firstChunk;
    if (perChunk === 0 || chunks <= 0) break;
    const chunksBefore = Math.floor((number - runStart) / perChunk);
    if (chunksBefore < chunks) {
      return { chunk: firstChunk + chunksBefore, firstSample: runStart + chunksBefore * perChunk };
    }
    runStart += chunks * perChunk;
  }
  throw new RangeError('the MP4 does not say where its samples are');
}

function chunkOffset(table: Buffer, chunk: number): number {
  const [short] = boxes(table, 'stco');
  return short ? short.readUInt32BE(8 + 4 * chunk) : Number(one(table, 'co64').readBigUInt64BE(8 + 8 * chunk));
}

/** Contents of the boxes of one type in a row of boxes. */
function boxes(row: Buffer, type: string): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at + 8 <= row.length; ) {
    const box = row.subarray(at);
    const header = boxHeader(box);
    if (header.sizeBytes > box.length) throw new RangeError(`the ${header.type} box is cut off`);
    if (header.type === type) found.push(box.subarray(header.headerBytes, header.sizeBytes));
    at += header.sizeBytes;
  }
  return found;
}

function find(row: Buffer, ...path: string[]): Buffer[] {
  return path.reduce((rows, type) => rows.flatMap((inner) => boxes(inner, type)), [row]);
}

function one(row: Buffer, type: string): Buffer {
  const [box] = boxes(row, type);
  if (!box) throw new RangeError(`the MP4 has no ${type} box`);
  return box;
}

function contentOf(box: Buffer): Buffer {
  const header = boxHeader(box);
  if (header.sizeBytes > box.length) throw new RangeError(`the ${header.type} box is cut off`);
  return box.subarray(header.headerBytes, header.sizeBytes);
}
