import assert from 'node:assert/strict';
import { boxHeader, videoTrackOf } from '../../../src/core/media/mp4.ts';

const u32 = (...values: number[]) =>
  Buffer.concat(values.map((value) => Buffer.from([value >>> 24, value >> 16, value >> 8, value])));
const u64 = (value: number) => u32(Math.floor(value / 2 ** 32), value % 2 ** 32);

function box(type: string, ...contents: Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([u32(content.length + 8), Buffer.from(type, 'latin1'), content]);
}

const AVCC = Buffer.from([1, 0x64, 0x00, 0x28, 0xff, 0xe1, 0, 0]);

function sampleEntry(type = 'avc1'): Buffer {
  const fields = Buffer.alloc(78);
  fields.writeUInt16BE(1920, 24);
  fields.writeUInt16BE(1080, 26);
  return box(type, fields, box('pasp', u32(1, 1)), box('avcC', AVCC));
}

const stsd = (entry = sampleEntry()) => box('stsd', u32(0, 1), entry);
const stsz = (...sizes: number[]) => box('stsz', u32(0, 0, sizes.length, ...sizes));
const stsc = (...runs: [chunk: number, samples: number][]) =>
  box('stsc', u32(0, runs.length, ...runs.flatMap(([chunk, samples]) => [chunk, samples, 1])));
const stco = (...offsets: number[]) => box('stco', u32(0, offsets.length, ...offsets));
const stss = (...samples: number[]) => box('stss', u32(0, samples.length, ...samples));

function trak(handler: string, ...table: Buffer[]): Buffer {
  const hdlr = box('hdlr', u32(0, 0), Buffer.from(handler, 'latin1'));
  return box('trak', box('mdia', hdlr, box('minf', box('stbl', ...table))));
}

const moov = (...table: Buffer[]) => box('moov', box('mvhd'), trak('soun'), trak('vide', ...table));

describe('boxHeader', () => {
  it('reads a size of 32 and of 64 bits', () => {
    assert.deepEqual(boxHeader(box('ftyp', u32(1, 2))), { type: 'ftyp', sizeBytes: 16, headerBytes: 8 });
    const large = Buffer.concat([u32(1), Buffer.from('mdat'), u64(5_000_000_000)]);
    assert.deepEqual(boxHeader(large), { type: 'mdat', sizeBytes: 5_000_000_000, headerBytes: 16 });
  });
  for (const bytes of [Buffer.alloc(0), Buffer.alloc(16), u32(100, 0x00010203, 0, 0), u32(4, 0x66747970)]) {
    it(`refuses ${JSON.stringify(bytes.toString('latin1'))}`, () => assert.throws(() => boxHeader(bytes), RangeError));
  }
});

describe('videoTrackOf', () => {
  const chunks = [stsz(10, 20, 30, 40, 50, 60), stsc([1, 2], [3, 1]), stco(1_000, 2_000, 3_000, 4_000)];

  it('tells what a decoder needs', () => {
    assert.deepEqual(videoTrackOf(moov(stsd(), ...chunks, stss(1)), 3), {
      codec: 'avc1.640028',
      description: AVCC,
      width: 1920,
      height: 1080,
      keyframes: [{ offset: 1_000, sizeBytes: 10 }],
    });
  });

  const places = [
    { name: 'in chunks of several lengths', table: [...chunks, stss(2, 4, 5, 6)], at: [1_010, 2_030, 3_000, 4_000] },
    { name: 'at most as many as wanted', table: [...chunks, stss(1, 2, 3, 4, 5)], at: [1_000, 1_010, 2_000, 2_030] },
    { name: 'all samples when none is marked', table: chunks, at: [1_000, 1_010, 2_000, 2_030] },
    {
      name: 'of one size, far into a large file',
      table: [box('stsz', u32(0, 7, 3)), stsc([1, 3]), box('co64', u32(0, 1), u64(6_000_000_000)), stss(3)],
      at: [6_000_000_014],
    },
  ];
  for (const { name, table, at } of places) {
    it(`finds keyframes ${name}`, () => {
      const { keyframes } = videoTrackOf(moov(stsd(), ...table), 4);
      assert.deepEqual(
        keyframes.map(({ offset }) => offset),
        at,
      );
    });
  }

  const refused = [
    { name: 'no video', bytes: box('moov', trak('soun')), message: /no video track/ },
    { name: 'another codec', bytes: moov(stsd(sampleEntry('hvc1')), ...chunks), message: /not H\.264/ },
    { name: 'no samples', bytes: moov(stsd(), stsz(), stsc(), stco()), message: /no keyframe/ },
    { name: 'no chunks', bytes: moov(stsd(), stsz(10), stsc(), stco()), message: /where its samples are/ },
    { name: 'a chunk too few', bytes: moov(stsd(), stsz(1, 2), stsc([1, 1]), stco(9), stss(2)), message: /range/ },
    { name: 'a missing table', bytes: moov(stsd()), message: /no stsz/ },
    { name: 'half a box', bytes: moov(stsd(), ...chunks).subarray(0, 200), message: /cut off/ },
  ];
  for (const { name, bytes, message } of refused) {
    it(`refuses ${name}`, () => assert.throws(() => videoTrackOf(bytes, 3), { name: /RangeError/, message }));
  }
});
