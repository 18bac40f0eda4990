import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { Stack } from '../../../local/stack/in-process.ts';
import { BUCKET } from '../../../local/stack/project.ts';
import {
  type Client,
  capturedLogs,
  clientFor,
  database,
  frozenStack,
  type Logs,
  storedObjects,
} from '../stack/harness.ts';
import { JPEG, PNG } from './pictures.ts';
import { assertRefusal } from './refusal.ts';
import { startWire, type Wire } from './wire.ts';

const bytesOf = (base64: string) => Buffer.from(base64, 'base64');
const nameOf = (id: string, base64: string) =>
  `inputs/${id}/${createHash('sha256').update(bytesOf(base64)).digest('hex')}`;
const png = { mimeType: 'image/png', base64: PNG };
const jpeg = { mimeType: 'image/jpeg', base64: JPEG };

describe('pictures in a request', () => {
  let stack: Stack;
  let logs: Logs;
  let toVertex: Wire;
  let ann: Client;

  before(async function () {
    this.timeout(30_000);
    logs = capturedLogs();
    toVertex = await startWire();
    stack = await frozenStack({ env: { VERTEX_BASE_URL: toVertex.url } });
    toVertex.leadTo(Number(new URL(stack.vendors.url).port));
    ann = await clientFor(stack, 'ann');
  });
  after(async () => {
    await stack?.stop();
    await toVertex?.stop();
    logs?.restore();
  });

  /** The provider was told where the picture is, and not sent the picture itself. */
  function assertSent(id: string, picture: string): void {
    assert.ok(toVertex.sent().includes(`"gcsUri":"gs://${BUCKET}/${nameOf(id, picture)}"`));
    assert.ok(!toVertex.sent().includes(picture));
  }

  it('a first frame is kept in Cloud Storage and goes to the provider as its address', async () => {
    const id = await ann.generate({ prompt: 'from a picture', image: png });
    const stored = await fetch(
      `${stack.cloud.storage.url}/storage/v1/b/${BUCKET}/o/${encodeURIComponent(nameOf(id, PNG))}?alt=media`,
    );
    assert.equal(stored.headers.get('content-type'), 'image/png');
    assert.deepEqual(Buffer.from(await stored.arrayBuffer()), bytesOf(PNG));
    await stack.host.drainTasks();
    const view = await ann.generation(id);
    assert.deepEqual([view.state, view.kind], ['succeeded', 'image_to_video']);
    assertSent(id, PNG);
  });

  it('reference pictures too, up to three', async () => {
    const id = await ann.generate({ prompt: 'with references', durationSec: 8, referenceImages: [png, jpeg] });
    await stack.host.drainTasks();
    const view = await ann.generation(id);
    assert.deepEqual([view.state, view.kind], ['succeeded', 'reference_to_video']);
    assertSent(id, PNG);
    assertSent(id, JPEG);
  });

  it('are never in the document', async () => {
    const id = await ann.generate({ image: png });
    const stored = JSON.stringify((await (await database()).doc(`generations/${id}`).get()).data());
    assert.ok(stored.includes(nameOf(id, PNG)));
    assert.ok(!stored.includes(PNG));
  });

  const refused: [string, object][] = [
    ['bytes of another type', { image: { mimeType: 'image/png', base64: JPEG } }],
    [
      'bytes of no type at all',
      { image: { mimeType: 'image/jpeg', base64: Buffer.from('<svg/>').toString('base64') } },
    ],
    ['one good and one bad', { durationSec: 8, referenceImages: [png, { mimeType: 'image/png', base64: JPEG }] }],
    ['no Base64', { image: { mimeType: 'image/png', base64: '*not base64*' } }],
    ['an empty one', { image: { mimeType: 'image/png', base64: '' } }],
    ['a type that is not taken', { image: { mimeType: 'image/svg+xml', base64: PNG } }],
    ['four references', { durationSec: 8, referenceImages: [png, png, png, png] }],
    ['references and a first frame', { durationSec: 8, image: png, referenceImages: [png] }],
    [
      'references with a model that takes none',
      { model: 'veo-3.1-lite-generate-001', durationSec: 8, referenceImages: [png] },
    ],
  ];
  for (const [what, change] of refused) {
    it(`are refused, with nothing kept: ${what}`, async () => {
      await stack.host.settle();
      const before = [stack.cloud.firestore.usage().total.writes, await storedObjects(stack)];
      const wish = { model: 'veo-3.1-fast-generate-001', prompt: 'x', durationSec: 4, ...change };
      assertRefusal(await ann.call('POST', '/generations', wish), { status: 400, code: 'invalid_request' });
      assert.deepEqual([stack.cloud.firestore.usage().total.writes, await storedObjects(stack)], before);
    });
  }

  it('of 4 MiB fit, three at once', async () => {
    const big = Buffer.concat([bytesOf(PNG), Buffer.alloc(4 * 2 ** 20 - bytesOf(PNG).length)]).toString('base64');
    const { status } = await ann.call('POST', '/generations', {
      ...{ model: 'veo-3.1-fast-generate-001', prompt: 'big', durationSec: 8 },
      referenceImages: [1, 2, 3].map(() => ({ mimeType: 'image/png', base64: big })),
    });
    assert.equal(status, 202);
  });
});
