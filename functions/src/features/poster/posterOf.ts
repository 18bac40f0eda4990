import { BOX_HEADER_BYTES, boxHeader, type VideoTrack, videoTrackOf } from '../../core/media/mp4.ts';
import { isBlack, type Picture } from '../../core/media/picture.ts';
import { decodeKeyframe } from './decode.ts';

/** Reads so many bytes of a file from an offset on; fewer where the file ends. */
export type ReadBytes = (offset: number, lengthBytes: number) => Promise<Buffer>;

const MAX_WIDTH = 640;
const JPEG_QUALITY = 80;
const MAX_TOP_BOXES = 32;
const MAX_MOOV_BYTES = 4 * 2 ** 20;
const MAX_KEYFRAME_BYTES = 8 * 2 ** 20;
const MAX_KEYFRAMES = 3;

/**
 * A JPEG, at most 640 pixels wide, of the first of a video's first three keyframes that is not black (else of the first).
 * Reads the index and those keyframes and no more. Rejects when the file is not an MP4 with H.264 that decodes.
 */
export async function posterOf(read: ReadBytes): Promise<Buffer> {
  const track = videoTrackOf(await moovOf(read), MAX_KEYFRAMES);
  const picture = await firstToShow(read, track);
  const { default: jpeg } = await import('jpeg-js');
  return jpeg.encode({ width: picture.width, height: picture.height, data: picture.rgba }, JPEG_QUALITY).data;
}

/** The box with the index, wherever in the file it is. */
async function moovOf(read: ReadBytes): Promise<Buffer> {
  let offset = 0;
  for (let i = 0; i < MAX_TOP_BOXES; i++) {
    const { type, sizeBytes } = boxHeader(await read(offset, BOX_HEADER_BYTES));
    if (type === 'moov') return readAll(read, offset, sizeBytes, MAX_MOOV_BYTES);
    offset += sizeBytes;
  }
  throw new RangeError('the MP4 has no index');
}

async function firstToShow(read: ReadBytes, track: VideoTrack): Promise<Picture> {
  let first: Picture | undefined;
  for (const { offset, sizeBytes } of track.keyframes) {
    const keyframe = await readAll(read, offset, sizeBytes, MAX_KEYFRAME_BYTES);
    const picture = await decodeKeyframe(track, keyframe, MAX_WIDTH);
    if (!isBlack(picture)) return picture;
    first ??= picture;
  }
  if (!first) throw new RangeError('the video has no keyframe');
  return first;
}

async function readAll(read: ReadBytes, offset: number, sizeBytes: number, maxBytes: number): Promise<Buffer> {
  if (sizeBytes > maxBytes) throw new RangeError(`${sizeBytes} bytes at ${offset} are too many`);
  const bytes = await read(offset, sizeBytes);
  if (bytes.length < sizeBytes) throw new RangeError('the file is cut off');
  return bytes;
}
