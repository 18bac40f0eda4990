import assert from 'node:assert/strict';
import { directUrl } from '../http/raw.ts';
import { assertRefusal } from '../http/refusal.ts';
import { type Answer, type Client, clientFor, type QuietStack, quietStack, send } from '../stack/harness.ts';

const MINUTE_MS = 60_000;
const GUESS = `dly_${'A'.repeat(20)}_${'0'.repeat(48)}`;

describe('requests a minute', () => {
  let stack: QuietStack;
  let ann: Client;

  before(async function () {
    this.timeout(30_000);
    stack = await quietStack();
    ann = await clientFor(stack, 'ann');
  });
  after(() => stack?.stop());
  beforeEach(() => stack.host.advanceBy(MINUTE_MS));

  const anonymous = (path = '/openapi.json', headers = {}, base = stack.url) =>
    send(`${base}/api/v1${path}`, 'GET', undefined, headers);
  async function times(count: number, ask: () => Promise<Answer>): Promise<Record<number, number>> {
    const seen: Record<number, number> = {};
    for (let i = 0; i < count; i++) {
      const { status } = await ask();
      seen[status] = (seen[status] ?? 0) + 1;
    }
    return seen;
  }
  function assertLimited(answer: Answer, allowed: number, retryAfterSec: number): void {
    assertRefusal(answer, { status: 429, code: 'limit_exceeded' });
    assert.equal(answer.headers.get('retry-after'), `${retryAfterSec}`);
    const freesAt = new Date(stack.clock.now() + retryAfterSec * 1_000).toISOString();
    assert.deepEqual(answer.body.exceeded, { limit: 'requests_per_minute', allowed, used: allowed, freesAt });
  }

  it('60 of an address, for everything that needs no sign-in together', async () => {
    assert.deepEqual(await times(20, () => anonymous()), { 200: 20 });
    assert.deepEqual(await times(20, () => anonymous('/nothing')), { 404: 20 });
    await stack.host.advanceBy(20_000);
    assert.deepEqual(await times(20, () => anonymous('/generations')), { 401: 20 });
    for (const path of ['/openapi.json', '/nothing', '/generations', '/health']) {
      assertLimited(await anonymous(path), 60, 40);
    }
    assert.equal((await ann.call('GET', '/models')).status, 200, 'who is signed in is not counted by address');
    await stack.host.advanceBy(40_000);
    assert.equal((await anonymous()).status, 200);
  });

  it('whatever the caller writes into X-Forwarded-For, through Hosting or not', async () => {
    const seen: Record<number, number> = {};
    for (let i = 0; i < 70; i++) {
      const base = i % 2 === 0 ? stack.url : directUrl(stack.url);
      const { status } = await anonymous('/openapi.json', { 'X-Forwarded-For': `10.0.0.${i}` }, base);
      seen[status] = (seen[status] ?? 0) + 1;
    }
    assert.deepEqual(seen, { 200: 60, 429: 10 });
  });

  it('failed sign-ins count, and then keys are not even looked up', async () => {
    stack.cloud.firestore.resetUsage();
    assert.deepEqual(await times(30, () => anonymous('/models', { Authorization: 'Bearer x.y.z' })), { 401: 30 });
    assert.deepEqual(await times(40, () => anonymous('/models', { 'X-API-Key': GUESS })), { 401: 30, 429: 10 });
    assert.equal(stack.cloud.firestore.usage().total.reads, 30);
    assertLimited(await anonymous('/models', { Authorization: 'Bearer x.y.z' }), 60, 60);
  });

  it('a key that works is not kept out by others who guess at the same address', async () => {
    const { body } = await ann.call('POST', '/api-keys', { name: 'x', scopes: ['generate'] });
    assert.equal((await anonymous('/models', { 'X-API-Key': body.key })).status, 200);
    assert.deepEqual(await times(61, () => anonymous('/models', { 'X-API-Key': GUESS })), { 401: 60, 429: 1 });
    assert.equal((await anonymous('/models', { 'X-API-Key': body.key })).status, 200);
    assert.equal((await ann.call('DELETE', `/api-keys/${body.id}`)).status, 200);
    assertLimited(await anonymous('/models', { 'X-API-Key': body.key }), 60, 60);
    assertLimited(await anonymous('/models', { 'X-API-Key': body.key }), 60, 60);
  });

  it('120 writes and 600 reads of a user, apart from each other, from others and from their keys', async () => {
    const bob = await clientFor(stack, 'bob');
    const { body } = await ann.call('POST', '/api-keys', { name: 'x', scopes: ['generate'] });
    const write = (client: Client) => client.call('POST', '/generations', {});
    assert.deepEqual(await times(121, () => write(ann)), { 400: 120, 429: 1 });
    assertLimited(await write(ann), 120, 60);
    assert.equal((await write(bob)).status, 400);
    const withKey = () => send(`${stack.url}/api/v1/generations`, 'POST', {}, { 'X-API-Key': body.key });
    assert.equal((await withKey()).status, 400);
    assert.deepEqual(await times(601, () => ann.call('GET', '/models')), { 200: 600, 429: 1 });
    await stack.host.advanceBy(MINUTE_MS);
    assert.equal((await write(ann)).status, 400);
  }).timeout(30_000);

  it('what is refused for being too much costs no read', async () => {
    await times(61, () => anonymous('/generations'));
    await times(121, () => ann.call('POST', '/generations', {}));
    stack.cloud.firestore.resetUsage();
    await times(10, () => anonymous('/generations'));
    await times(10, () => anonymous('/health'));
    await times(10, () => ann.call('POST', '/generations', {}));
    assert.equal(stack.cloud.firestore.usage().total.reads, 0);
  });
});
