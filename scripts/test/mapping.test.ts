import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { mapRow, type RecordedRequest } from '../mapping/map-row.ts';
import { DEFAULT_MAPPING, loadMapping, readRecordedFile } from '../mapping/read-file.ts';
import { columnsOf, type Mapping, MappingError, readMapping } from '../mapping/schema.ts';
import { parseTime, TIME_FORMATS } from '../mapping/time.ts';

const RECORD = {
  gmt_create: '2024-06-03 09:00:00',
  predict_type: 'TXT_2_IMG',
  predict_status: 'SUCCEED',
  exec_time_seconds: '18.25',
  groupId: 'ada',
  prompt_length: '63.0',
  negative_prompt_length: '',
  num_images_per_prompt: '2.0',
  checkpoint_model_version_id: 'alpha',
};
const CONSTANTS = { durationSec: 8, aspectRatio: '16:9', resolution: '720p', audio: true };
const SMALL = {
  requestedAt: { column: 'at', format: 'iso' },
  user: { column: 'who' },
  kind: { value: 'text_to_video' },
  outcome: { column: 'end', map: { ok: 'succeeded' }, default: 'failed' },
  duration: { column: 'ms', unit: 'ms' },
  model: { column: 'model', map: { a: 'veo-3.1-generate-001' }, default: 'veo-3.1-fast-generate-001' },
};

