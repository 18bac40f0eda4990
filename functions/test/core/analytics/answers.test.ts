import assert from 'node:assert/strict';
import { traitsOf } from '../../../src/core/analytics/errors.ts';
import { etagOf, isMatch } from '../../../src/core/analytics/etag.ts';
import { groupOf } from '../../../src/core/analytics/groups.ts';
import { resolutionsOf } from '../../../src/core/analytics/resolution.ts';
import { cellSelection, rowSelection, totalSelection } from '../../../src/core/analytics/select.ts';
import { changesOf } from '../../../src/core/analytics/view.ts';
import { ERROR_CODES } from '../../../src/core/generation/outcome.ts';
import { bucketAt } from '../../../src/core/rollup/bucket.ts';
import { partOf } from '../../../src/core/rollup/document.ts';

const DAY = bucketAt(0, '1d');
const MODELS = new Set(['kling/kling-v2', 'fal/ltx/video', 'kling/twin', 'fal/twin']);

describe('core/analytics: which documents and cells', () => {
  it('reads heads alone where no model or kind is asked for, and a style where that is', () => {
    for (const [filters, part, key] of [
      [{}, 'head', '*'],
      [{ provider: 'kling' }, 'head', 'kling'],
      [{ style: 'noir' }, 'style', 'noir'],
    ] as const) {
      const { parts, has } = totalSelection(filters, MODELS);
      assert.deepEqual([parts(DAY), has(key), has('other')], [[part], true, false]);
    }
    assert.deepEqual(rowSelection({}, 'provider', MODELS).parts(DAY), ['head']);
    assert.equal(rowSelection({}, 'provider', MODELS).has('*'), false);
  });

  it('reads the one part of a cell that is asked for', () => {
    const { parts, has } = totalSelection({ model: 'kling-v2', kind: 'text_to_video' }, MODELS);
    assert.deepEqual(parts(DAY), [partOf('kling/kling-v2/text_to_video', DAY)]);
    assert.ok(has('kling/kling-v2/text_to_video') && !has('kling/kling-v2/image_to_video'));
  });

  it('looks for a model at each provider that has it, and for one without a name everywhere', () => {
    const { has } = cellSelection({ model: 'twin' }, MODELS);
    assert.ok(has('kling/twin/text_to_video') && has('fal/twin/text_to_video'));
    assert.equal(cellSelection({ model: 'twin', provider: 'fal' }, MODELS).has('kling/twin/text_to_video'), false);
    assert.equal(cellSelection({ model: 'other' }, MODELS).parts(DAY).length, 8);
    assert.ok(cellSelection({ model: 'ltx/video' }, MODELS).has('fal/ltx/video/text_to_video'));
  });

  it('names the row of a cell, also where the model has a slash', () => {
    const key = 'fal/ltx/video/text_to_video';
    assert.deepEqual(groupOf(key, 'cell'), { provider: 'fal', model: 'ltx/video', kind: 'text_to_video' });
    assert.deepEqual(groupOf(key, 'model'), { provider: 'fal', model: 'ltx/video' });
    assert.deepEqual(groupOf(key, 'kind'), { kind: 'text_to_video' });
    assert.deepEqual(groupOf('fal', 'provider'), { provider: 'fal' });
  });
});

describe('core/analytics: what is said', () => {
  for (const [name, series, expected] of [
    ['none', [[0, 5]], { resolved: 0, open: false, meanMs: null, maxMs: null }],
    [
      'one, over',
      [
        [1, 0],
        [2, 3],
        [0, 0],
        [0, 1],
      ],
      { resolved: 1, open: false, meanMs: 3_000, maxMs: 3_000 },
    ],
    [
      'one that goes on',
      [
        [0, 1],
        [1, 1],
        [0, 0],
      ],
      { resolved: 0, open: true, meanMs: null, maxMs: null },
    ],
    [
      'two',
      [
        [1, 0],
        [0, 1],
        [1, 0],
        [1, 0],
        [1, 0],
        [0, 9],
      ],
      { resolved: 2, open: false, meanMs: 2_000, maxMs: 3_000 },
    ],
  ] as const) {
    it(`time to resolution: ${name}`, () => {
      const sightings = series.map(([errors, succeeded], i) => ({ startMs: i * 1_000, errors, succeeded }));
      assert.deepEqual(resolutionsOf(sightings), expected);
    });
  }

  it('knows every error of the taxonomy, and none besides', () => {
    for (const code of ERROR_CODES) assert.ok(traitsOf(code), code);
    assert.equal(traitsOf('toString'), undefined);
  });

  it('tells the change of every number that can be compared', () => {
    const number = (value: number | null) => ({ value, unit: 'count', n: 1 });
    const now = { a: number(3), b: number(null), c: number(2), d: number(0), ratings: { n: 3, histogram: [] } };
    const before = { a: number(2), b: number(1), c: number(null), d: number(0), ratings: { n: 1, histogram: [] } };
    assert.deepEqual(changesOf(now, before), {
      a: { difference: 1, ratio: 0.5 },
      b: { difference: null, ratio: null },
      c: { difference: null, ratio: null },
      d: { difference: 0, ratio: null },
    });
  });

  it('tags differ by version, address, question, role and person', () => {
    const tags = [
      etagOf(1, '/a', { x: 1, y: undefined }, 'admin', 'ann'),
      etagOf(2, '/a', { x: 1 }, 'admin', 'ann'),
      etagOf(1, '/b', { x: 1 }, 'admin', 'ann'),
      etagOf(1, '/a', { x: 2 }, 'admin', 'ann'),
      etagOf(1, '/a', { x: 1 }, 'analyst', 'ann'),
      etagOf(1, '/a', { x: 1 }, 'admin', 'bob'),
    ];
    assert.equal(new Set(tags).size, tags.length);
    const [tag = ''] = tags;
    assert.equal(tag, etagOf(1, '/a', { x: 1 }, 'admin', 'ann'));
    assert.deepEqual(
      [tag, `W/${tag}`, `"x", ${tag}`, '*', '"x"', undefined].map((sent) => isMatch(sent, tag)),
      [...[true, true, true, true, false, false]],
    );
  });
});
