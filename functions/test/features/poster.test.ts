import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import jpeg from 'jpeg-js';
import { posterOf, type ReadBytes } from '../../src/features/poster/index.ts';

const media = new URL('../../../local/vendors/media/', import.meta.url);
const videos = readdirSync(media).filter((name) => name.endsWith('.mp4'));
const landscape = readFileSync(new URL('veo-16x9-4s.mp4', media));

/** A file that can be read in parts, and how many bytes of it were. */
function fileOf(bytes: Buffer): { read: ReadBytes; bytesRead: () => number } {
  let bytesRead = 0;
  const read: ReadBytes = async (offset, lengthBytes) => {
    const part = bytes.subarray(offset, offset + lengthBytes);
    bytesRead += part.length;
    return part;
  };
  return { read, bytesRead: () => bytesRead };
}

const still = async (bytes: Buffer) => jpeg.decode(await posterOf(fileOf(bytes).read));

/** Mean red, green and blue of a part of a picture. */
function meanOf({ data, width }: { data: Uint8Array; width: number }, x0: number, y0: number, size: number): number[] {
  const sums = [0, 0, 0];
  for (let y = y0; y < y0 + size; y++) {
    for (let x = x0; x < x0 + size; x++) {
      for (const channel of [0, 1, 2])
        sums[channel] = (sums[channel] ?? 0) + (data[(y * width + x) * 4 + channel] ?? 0);
    }
  }
  return sums.map((sum) => Math.round(sum / size ** 2));
}

describe('posterOf', () => {
  it('is tried with all sample videos', () => assert.equal(videos.length, 6));

  for (const name of videos) {
    it(`makes a JPEG of ${name}`, async () => {
      const bytes = await posterOf(fileOf(readFileSync(new URL(name, media))).read);
      assert.equal(bytes.toString('hex', 0, 3), 'ffd8ff');
      const { width, height } = jpeg.decode(bytes);
      assert.deepEqual([width, height], name.includes('16x9') ? [320, 180] : [180, 320]);
    });
  }

  it('shows what the video begins with', async () => {
    const picture = await still(landscape);
    // As another decoder shows the first frame.
    const expected: [number, number, number[]][] = [
      [0, 0, [25, 40, 72]],
      [300, 0, [0, 120, 138]],
      [150, 80, [124, 146, 105]],
    ];
    for (const [x, y, colour] of expected) {
      const seen = meanOf(picture, x, y, 20);
      const offBy = Math.max(...seen.map((value, i) => Math.abs(value - (colour[i] ?? 0))));
      assert.ok(offBy <= 4, `${seen} instead of ${colour} at ${x}, ${y}`);
    }
  });

  it('reads the index and one keyframe only', async () => {
    const { read, bytesRead } = fileOf(landscape);
    await posterOf(read);
    assert.ok(bytesRead() < landscape.length / 4, `${bytesRead()} of ${landscape.length} bytes`);
  });

  it('finds an index that comes last', async () => {
    const moovAt = landscape.indexOf('moov') - 4;
    const moovBytes = landscape.readUInt32BE(moovAt);
    const moov = Buffer.from(landscape.subarray(moovAt, moovAt + moovBytes));
    const chunkTable = moov.indexOf('stco') + 4;
    for (let i = 0; i < moov.readUInt32BE(chunkTable + 4); i++) {
      const at = chunkTable + 8 + 4 * i;
      moov.writeUInt32BE(moov.readUInt32BE(at) - moovBytes, at);
    }
    const rest = [landscape.subarray(0, moovAt), landscape.subarray(moovAt + moovBytes)];
    assert.deepEqual(await still(Buffer.concat([...rest, moov])), await still(landscape));
  });

  const broken: [string, Buffer][] = [
    ['nothing', Buffer.alloc(0)],
    ['zeros', Buffer.alloc(100_000)],
    ['a text', Buffer.from('<html>'.repeat(1_000))],
    ['an MP4 without its index', landscape.subarray(0, 100)],
    ['an MP4 without its pictures', landscape.subarray(0, 4_000)],
    [
      'another codec',
      Buffer.from(landscape.toString('latin1').replace('avc1\0\0\0\0\0\0', 'hvc1\0\0\0\0\0\0'), 'latin1'),
    ],
    ['pictures of zeros', Buffer.concat([landscape.subarray(0, landscape.indexOf('mdat') + 4), Buffer.alloc(60_000)])],
  ];
  for (const [name, bytes] of broken) {
    it(`refuses ${name}`, () => assert.rejects(posterOf(fileOf(bytes).read), RangeError));
  }

  it('makes a JPEG or refuses, whatever is broken', async () => {
    const wrong = fc.tuple(fc.nat(8_000), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(fc.array(wrong, { minLength: 1, maxLength: 12 }), async (changes) => {
        const bytes = Buffer.from(landscape);
        for (const [at, value] of changes) bytes[at] = value;
        const outcome = await posterOf(fileOf(bytes).read).catch((error: unknown) => error);
        if (outcome instanceof Buffer) assert.ok(jpeg.decode(outcome).width <= 640);
        else assert.ok(outcome instanceof Error, String(outcome));
      }),
      { seed: 1, numRuns: 40 },
    );
  });
});
