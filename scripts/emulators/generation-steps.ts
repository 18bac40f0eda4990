import type { Answer } from './caller.ts';
import { refusal } from './door-steps.ts';
import { until } from './place.ts';
import type { Scene, Step, Who } from './step.ts';

const ENDED = ['succeeded', 'failed', 'blocked', 'cancelled', 'expired'];
/** Long enough that a busy machine still finds the job rendering. */
const DOOMED_RENDER_MS = 10_000;

const wishOf = (who: Who) => ({ model: 'veo-3.1-fast-generate-001', prompt: `a film for ${who}`, durationSec: 4 });

/** The fate of each one's job at the provider. */
const SCRIPT = [
  { match: { prompt: wishOf('ann').prompt }, renderMs: 1_000 },
  { match: { prompt: wishOf('ben').prompt }, renderMs: DOOMED_RENDER_MS, outcome: 'error' },
  { match: { prompt: wishOf('cleo').prompt }, renderMs: 1_000, outcome: 'blocked' },
  { match: { prompt: wishOf('dan').prompt }, submit: { status: 429 } },
  { match: { prompt: wishOf('dan').prompt }, renderMs: 1_000 },
];

async function ask({ users, ids }: Scene, who: Who): Promise<Answer> {
  const answer = await users[who]('POST', '/generations', wishOf(who), { 'Idempotency-Key': `wish-of-${who}` });
  ids[who] = answer.body.id;
  return answer;
}

async function generation({ users, ids }: Scene, who: Who): Promise<Answer['body']> {
  return (await users[who]('GET', `/generations/${ids[who]}`)).body;
}

const asked = (who: Who): Step => ({
  name: `${who} asks for a video`,
  expected: { status: 202, state: 'queued', priceUsd: 0.4, hasLocation: true },
  async run(scene) {
    const { status, headers, body } = await ask(scene, who);
    const hasLocation = headers.get('location') === `/api/v1/generations/${body.id}`;
    return { status, state: body.state, priceUsd: body.priceUsd, hasLocation };
  },
});

const ends = (who: Who, expected: { state: string; progress: number; videos: number; code?: string }): Step => ({
  name: `${who}'s ends`,
  expected,
  async run(scene) {
    const { state, progress, outputs, error } = await until(scene.place, `the end of ${who}'s generation`, async () => {
      const seen = await generation(scene, who);
      return ENDED.includes(seen.state) ? seen : undefined;
    });
    return { state, progress, videos: outputs.length, ...(error && { code: error.code }) };
  },
});

/** Four wishes, from the question to the end. */
export const GENERATION_STEPS: readonly Step[] = [
  {
    name: 'the provider is told what to do',
    expected: 200,
    async run({ place }) {
      const body = JSON.stringify(SCRIPT);
      return (await fetch(`${place.vendors}/__vendors/veo/script`, { method: 'POST', body })).status;
    },
  },
  asked('ann'),
  asked('cleo'),
  asked('dan'),
  {
    name: 'asked again with the same key',
    expected: { status: 202, sameOne: true, replayed: 'true' },
    async run(scene) {
      const first = scene.ids.ann;
      const { status, headers, body } = await ask(scene, 'ann');
      return { status, sameOne: body.id === first, replayed: headers.get('idempotency-replayed') };
    },
  },
  {
    name: 'a wish that cannot be',
    expected: { status: 400, code: 'invalid_request' },
    run: async ({ users }) => refusal(await users.ann('POST', '/generations', { ...wishOf('ann'), durationSec: 5 })),
  },
  {
    name: "another's generation: look, cancel, rate",
    expected: [404, 404, 404],
    async run({ users, ids }) {
      const path = `/generations/${ids.ann}`;
      const look = await users.ben('GET', path);
      const cancel = await users.ben('POST', `${path}/cancel`);
      const rate = await users.ben('PUT', `${path}/rating`, { stars: 1 });
      return [look.status, cancel.status, rate.status];
    },
  },
  asked('ben'),
  {
    name: 'ben cancels what is being rendered',
    expected: { status: 202, state: 'running' },
    async run(scene) {
      await until(scene.place, "ben's generation is being rendered", async () =>
        (await generation(scene, 'ben')).state === 'running' ? true : undefined,
      );
      const { status, body } = await scene.users.ben('POST', `/generations/${scene.ids.ben}/cancel`);
      return { status, state: body.state };
    },
  },
  ends('ann', { state: 'succeeded', progress: 1, videos: 1 }),
  ends('ben', { state: 'cancelled', progress: 1, videos: 0 }),
  ends('cleo', { state: 'blocked', progress: 1, videos: 0, code: 'content_blocked' }),
  ends('dan', { state: 'succeeded', progress: 1, videos: 1 }),
  {
    name: 'the video plays by its link',
    expected: { status: 200, type: 'video/mp4', isMp4: true },
    async run(scene) {
      const { outputs } = await generation(scene, 'ann');
      const video = await fetch(outputs[0].url);
      const bytes = Buffer.from(await video.arrayBuffer());
      const isMp4 = bytes.toString('latin1', 4, 8) === 'ftyp';
      return { status: video.status, type: video.headers.get('content-type'), isMp4 };
    },
  },
  {
    name: 'ann rates it',
    expected: { status: 200, rating: 5 },
    async run({ users, ids }) {
      const { status, body } = await users.ann('PUT', `/generations/${ids.ann}/rating`, { stars: 5 });
      return { status, rating: body.rating };
    },
  },
  {
    name: 'cancelled after its end',
    expected: { status: 409, code: 'conflict' },
    run: async ({ users, ids }) => refusal(await users.dan('POST', `/generations/${ids.dan}/cancel`)),
  },
];
