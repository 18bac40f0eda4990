import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GoogleGenAI } from '@google/genai';
import { MovableClock } from '../../clock.ts';
import { startVendors } from '../../vendors/server.ts';
import { setEnvironment } from '../storage/started.ts';
import { BUCKET, createClient, MODEL, PROJECT_ID, refusalOf, type Started, startWithClient } from './started.ts';

const SIX_MINUTES_MS = 360_000;

describe('vendors: Veo through @google/genai', () => {
  let started: Started;
  before(async () => {
    started = await startWithClient();
  });
  after(() => started.stop());

  it('needs no option but the address: credentials come from GOOGLE_APPLICATION_CREDENTIALS', async () => {
    const restore = setEnvironment({
      GOOGLE_APPLICATION_CREDENTIALS: started.storage.serviceAccountFile,
      GOOGLE_VERTEX_BASE_URL: started.vendors.url,
    });
    try {
      const ai = new GoogleGenAI({ vertexai: true, project: PROJECT_ID, location: 'us-central1' });
      const { name } = await ai.models.generateVideos({ model: MODEL, source: { prompt: 'by environment' } });
      const path = `projects/${PROJECT_ID}/locations/us-central1/publishers/google/models/${MODEL}/operations/`;
      assert.match(String(name), new RegExp(`^${path}[0-9a-f-]{36}$`));
    } finally {
      restore();
    }
  });

  it('runs, then ends with the video in Cloud Storage, whether or not anybody polled', async () => {
    const name = await started.generate('a fox', {
      numberOfVideos: 2,
      durationSeconds: 4,
      aspectRatio: '9:16',
      outputGcsUri: `gs://${BUCKET}/renders/fox/`,
      seed: 7,
      personGeneration: 'allow_adult',
      negativePrompt: 'rain',
      generateAudio: true,
      labels: { team: 'a' },
    });
    const running = await started.poll(name);
    assert.deepEqual([running.name, running.done, running.response], [name, undefined, undefined]);

    started.clock.moveTo(started.clock.now() + SIX_MINUTES_MS);
    const ended = await started.poll(name);
    assert.equal(ended.done, true);
    const videos = (ended.response?.generatedVideos ?? []).map(({ video }) => video);
    assert.deepEqual(
      videos.map((video) => video?.mimeType),
      ['video/mp4', 'video/mp4'],
    );
    for (const [index, video] of videos.entries()) {
      const match = new RegExp(`^gs://${BUCKET}/(renders/fox/\\d+/sample_${index}\\.mp4)$`).exec(String(video?.uri));
      const object = `${started.storage.url}/storage/v1/b/${BUCKET}/o/${encodeURIComponent(match?.[1] ?? '')}?alt=media`;
      const stored = Buffer.from(await (await fetch(object)).arrayBuffer());
      assert.equal(stored.toString('latin1', 4, 8), 'ftyp');
    }
  });

  it('gives the bytes in the answer when there is no folder for them', async () => {
    const name = await started.generate('inline', { durationSeconds: 8, aspectRatio: '16:9' });
    started.clock.moveTo(started.clock.now() + SIX_MINUTES_MS);
    const { response } = await started.poll(name);
    const video = response?.generatedVideos?.[0]?.video;
    const bytes = Buffer.from(video?.videoBytes ?? '', 'base64');
    assert.deepEqual([video?.mimeType, video?.uri, bytes.toString('latin1', 4, 8)], ['video/mp4', undefined, 'ftyp']);
    assert.ok(bytes.indexOf('moov') < bytes.indexOf('mdat'), 'the index comes first');
  });

  it('ends with an error when it cannot write to the folder', async () => {
    const name = await started.generate('nowhere', { outputGcsUri: 'gs://no-such-bucket/x' });
    started.clock.moveTo(started.clock.now() + SIX_MINUTES_MS);
    const { done, error, response } = await started.poll(name);
    assert.deepEqual([done, error?.code, response], [true, 9, undefined]);
    assert.match(String(error?.message), /no-such-bucket.*does not exist/);
  });

  it('takes images, first and last frames and reference images', async () => {
    const image = { imageBytes: Buffer.from('png').toString('base64'), mimeType: 'image/png' };
    const { ai } = started;
    const accepted = await Promise.all([
      ai.models.generateVideos({ model: MODEL, source: { prompt: 'x', image }, config: { lastFrame: image } }),
      ai.models.generateVideos({ model: MODEL, source: { image: { gcsUri: 'gs://b/i.png', mimeType: 'image/png' } } }),
      ai.models.generateVideos({
        model: MODEL,
        source: { prompt: 'x' },
        config: { durationSeconds: 8, referenceImages: [{ image, referenceType: 'ASSET' as never }] },
      }),
    ]);
    assert.equal(new Set(accepted.map(({ name }) => name)).size, 3);
  });

  const refused = [
    { name: 'five videos', config: { numberOfVideos: 5 }, field: 'parameters.sampleCount' },
    { name: '5 seconds', config: { durationSeconds: 5 }, field: 'parameters.durationSeconds' },
    { name: '1080p of 4 s', config: { durationSeconds: 4, resolution: '1080p' }, field: 'parameters.durationSeconds' },
    { name: '4k of 6 s', config: { durationSeconds: 6, resolution: '4k' }, field: 'parameters.durationSeconds' },
    { name: 'an unknown resolution', config: { resolution: '480p' }, field: 'parameters.resolution' },
    {
      name: '4k of Lite',
      config: { resolution: '4k' },
      model: 'veo-3.1-lite-generate-001',
      field: 'parameters.resolution',
    },
    { name: 'a square', config: { aspectRatio: '1:1' }, field: 'parameters.aspectRatio' },
    { name: 'a negative seed', config: { seed: -1 }, field: 'parameters.seed' },
    { name: 'a seed over 32 bits', config: { seed: 2 ** 32 }, field: 'parameters.seed' },
    { name: 'unknown people', config: { personGeneration: 'everyone' }, field: 'parameters.personGeneration' },
    { name: 'a folder that is no gs://', config: { outputGcsUri: 'https://x/y' }, field: 'parameters.storageUri' },
    {
      name: 'a last frame alone',
      config: { lastFrame: { gcsUri: 'gs://b/i', mimeType: 'image/png' } },
      field: 'instances[0].lastFrame',
    },
    {
      name: 'an image without a type',
      config: { lastFrame: { gcsUri: 'gs://b/i' } },
      field: 'instances[0].lastFrame.mimeType',
    },
    { name: 'an empty prompt', prompt: '', config: {}, field: 'instances[0].prompt' },
    { name: 'a blank prompt', prompt: '  ', config: {}, field: 'instances[0].prompt' },
  ];
  for (const { name, config, prompt = 'x', model, field } of refused) {
    it(`refuses ${name} with 400, naming ${field}`, async () => {
      const { status, rpc, message } = await refusalOf(started.generate(prompt, config, model));
      assert.deepEqual([status, rpc], [400, 'INVALID_ARGUMENT']);
      assert.ok(message.includes(field), message);
    });
  }

  it('refuses a model that is retired or unknown with 404', async () => {
    for (const model of ['veo-3.0-generate-001', 'veo-9']) {
      const { status, rpc, message } = await refusalOf(started.generate('x', {}, model));
      assert.deepEqual([status, rpc], [404, 'NOT_FOUND']);
      assert.match(message, new RegExp(`Publisher Model .*${model}.* was not found`));
    }
  });

  it('refuses another project with 403', async () => {
    const ai = createClient(started.vendors.url, started.storage.serviceAccountFile, 'someone-else');
    const { status, rpc } = await refusalOf(ai.models.generateVideos({ model: MODEL, source: { prompt: 'x' } }));
    assert.deepEqual([status, rpc], [403, 'PERMISSION_DENIED']);
  });

  const path = `/v1/projects/${PROJECT_ID}/locations/us-central1/publishers/google/models/${MODEL}`;
  it('refuses a missing or foreign token with 401, also under /v1', async () => {
    for (const headers of [{}, { Authorization: 'Bearer ya29.somebody' }, { 'x-goog-api-key': 'k' }]) {
      const url = `${started.vendors.url}${path}:predictLongRunning`;
      const answer = await fetch(url, { method: 'POST', headers: headers as Record<string, string>, body: '{}' });
      const { error } = (await answer.json()) as { error: { code: number; status: string } };
      assert.deepEqual([answer.status, error.code, error.status], [401, 401, 'UNAUTHENTICATED']);
    }
  });

  it('refuses unknown fields and broken JSON with 400', async () => {
    const vendors = await startVendors({ projectId: PROJECT_ID, clock: started.clock });
    const send = async (body: string) => {
      const headers = { Authorization: 'Bearer any' };
      const answer = await fetch(`${vendors.url}${path}:predictLongRunning`, { method: 'POST', headers, body });
      return `${answer.status} ${((await answer.json()) as { error: { message: string } }).error.message}`;
    };
    try {
      const instances = [{ prompt: 'x' }];
      assert.match(await send(JSON.stringify({ instances, video: 1 })), /^400 .*"video": Cannot find field/);
      assert.match(await send(JSON.stringify({ instances, parameters: { fsp: 1 } })), /^400 .*"fsp" at 'parameters'/);
      assert.match(await send(JSON.stringify({ instances: [] })), /^400 .*instances/);
      assert.match(await send('{'), /^400 Invalid JSON payload received/);
      assert.match(await send('{"instances":[{"prompt":"x"}],"parameters":{"__proto__":1}}'), /^400 .*"__proto__"/);
    } finally {
      await vendors.stop();
    }
  });

  it('does not know operations it did not start', async () => {
    const stranger = `${path.slice('/v1/'.length)}/operations/00000000-0000-0000-0000-000000000000`;
    const { status, rpc } = await refusalOf(started.poll(stranger));
    assert.deepEqual([status, rpc], [404, 'NOT_FOUND']);
  });

  it('draws the same plausible render times from the same seed', async () => {
    const ends = async (seed: number) => {
      const clock = new MovableClock({ startAtMs: 1_800_000_000_000, running: false });
      const run = await startVendors({ projectId: PROJECT_ID, clock, storageUrl: started.storage.url, seed });
      const ai = createClient(run.url, started.storage.serviceAccountFile);
      const models = [MODEL, 'veo-3.1-fast-generate-001', 'veo-3.1-lite-generate-001'];
      for (const model of models) await ai.models.generateVideos({ model, source: { prompt: 'x' } });
      const { jobs } = (await (await fetch(`${run.url}/__vendors/veo/jobs`)).json()) as { jobs: { endsAt: string }[] };
      await run.stop();
      return jobs.map(({ endsAt }) => Date.parse(endsAt) - 1_800_000_000_000);
    };
    const first = await ends(1);
    assert.deepEqual(await ends(1), first);
    assert.notDeepEqual(await ends(2), first);
    for (const renderMs of first) assert.ok(renderMs >= 11_000 && renderMs <= 360_000, String(renderMs));
  });

  it('keeps a limit per minute when it is given one', async () => {
    const limited = await startWithClient({ requestsPerMinute: 2 });
    try {
      await limited.generate('1');
      await limited.generate('2');
      const { status, rpc } = await refusalOf(limited.generate('3'));
      assert.deepEqual([status, rpc], [429, 'RESOURCE_EXHAUSTED']);
      limited.clock.moveTo(limited.clock.now() + 60_000);
      assert.match(await limited.generate('4'), /operations/);
    } finally {
      await limited.stop();
    }
  });

  it('carries accepted jobs over a restart and ends what fell due meanwhile', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'dailies-vendors-test-'));
    const clock = new MovableClock({ running: false });
    const options = { projectId: PROJECT_ID, clock, dataDir, storageUrl: started.storage.url };
    try {
      const first = await startVendors(options);
      const ai = createClient(first.url, started.storage.serviceAccountFile);
      const config = { outputGcsUri: `gs://${BUCKET}/restart` };
      const operation = await ai.models.generateVideos({ model: MODEL, source: { prompt: 'x' }, config });
      await first.stop();
      clock.moveTo(clock.now() + SIX_MINUTES_MS);
      const second = await startVendors(options);
      const again = createClient(second.url, started.storage.serviceAccountFile);
      const ended = await again.operations.getVideosOperation({ operation });
      assert.match(String(ended.response?.generatedVideos?.[0]?.video?.uri), /^gs:.*\/restart\/\d+\/sample_0\.mp4$/);
      await second.stop();
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
      clock.stop();
    }
  });
});
