import type { VideoTrack } from '../../core/media/mp4.ts';
import type { Picture } from '../../core/media/picture.ts';
import { codecs, type DecodedFrame, type VideoDecoder } from './decoder.ts';

/** A little more than 4096 × 2304, the largest H.264 level 5.1 holds. */
const MAX_PIXELS = 9_500_000;

let last: Promise<unknown> = Promise.resolve();

/**
 * The picture that one keyframe holds, no wider than `maxWidth`. One is decoded at a time, which bounds the memory.
 * Rejects when it does not decode or is larger than level 5.1 allows.
 */
export function decodeKeyframe(track: VideoTrack, keyframe: Buffer, maxWidth: number): Promise<Picture> {
  const inTurn = last.then(() => decode(track, keyframe, maxWidth));
  // How this one ends is told to its own caller; the next one only waits for it.
  last = inTurn.catch(() => undefined);
  return inTurn;
}

async function decode(track: VideoTrack, keyframe: Buffer, maxWidth: number): Promise<Picture> {
  const { VideoDecoderNative } = await codecs();
  const frames: DecodedFrame[] = [];
  // What goes wrong shows in there being no frame; the decoder's own words tell nothing more.
  const decoder = new VideoDecoderNative(
    (frame) => frames.push(frame),
    () => undefined,
  );
  try {
    const { width, height, description: extradata } = track;
    decoder.configure({ codec: 'h264', width, height, extradata });
    decoder.decode(keyframe, true, 0, 0);
    await flushed(decoder);
    const [frame] = frames;
    if (!frame) throw new RangeError('the keyframe does not decode');
    return pictureOf(frame, maxWidth, frames);
  } finally {
    for (const frame of frames) frame.close();
    decoder.close();
  }
}

function pictureOf(frame: DecodedFrame, maxWidth: number, opened: DecodedFrame[]): Picture {
  if (frame.width * frame.height > MAX_PIXELS)
    throw new RangeError(`${frame.width} × ${frame.height} are too many pixels`);
  const width = Math.min(maxWidth, frame.width);
  const height = Math.max(1, Math.round((frame.height * width) / frame.width));
  const scaled = frame.scale(width, height);
  opened.push(scaled);
  const rgba = Buffer.alloc(width * height * 4);
  scaled.copyTo(rgba, { format: 'RGBA' });
  return { width, height, rgba };
}

function flushed(decoder: VideoDecoder): Promise<void> {
  return new Promise((resolve, reject) => decoder.flush((error) => (error ? reject(error) : resolve())));
}