describe('a mapping of recorded requests', () => {
  let shipped: Mapping;
  let dir: string;

  before(async () => {
    shipped = await loadMapping(DEFAULT_MAPPING);
    dir = await mkdtemp(join(tmpdir(), 'dailies-mapping-'));
  });
  after(() => rm(dir, { recursive: true }));

  const mapped = (change: Partial<typeof RECORD>, mapping = shipped) => mapRow(mapping, { ...RECORD, ...change }, 7);
  const file = async (name: string, text: string) => {
    await writeFile(join(dir, name), text);
    return join(dir, name);
  };

  it('reads a row', () => {
    assert.deepEqual(mapped({}), {
      line: 7,
      requestedAtMs: Date.parse('2024-06-03T09:00:00Z'),
      user: 'ada',
      kind: 'text_to_video',
      model: 'veo-3.1-generate-001',
      outcome: 'succeeded',
      tookMs: 18_250,
      videos: 2,
      promptChars: 63,
      negativePromptChars: undefined,
      constants: CONSTANTS,
    });
  });

  const GOOD: { name: string; change: Partial<typeof RECORD>; expected: Partial<RecordedRequest> }[] = [
    { name: 'a failure', change: { predict_status: 'FAILED' }, expected: { outcome: 'failed' } },
    {
      name: 'one that never ended, without a run time',
      change: { predict_status: 'PENDING', exec_time_seconds: '' },
      expected: { outcome: 'never', tookMs: undefined },
    },
    { name: 'no run time at all', change: { exec_time_seconds: '0' }, expected: { tookMs: 0 } },
    { name: 'a first picture', change: { predict_type: 'IMG_2_IMG' }, expected: { kind: 'image_to_video' } },
    { name: 'the most videos', change: { num_images_per_prompt: '4.0' }, expected: { videos: 4 } },
    { name: 'more videos than can be made at once', change: { num_images_per_prompt: '8.0' }, expected: { videos: 1 } },
    { name: 'no number of videos', change: { num_images_per_prompt: '' }, expected: { videos: 1 } },
    { name: 'an unknown prompt length', change: { prompt_length: '' }, expected: { promptChars: undefined } },
    { name: 'spaces around a value', change: { groupId: ' ada ' }, expected: { user: 'ada' } },
  ];
  for (const { name, change, expected } of GOOD) {
    it(`takes ${name}`, () => assert.deepEqual({ ...mapped({}), ...expected }, mapped(change)));
  }

  const BAD: { change: Partial<typeof RECORD>; reason: string }[] = [
    { change: { gmt_create: '' }, reason: 'gmt_create: "" is no time like YYYY-MM-DD HH:MM:SS' },
    {
      change: { gmt_create: '2024-02-30 09:00:00' },
      reason: 'gmt_create: "2024-02-30 09:00:00" is no time like YYYY-MM-DD HH:MM:SS',
    },
    { change: { groupId: ' ' }, reason: 'groupId: "" is no user' },
    {
      change: { predict_type: 'UPSCALE' },
      reason: 'predict_type: "UPSCALE" is none of TXT_2_IMG, IMG_2_IMG, INPAINTING',
    },
    {
      change: { predict_type: 'toString' },
      reason: 'predict_type: "toString" is none of TXT_2_IMG, IMG_2_IMG, INPAINTING',
    },
    { change: { predict_status: '' }, reason: 'predict_status: "" is none of SUCCEED, FAILED, PENDING' },
    { change: { exec_time_seconds: '' }, reason: 'exec_time_seconds: "" is no number from 0 up' },
    { change: { exec_time_seconds: '-1' }, reason: 'exec_time_seconds: "-1" is no number from 0 up' },
    { change: { exec_time_seconds: '1e9' }, reason: 'exec_time_seconds: "1e9" is no number from 0 up' },
    { change: { exec_time_seconds: '999999' }, reason: 'exec_time_seconds: "999999" is over a week' },
    { change: { prompt_length: '12.5' }, reason: 'prompt_length: "12.5" is no whole number' },
  ];
  for (const { change, reason } of BAD) {
    it(`refuses a row: ${reason}`, () => assert.deepEqual(mapped(change), { line: 7, reason }));
  }

  it('spreads models over those that offer the kind, each name always on the same', () => {
    const models = (kind: string) => {
      const names = Array.from({ length: 60 }, (_, n) => `checkpoint ${n}`);
      const rows = names.map(
        (name) => mapped({ predict_type: kind, checkpoint_model_version_id: name }) as RecordedRequest,
      );
      return [...new Set(rows.map(({ model }) => model))].sort();
    };
    const [fast, full, lite] = ['veo-3.1-fast-generate-001', 'veo-3.1-generate-001', 'veo-3.1-lite-generate-001'];
    assert.deepEqual(models('TXT_2_IMG'), [fast, full, lite]);
    assert.deepEqual(models('INPAINTING'), [fast, full]);
  });

  it('refuses what the model does not offer', () => {
    const lite = readMapping({
      ...SMALL,
      kind: { value: 'reference_to_video' },
      model: { value: 'veo-3.1-lite-generate-001' },
    });
    const row = mapRow(lite, { at: '2024-06-03T09:00:00Z', who: 'ada', end: 'ok', ms: '5' }, 2);
    const reason =
      'model: veo-3.1-lite-generate-001 does not offer reference_to_video; it offers text_to_video, image_to_video';
    assert.deepEqual(row, { line: 2, reason });
  });

  it('names the columns it reads', () => {
    assert.deepEqual(columnsOf(readMapping(SMALL)), ['at', 'who', 'end', 'ms', 'model']);
  });

  const BAD_MAPPINGS: { name: string; mapping: unknown; message: RegExp }[] = [
    { name: 'no mapping', mapping: null, message: /expected object/ },
    { name: 'a field is missing', mapping: { ...SMALL, user: undefined }, message: /→ at user/ },
    {
      name: 'a field is unknown',
      mapping: { ...SMALL, colour: { column: 'c' } },
      message: /Unrecognized key: "colour"/,
    },
    { name: 'a kind is unknown', mapping: { ...SMALL, kind: { value: 'upscale' } }, message: /→ at kind/ },
    {
      name: 'a model is unknown',
      mapping: { ...SMALL, model: { value: 'sora' } },
      message: /is not a model of the catalogue/,
    },
    {
      name: 'a model has both a default and a spread',
      mapping: { ...SMALL, model: { ...SMALL.model, spread: ['veo-3.1-generate-001'] } },
      message: /has both a default and a spread/,
    },
    {
      name: 'the unit is unknown',
      mapping: { ...SMALL, duration: { column: 'ms', unit: 'min' } },
      message: /→ at duration\.unit/,
    },
    {
      name: 'the offset is none',
      mapping: { ...SMALL, requestedAt: { column: 'at', format: 'iso', utcOffset: 'CET' } },
      message: /must be like \+00:00/,
    },
  ];
  for (const { name, mapping, message } of BAD_MAPPINGS) {
    it(`is refused when ${name}`, () => {
      assert.throws(
        () => readMapping(mapping),
        (error) => error instanceof MappingError && message.test(error.message),
      );
    });
  }

  it('is refused with its file when that is no JSON', async () => {
    const broken = await file('broken.json', '{');
    await assert.rejects(
      loadMapping(broken),
      (error) => error instanceof MappingError && error.message.startsWith(broken),
    );
  });

  it('sorts a file by time, stably, and tells bad rows with their lines', async () => {
    const csv = await file(
      'a.csv',
      '\ufeffat,who,end,ms,model\n' +
        '2024-06-03T09:00:05Z,ada,ok,1,a\n' +
        '2024-06-03T11:00:00+02:00,"b\nen",ok,2,b\n' +
        '2024-06-03T09:00:05Z,cleo,late,3,a\n' +
        'soon,dan,ok,4,a\n\n' +
        '2024-06-03T09:00:05Z,eve,ok\n',
    );
    const { requests, bad } = await readRecordedFile(csv, readMapping(SMALL), 100);
    assert.deepEqual(
      requests.map(({ line, user, outcome, model }) => [line, user, outcome, model]),
      [
        [4, 'b\nen', 'succeeded', 'veo-3.1-fast-generate-001'],
        [2, 'ada', 'succeeded', 'veo-3.1-generate-001'],
        [5, 'cleo', 'failed', 'veo-3.1-generate-001'],
      ],
    );
    assert.deepEqual(
      bad.map(({ line, reason }) => [line, reason.slice(0, 30)]),
      [
        [6, 'at: "soon" is no time like iso'],
        [8, 'Invalid Record Length: columns'],
      ],
    );
  });

  it('reads no further than asked', async () => {
    const csv = await file('b.csv', `at,who,end,ms,model\n${'2024-06-03T09:00:05Z,ada,ok,1,a\n'.repeat(50)}`);
    assert.equal((await readRecordedFile(csv, readMapping(SMALL), 10)).requests.length, 10);
  });

  const BROKEN: { name: string; csv: string; message: RegExp }[] = [
    { name: 'columns are missing', csv: 'at,who\n', message: /has no column end, ms, model; it has at, who$/ },
    { name: 'a quote is left open', csv: 'at,who,end,ms,model\n"x', message: /is no readable CSV/ },
    {
      name: 'nearly every row is bad',
      csv: `at,who,end,ms,model\n${'x,ada,ok,1,a\n'.repeat(1_001)}`,
      message: /over 1000 rows cannot be used/,
    },
  ];
  for (const [index, { name, csv, message }] of BROKEN.entries()) {
    it(`refuses a file when ${name}`, async () => {
      const path = await file(`broken-${index}.csv`, csv);
      await assert.rejects(
        readRecordedFile(path, readMapping(SMALL), 5_000),
        (error) => error instanceof MappingError && message.test(error.message),
      );
    });
  }

  it('refuses a file that is not there', async () => {
    await assert.rejects(readRecordedFile(join(dir, 'none.csv'), shipped, 1), { code: 'ENOENT' });
  });
});

