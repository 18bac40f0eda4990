import assert from 'node:assert/strict';
import { type Client, clientFor, NOON, type QuietStack, quietStack } from '../stack/harness.ts';
import { assertRefusal } from './refusal.ts';

const WISH = { model: 'veo-3.1-fast-generate-001', prompt: 'a lighthouse at dusk', durationSec: 4 };

describe('asking for a video', () => {
  let stack: QuietStack;
  let ann: Client;

  before(async function () {
    this.timeout(30_000);
    stack = await quietStack();
    ann = await clientFor(stack, 'ann');
  });
  after(() => stack?.stop());

  it('answers with everything that was asked for, and the price', async () => {
    const wish = {
      ...WISH,
      negativePrompt: 'people',
      aspectRatio: '9:16',
      audio: false,
      videos: 2,
      seed: 0,
      style: 'noir',
    };
    const { status, headers, body } = await ann.call('POST', '/generations', wish);
    assert.equal(status, 202);
    const { id, ...rest } = body;
    assert.equal(headers.get('location'), `/api/v1/generations/${id}`);
    assert.deepEqual(rest, {
      ...wish,
      priceCredits: 64,
      resolution: '720p',
      kind: 'text_to_video',
      state: 'queued',
      priceUsd: 0.64,
      requestedAt: new Date(NOON).toISOString(),
      progress: 0,
      expectedEndAt: new Date(NOON + 62_929).toISOString(),
      attempts: 0,
      videosBlocked: 0,
      outputs: [],
    });
    assert.equal((await ann.call('GET', headers.get('location')?.replace('/api/v1', '') ?? '')).body.id, id);
  });

  const prompts = {
    'right to left': '\u202Eمرحبا بالعالم\u202C',
    emoji: '👩‍👩‍👧‍👦🎬 at 🌅',
    combining: 'Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́O',
    'NUL and controls': 'a\u0000b\u0007c\u007f',
    'line ends and separators': 'a\r\nb\u2028c',
    'what looks like code': '<script>alert(1)</script> {{7*7}} "; --',
    'a byte order mark and noncharacters': '\uFEFFx\uFFFE',
    '4,000 characters': '🎬'.repeat(2_000),
    'what objects inherit': '__proto__ constructor',
  };
  for (const [what, prompt] of Object.entries(prompts)) {
    it(`keeps a prompt as it was written: ${what}`, async () => {
      const id = await ann.generate({ prompt });
      assert.equal((await ann.generation(id)).prompt, prompt);
      await stack.host.drainTasks();
      const view = await ann.generation(id);
      assert.equal(view.prompt, prompt);
      assert.equal(view.state, 'succeeded');
    });
  }

  it('says where a request does not fit, in the caller’s own terms', async () => {
    const wish = { model: 5, durationSec: 'long', styel: 'noir' };
    const refusal = assertRefusal(await ann.call('POST', '/generations', wish), {
      status: 400,
      code: 'invalid_request',
    });
    assert.deepEqual(refusal.errors?.map(({ path }) => path).sort(), ['', 'durationSec', 'model', 'prompt']);
  });

  it('says what the model can do instead', async () => {
    const wish = { ...WISH, durationSec: 5, resolution: '4k' };
    const refusal = assertRefusal(await ann.call('POST', '/generations', wish), { status: 400 });
    assert.deepEqual(refusal.errors, [
      { path: 'resolution', message: 'veo-3.1-fast-generate-001 offers 720p' },
      {
        path: 'durationSec',
        message: 'must be one of 4, 6, 8 for veo-3.1-fast-generate-001 with 4k, text_to_video',
      },
    ]);
  });

  it('quotes an unknown field only in part, however long it is', async () => {
    const refusal = assertRefusal(await ann.call('POST', '/generations', { ...WISH, ['x'.repeat(100_000)]: 1 }));
    assert.equal(refusal.errors?.[0]?.message.length, 200);
  });
});
