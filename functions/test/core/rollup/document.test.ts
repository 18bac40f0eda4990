import assert from 'node:assert/strict';
import { bucketAt } from '../../../src/core/rollup/bucket.ts';
import { documentId, partOf, partsOf } from '../../../src/core/rollup/document.ts';

describe('core/rollup/document', () => {
  it('names documents so that they sort by time', () => {
    const bucket = bucketAt(Date.parse('2026-11-21T05:30Z'), '1h', 'America/New_York');
    assert.equal(documentId(bucket, 'head'), 'v1~1h~America-New_York~2026-11-21T05:00Z~head');
    assert.equal(documentId(bucket, 'p3', 2), 'v2~1h~America-New_York~2026-11-21T05:00Z~p3');
    assert.deepEqual(partsOf({ granularity: '1h' }), ['head', 'p0', 'p1', 'p2', 'p3', 'style']);
    assert.equal(partOf('google/veo/text_to_video', { granularity: '1m' }), 'p0');
  });

  it('spreads cells evenly over parts', () => {
    const parts = Array.from({ length: 400 }, (_, n) =>
      partOf(`google/model-${n}/text_to_video`, { granularity: '1d' }),
    );
    const sizes = Object.values(Object.groupBy(parts, (part) => part)).map((list) => list?.length ?? 0);
    assert.equal(sizes.length, 8);
    assert.ok(Math.min(...sizes) > 25 && Math.max(...sizes) < 80, String(sizes));
  });
});