describe('the time of a recorded request', () => {
  const CASES: [string, (typeof TIME_FORMATS)[number], string, string | undefined][] = [
    ['2024-06-03 09:00:00', 'YYYY-MM-DD HH:MM:SS', '+00:00', '2024-06-03T09:00:00.000Z'],
    ['2024-06-03 09:00:00.25', 'YYYY-MM-DD HH:MM:SS', '+08:00', '2024-06-03T01:00:00.250Z'],
    ['2024-06-03 24:00:01', 'YYYY-MM-DD HH:MM:SS', '+00:00', undefined],
    ['2024-06-03T09:00:00Z', 'YYYY-MM-DD HH:MM:SS', '+00:00', undefined],
    ['2024-06-03T09:00:00-05:30', 'iso', '+00:00', '2024-06-03T14:30:00.000Z'],
    ['2024-06-03T09:00:00', 'iso', '+00:00', undefined],
    ['2023-02-29T09:00:00Z', 'iso', '+00:00', undefined],
    ['1717405200.5', 'unix_s', '+00:00', '2024-06-03T09:00:00.500Z'],
    ['1717405200500', 'unix_ms', '+00:00', '2024-06-03T09:00:00.500Z'],
    ['-1', 'unix_ms', '+00:00', undefined],
  ];
  for (const [text, format, offset, expected] of CASES) {
    it(`${text} as ${format} at ${offset} is ${expected ?? 'none'}`, () => {
      const ms = parseTime(text, format, offset);
      assert.equal(ms === undefined ? undefined : new Date(ms).toISOString(), expected);
    });
  }

  it('comes back from what Date writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000_000 }), (ms) => {
        const iso = new Date(ms).toISOString();
        assert.equal(parseTime(iso, 'iso', '+00:00'), ms);
        assert.equal(parseTime(iso.slice(0, -1).replace('T', ' '), 'YYYY-MM-DD HH:MM:SS', '+00:00'), ms);
        assert.equal(parseTime(String(ms), 'unix_ms', '+00:00'), ms);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('is never a number for any other text', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom(...TIME_FORMATS), (text, format) => {
        const ms = parseTime(text, format, '+00:00');
        assert.ok(ms === undefined || (Number.isFinite(ms) && /\d/.test(text)));
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});
