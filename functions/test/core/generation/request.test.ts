import assert from 'node:assert/strict';
import { findModel, isOffered, MODELS } from '../../../src/core/catalogue/models.ts';
import { modelSchema } from '../../../src/core/catalogue/schema.ts';
import { checkAgainstModel, generationRequestSchema, kindOf } from '../../../src/core/generation/request.ts';

const PNG = { mimeType: 'image/png', base64: 'iVBORw0KGgo=' } as const;
const parse = (change: object) => generationRequestSchema.parse({ model: 'm', prompt: 'a', ...change });
const model = (id: string) => findModel(id) ?? assert.fail(id);
const full = model('veo-3.1-generate-001');
const fast = model('veo-3.1-fast-generate-001');
const lite = model('veo-3.1-lite-generate-001');

describe('core/generation request', () => {
  const rows = [
    { name: 'defaults fit every model', model: lite, change: {}, paths: [] },
    { name: '4k for 8 s', model: full, change: { resolution: '4k' }, paths: [] },
    { name: '4k for 4 s', model: full, change: { resolution: '4k', durationSec: 4 }, paths: ['durationSec'] },
    { name: '5 s', model: full, change: { durationSec: 5 }, paths: ['durationSec'] },
    { name: '4k on fast, which has no price for it', model: fast, change: { resolution: '4k' }, paths: ['resolution'] },
    { name: 'references on lite', model: lite, change: { referenceImages: [PNG] }, paths: ['model', 'durationSec'] },
    {
      name: 'references for 4 s',
      model: full,
      change: { referenceImages: [PNG], durationSec: 4 },
      paths: ['durationSec'],
    },
    {
      name: 'both sorts of picture',
      model: full,
      change: { image: PNG, referenceImages: [PNG] },
      paths: ['referenceImages'],
    },
  ];
  for (const row of rows) {
    it(row.name, () =>
      assert.deepEqual(
        checkAgainstModel(parse(row.change), row.model).map((p) => p.path),
        row.paths,
      ),
    );
  }

  it('tells the kind by the pictures', () => {
    assert.equal(kindOf(parse({})), 'text_to_video');
    assert.equal(kindOf(parse({ image: PNG })), 'image_to_video');
    assert.equal(kindOf(parse({ referenceImages: [PNG] })), 'reference_to_video');
  });

  const bad = [
    { prompt: ' ' },
    { prompt: '\ud800' },
    { prompt: 'x'.repeat(4_001) },
    { seed: -1 },
    { seed: 2 ** 32 },
    { videos: 0 },
    { extra: 1 },
    { style: 'baroque' },
    { image: { ...PNG, base64: '%' } },
  ];
  for (const change of bad) {
    it(`refuses ${JSON.stringify(change).slice(0, 40)}`, () => assert.throws(() => parse(change)));
  }
});

describe('core/catalogue', () => {
  it('holds models that fit the schema, each id once', () => {
    assert.equal(new Set(MODELS.map((m) => m.id)).size, MODELS.length);
    for (const m of MODELS) assert.deepEqual(modelSchema.parse(m), m);
  });

  it('refuses a model that offers what has no price', () => {
    assert.throws(() => modelSchema.parse({ ...fast, resolutions: ['720p', '4k'] }), /without a price/);
    assert.throws(() => modelSchema.parse({ ...fast, referenceDurationsSec: [] }), /disagree/);
    assert.throws(() => modelSchema.parse({ ...fast, colour: 'red' }));
  });

  it('stops offering a model when its last day is over', () => {
    const sunset = { ...fast, sunsetOn: '2026-12-31' };
    assert.equal(isOffered(sunset, new Date('2026-12-31T23:59:59Z'), 'us-central1'), true);
    assert.equal(isOffered(sunset, new Date('2027-01-01T00:00:00Z'), 'us-central1'), false);
    assert.equal(isOffered(fast, new Date('2026-12-31T23:59:59Z'), 'europe-west1'), false);
  });
});
