import assert from 'node:assert/strict';
import type { Stack } from '../../../local/stack/in-process.ts';
import { type Client, clientFor, frozenStack, script } from './harness.ts';

describe('polls that say nothing', () => {
  let stack: Stack;
  let ann: Client;

  before(async function () {
    this.timeout(30_000);
    stack = await frozenStack();
    ann = await clientFor(stack, 'ann');
  });
  after(() => stack?.stop());

  it('prove nothing about the render: what is measured allows for its end before them', async () => {
    const renderMs = 42_000;
    const polls = [{ status: 503 }, { drop: 'before' }, { malformed: true }];
    await script(stack, { match: { prompt: 'unreadable' }, renderMs, polls });
    const id = await ann.generate({ prompt: 'unreadable' });
    await stack.host.drainTasks();
    const { body } = await ann.call('GET', `/generations/${id}/metrics`);
    assert.deepEqual([body.outcome, body.polls], ['succeeded', 4]);
    const earliestMs = body.renderMs - body.renderUncertaintyMs;
    assert.ok(earliestMs <= renderMs && renderMs <= body.renderMs, `${earliestMs} to ${body.renderMs} ms`);
  });
});
