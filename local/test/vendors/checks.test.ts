import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CheckError } from '../../vendors/checked.ts';
import { GoogleError } from '../../vendors/google-errors.ts';
import { VEO_MODELS, type VeoModel } from '../../vendors/veo/models.ts';
import { drawRenderMs } from '../../vendors/veo/render-time.ts';
import { readVeoRequest } from '../../vendors/veo/request.ts';
import { readScriptRules } from '../../vendors/veo/script-rule.ts';
import { Turns } from '../../vendors/veo/turns.ts';

describe('vendors: turns', () => {
  it('runs no more at once than there are places, all in order, also past a failure', async () => {
    const turns = new Turns(2);
    const ran: number[] = [];
    let running = 0;
    let most = 0;
    const work = (index: number) => async () => {
      most = Math.max(most, ++running);
      ran.push(index);
      await Promise.resolve();
      running--;
      if (index === 1) throw new Error('one fails');
      return index;
    };
    const done = await Promise.allSettled([0, 1, 2, 3, 4].map((index) => turns.take(work(index))));
    assert.deepEqual(
      done.map((each) => (each.status === 'fulfilled' ? each.value : 'failed')),
      [0, 'failed', 2, 3, 4],
    );
    assert.deepEqual([ran, most], [[0, 1, 2, 3, 4], 2]);
  });
});

const model = VEO_MODELS.get('veo-3.1-generate-001') as VeoModel;
const RUN = { seed: 1, numRuns: 500 };

describe('vendors: checks hold against anything', () => {
  it('a Veo request is read or refused with 400, whatever it is', () => {
    const nearly = fc.record(
      {
        instances: fc.oneof(fc.jsonValue(), fc.array(fc.record({ prompt: fc.jsonValue(), image: fc.jsonValue() }))),
        parameters: fc.oneof(fc.jsonValue(), fc.record({ sampleCount: fc.jsonValue(), storageUri: fc.jsonValue() })),
        labels: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), nearly), (body) => {
        try {
          const { prompt, sampleCount } = readVeoRequest(body, model);
          assert.ok(prompt.trim() !== '' && sampleCount >= 1 && sampleCount <= 4);
        } catch (error) {
          assert.ok(error instanceof GoogleError, String(error));
          assert.equal(error.httpStatus, 400);
        }
      }),
      RUN,
    );
  });

  it('a script is read or refused with CheckError, whatever it is', () => {
    const nearly = fc.array(
      fc.record({ match: fc.jsonValue(), times: fc.jsonValue(), polls: fc.jsonValue(), outcome: fc.constant('never') }),
    );
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), nearly), (body) => {
        try {
          assert.ok(Array.isArray(readScriptRules(body)));
        } catch (error) {
          assert.ok(error instanceof CheckError, String(error));
        }
      }),
      RUN,
    );
  });

  it('fills in Vertex’s defaults', () => {
    assert.deepEqual(readVeoRequest({ instances: [{ prompt: 'x' }] }, model), {
      prompt: 'x',
      sampleCount: 1,
      durationSeconds: 8,
      aspectRatio: '16:9',
      resolution: '720p',
    });
  });

  it('render times have the model’s median and stay within Veo’s bounds', () => {
    const drawn = Array.from({ length: 999 }, (_, index) => drawRenderMs(70_000, '720p', `seed/${index}`));
    const sorted = drawn.toSorted((a, b) => a - b);
    assert.ok(Math.abs((sorted[499] ?? 0) - 70_000) < 3_000, String(sorted[499]));
    assert.ok((sorted[0] ?? 0) >= 11_000 && (sorted[998] ?? 0) <= 360_000);
    assert.equal(drawRenderMs(1, '720p', 'x'), 11_000);
    assert.equal(drawRenderMs(10_000_000, '4k', 'x'), 360_000);
  });
});
