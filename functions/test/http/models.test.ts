import assert from 'node:assert/strict';
import type { Stack } from '../../../local/stack/in-process.ts';
import { MODELS } from '../../src/core/catalogue/models.ts';
import { STYLE_IDS } from '../../src/core/catalogue/styles.ts';
import { type Client, capturedLogs, clientFor, frozenStack, type Logs } from '../stack/harness.ts';

describe('the models and styles', () => {
  let stack: Stack;
  let logs: Logs;
  let ann: Client;

  before(async function () {
    this.timeout(30_000);
    logs = capturedLogs();
    stack = await frozenStack();
    ann = await clientFor(stack, 'ann');
  });
  after(async () => {
    await stack?.host.settle();
    await stack?.stop();
    logs?.restore();
  });

  it('are the whole catalogue, each with whether it is offered now', async () => {
    const { status, headers, body } = await ann.call('GET', '/models');
    assert.equal(status, 200);
    assert.equal(headers.get('cache-control'), 'private, max-age=300');
    assert.match(headers.get('vary') ?? '', /\bAuthorization\b/);
    assert.deepEqual(
      body.models,
      MODELS.map((model) => ({ ...model, offered: model.sunsetOn === null || model.sunsetOn >= '2040-01-01' })),
    );
    assert.ok(body.models.length >= 3);
    assert.deepEqual(
      body.styles.map((style: { id: string }) => style.id),
      STYLE_IDS,
    );
    for (const style of body.styles) assert.deepEqual(Object.keys(style), ['id', 'displayName']);
  });

  it('can be asked for as they are told: each model, each duration, each style', async () => {
    const { body } = await ann.call('GET', '/models');
    for (const { id, offered, durationsSec } of body.models) {
      assert.equal(offered, true);
      for (const durationSec of durationsSec) await ann.generate({ model: id, durationSec });
    }
    for (const { id } of body.styles) assert.equal((await ann.generation(await ann.generate({ style: id }))).style, id);
  });
});
