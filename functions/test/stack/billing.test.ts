import assert from 'node:assert/strict';
import type { Stack } from '../../../local/stack/in-process.ts';
import { type Client, capturedLogs, clientFor, frozenStack, type Logs, placeOf, script } from './harness.ts';

const HOUR_MS = 3_600_000;
/** Each schedule runs as often in every span of this length. */
const LIFE_MS = 600_000;

/** Firestore bills these by the document; what runs all the time anyway is measured alone and taken off. */
describe('what one generation costs in Firestore', function () {
  this.timeout(30_000);
  let stack: Stack;
  let logs: Logs;
  let ann: Client;

  before(async () => {
    logs = capturedLogs();
    stack = await frozenStack();
    ann = await clientFor(placeOf(stack), 'ann');
  });
  // One before opens the account, and fills what an instance keeps for an hour.
  beforeEach(async () => {
    await stack.host.advanceBy(HOUR_MS);
    await ann.generate();
    await stack.host.advanceBy(LIFE_MS);
  });
  after(async () => {
    await stack?.stop();
    logs?.restore();
  });

  async function billed(work: () => Promise<void>): Promise<{ reads: number; writes: number; deletes: number }> {
    stack.cloud.firestore.resetUsage();
    await work();
    await stack.host.advanceBy(LIFE_MS);
    const { reads, writes, deletes } = stack.cloud.firestore.usage().total;
    return { reads, writes, deletes };
  }

  async function lifeOf(
    prompt: string,
    rule: object,
  ): Promise<{ state: string; polls: number; reads: number; writes: number }> {
    await script(stack, { match: { prompt }, ...rule });
    let id = '';
    const wish = { model: 'veo-3.1-fast-generate-001', prompt, durationSec: 4 };
    const all = await billed(async () => {
      const { body } = await ann.call('POST', '/generations', wish, { 'Idempotency-Key': prompt });
      id = body.id;
    });
    const idle = await billed(async () => undefined);
    const { body } = await ann.call('GET', `/generations/${id}/metrics`);
    assert.equal(all.deletes, 0);
    return { state: body.outcome, polls: body.polls, reads: all.reads - idle.reads, writes: all.writes - idle.writes };
  }

  it('seen done at the first poll', async () => {
    assert.deepEqual(await lifeOf('quick', { renderMs: 20_000 }), {
      state: 'succeeded',
      polls: 1,
      reads: 8,
      writes: 14,
    });
  });

  it('seen done at the fourth', async () => {
    assert.deepEqual(await lifeOf('slower', { renderMs: 85_000 }), {
      state: 'succeeded',
      polls: 4,
      reads: 11,
      writes: 14,
    });
  });

  it('blocked', async () => {
    assert.deepEqual(await lifeOf('unsafe', { renderMs: 20_000, outcome: 'blocked' }), {
      ...{ state: 'blocked', polls: 1, reads: 7, writes: 14 },
    });
  });
});
