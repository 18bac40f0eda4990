import assert from 'node:assert/strict';
import { GoogleAuth } from 'google-auth-library';
import { MODEL, refusalOf, type Started, startWithClient } from './started.ts';

describe('vendors: scripted Veo', () => {
  let started: Started;
  before(async () => {
    started = await startWithClient();
  });
  after(() => started.stop());

  async function jobsOf(prompt: string): Promise<Record<string, unknown>[]> {
    const { jobs } = (await started.getJson('/__vendors/veo/jobs')) as { jobs: Record<string, unknown>[] };
    return jobs.filter((job) => job.prompt === prompt);
  }

  async function runToEnd(prompt: string, config = {}) {
    const name = await started.generate(prompt, config);
    started.clock.moveTo(started.clock.now() + 60_000);
    return started.poll(name);
  }

  it('ends as told: blocked, partly blocked, without a video, with an error, never', async () => {
    await started.script([
      { match: { prompt: 'blocked' }, renderMs: 1, outcome: 'blocked' },
      { match: { prompt: 'partly' }, renderMs: 1, outcome: 'partly_blocked' },
      { match: { prompt: 'none' }, renderMs: 1, outcome: 'no_video' },
      { match: { prompt: 'error' }, renderMs: 1, outcome: 'error', error: { code: 8, message: 'Overloaded' } },
      { match: { prompt: 'plain error' }, renderMs: 1, outcome: 'error' },
      { match: { prompt: 'never' }, outcome: 'never' },
    ]);
    const blocked = await runToEnd('blocked', { numberOfVideos: 2 });
    assert.deepEqual([blocked.done, blocked.error, blocked.response?.generatedVideos], [true, undefined, undefined]);
    assert.equal(blocked.response?.raiMediaFilteredCount, 2);
    assert.match(String(blocked.response?.raiMediaFilteredReasons?.[0]), /Support codes: 62263041/);

    const partly = await runToEnd('partly', { numberOfVideos: 3 });
    assert.equal(partly.response?.generatedVideos?.length, 2);
    assert.equal(partly.response?.raiMediaFilteredCount, 1);

    const none = await runToEnd('none');
    assert.deepEqual([none.done, none.error, none.response], [true, undefined, {}]);

    const error = await runToEnd('error');
    assert.deepEqual([error.done, error.error], [true, { code: 8, message: 'Overloaded' }]);
    const plain = await runToEnd('plain error');
    assert.deepEqual(plain.error, { code: 13, message: 'Internal error.' });

    const never = await started.generate('never');
    started.clock.moveTo(started.clock.now() + 30 * 24 * 3_600_000);
    assert.equal((await started.poll(never)).done, undefined);
    assert.deepEqual(
      (await jobsOf('never')).map(({ state, endsAt, polls }) => ({ state, endsAt, polls })),
      [{ state: 'running', endsAt: null, polls: 1 }],
    );
  });

  it('takes as long as told, to the millisecond', async () => {
    await started.script({ match: { prompt: 'timed' }, renderMs: 42_000 });
    const name = await started.generate('timed');
    started.clock.moveTo(started.clock.now() + 41_999);
    assert.equal((await started.poll(name)).done, undefined);
    started.clock.moveTo(started.clock.now() + 1);
    assert.equal((await started.poll(name)).done, true);
    const [job] = await jobsOf('timed');
    assert.equal(Date.parse(String(job?.endsAt)) - Date.parse(String(job?.submittedAt)), 42_000);
    assert.deepEqual([job?.state, job?.polls, job?.model], ['succeeded', 2, MODEL]);
  });

  it('refuses as told, with a delay to wait, then goes on', async () => {
    await started.script([
      { match: { prompt: 'busy' }, submit: { status: 429, retryAfterSec: 7 } },
      { match: { prompt: 'busy' }, submit: { status: 503 } },
      { match: { prompt: 'busy' }, submit: { status: 500, rpcStatus: 'INTERNAL', message: 'boom' } },
    ]);
    const first = await refusalOf(started.generate('busy'));
    assert.deepEqual([first.status, first.rpc], [429, 'RESOURCE_EXHAUSTED']);
    assert.equal((await refusalOf(started.generate('busy'))).rpc, 'UNAVAILABLE');
    assert.equal((await refusalOf(started.generate('busy'))).message, 'boom');
    assert.match(await started.generate('busy'), /operations/);
    assert.equal((await jobsOf('busy')).length, 1);
  });

  it('sends Retry-After and RetryInfo', async () => {
    await started.script({ submit: { status: 429, retryAfterSec: 7 }, times: 1 });
    const auth = new GoogleAuth({ keyFilename: started.storage.serviceAccountFile, scopes: ['x'] });
    const token = await auth.getAccessToken();
    const path = `/v1beta1/projects/demo-vendors/locations/us-central1/publishers/google/models/${MODEL}`;
    const answer = await fetch(`${started.vendors.url}${path}:predictLongRunning`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}` },
      body: JSON.stringify({ instances: [{ prompt: 'x' }] }),
    });
    const { error } = (await answer.json()) as { error: { details: unknown } };
    assert.deepEqual([answer.status, answer.headers.get('retry-after')], [429, '7']);
    assert.deepEqual(error.details, [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '7s' }]);
  });

  it('drops the connection before a submit is accepted, or after', async () => {
    await started.script([
      { match: { prompt: 'lost before' }, submit: { drop: 'before' } },
      { match: { prompt: 'lost after' }, submit: { drop: 'after' }, renderMs: 1 },
    ]);
    await assert.rejects(started.generate('lost before'), /fetch failed/);
    await assert.rejects(started.generate('lost after'), /fetch failed/);
    assert.equal((await jobsOf('lost before')).length, 0);
    started.clock.moveTo(started.clock.now() + 1);
    const [job] = await jobsOf('lost after');
    assert.deepEqual([job?.polls], [0]);
    assert.equal((await started.poll(String(job?.operation))).done, true);
  });

  it('answers a submit that it accepted with an error all the same', async () => {
    await started.script({ match: { prompt: 'taken' }, submit: { status: 503, takesEffect: true }, renderMs: 1 });
    assert.equal((await refusalOf(started.generate('taken'))).rpc, 'UNAVAILABLE');
    const [job] = await jobsOf('taken');
    started.clock.moveTo(started.clock.now() + 1);
    assert.equal((await started.poll(String(job?.operation))).done, true);
  });

  it('answers broken JSON to a submit that it accepted', async () => {
    await started.script({ match: { prompt: 'garbled' }, submit: { malformed: true } });
    await assert.rejects(started.generate('garbled'), SyntaxError);
    assert.equal((await jobsOf('garbled')).length, 1);
  });

  it('hangs on the movable clock, then goes on', async () => {
    await started.script({ match: { prompt: 'slow' }, submit: { hangMs: 30_000 } });
    let answered = false;
    const generating = started.generate('slow').then((name) => {
      answered = true;
      return name;
    });
    const { rules } = (await waitUntil(async () => {
      const listed = (await started.getJson('/__vendors/veo/script')) as { rules: { matched: number }[] };
      return listed.rules[0]?.matched === 1 ? listed : undefined;
    })) as { rules: unknown[] };
    assert.equal(rules.length, 1);
    started.clock.moveTo(started.clock.now() + 29_999);
    await started.getJson('/__vendors/inbox');
    assert.equal(answered, false);
    started.clock.moveTo(started.clock.now() + 1);
    assert.match(await generating, /operations/);
  });

  it('spoils the first polls in order, then answers', async () => {
    const polls = [{ status: 503 }, {}, { malformed: true }, { drop: 'before' }, { drop: 'after' }, { status: 404 }];
    await started.script({ match: { prompt: 'spoilt' }, renderMs: 10, polls });
    const name = await started.generate('spoilt');
    assert.equal((await refusalOf(started.poll(name))).status, 503);
    assert.equal((await started.poll(name)).done, undefined);
    await assert.rejects(started.poll(name), SyntaxError);
    await assert.rejects(started.poll(name), /fetch failed/);
    await assert.rejects(started.poll(name), /fetch failed/);
    assert.equal((await refusalOf(started.poll(name))).rpc, 'NOT_FOUND');
    started.clock.moveTo(started.clock.now() + 10);
    assert.equal((await started.poll(name)).done, true);
  });

  it('forgets an operation as told once the render has ended', async () => {
    await started.script({ match: { prompt: 'vanishing' }, renderMs: 1000, operationVanishes: true });
    const name = await started.generate('vanishing');
    assert.equal((await started.poll(name)).done, undefined);
    started.clock.moveTo(started.clock.now() + 1000);
    assert.equal((await refusalOf(started.poll(name))).status, 404);
  });

  it('takes an exact prompt before other rules, the first that is not used up, and counts', async () => {
    await started.script([
      { match: { promptIncludes: 'fox' }, outcome: 'blocked' },
      { match: { model: 'veo-3.1-fast-generate-001' }, times: 1, outcome: 'error' },
      { outcome: 'no_video' },
      { match: { prompt: 'a fox' }, outcome: 'never' },
    ]);
    const submits = [
      ['a fox', MODEL],
      ['a fox', MODEL],
      ['bear', 'veo-3.1-fast-generate-001'],
      ['bear', 'veo-3.1-fast-generate-001'],
    ];
    for (const [prompt, model] of submits) await started.generate(String(prompt), {}, model);
    const { rules } = (await started.getJson('/__vendors/veo/script')) as { rules: Record<string, number>[] };
    assert.deepEqual(
      rules.map(({ matched, remaining }) => [matched, remaining]),
      [
        [1, null],
        [1, 0],
        [1, null],
        [1, 0],
      ],
    );
  });

  it('takes thousands of rules at once and finds each', async () => {
    const rules = Array.from({ length: 5000 }, (_, index) => ({ match: { prompt: `row ${index}` }, renderMs: index }));
    await started.script(rules);
    for (const index of [0, 2500, 4999]) await started.generate(`row ${index}`);
    const [job] = await jobsOf('row 4999');
    assert.equal(Date.parse(String(job?.endsAt)) - Date.parse(String(job?.submittedAt)), 4999);
  });

  const wrong = [
    { rules: { outcome: 'won' }, message: /outcome: "won"\. It must be one of/ },
    { rules: [{}, { match: { promt: 'x' } }], message: /"promt" at 'rules\[1\]\.match'/ },
    { rules: { times: 0 }, message: /times: 0/ },
    { rules: { submit: { status: 200 } }, message: /submit\.status: 200/ },
    { rules: { submit: { status: 500, drop: 'after' } }, message: /only one of status, malformed and drop/ },
    { rules: { submit: { takesEffect: true } }, message: /submit\.takesEffect needs a status/ },
    { rules: { polls: [{ message: 'x' }] }, message: /polls\[0\]\.message needs a status/ },
    { rules: { error: { code: 3 } }, message: /needs the outcome "error"/ },
    { rules: 'x', message: /must be an object/ },
  ];
  for (const { rules, message } of wrong) {
    it(`refuses the script ${JSON.stringify(rules)}`, async () => {
      await assert.rejects(started.script(rules), message);
    });
  }

  it('lists jobs in pages', async () => {
    const all = (await started.getJson('/__vendors/veo/jobs')) as { total: number; jobs: { seq: number }[] };
    assert.deepEqual(
      all.jobs.map(({ seq }) => seq),
      Array.from({ length: all.total }, (_, index) => index + 1),
    );
    const page = (await started.getJson('/__vendors/veo/jobs?after=2&limit=2')) as { jobs: { seq: number }[] };
    assert.deepEqual(
      page.jobs.map(({ seq }) => seq),
      [3, 4],
    );
    assert.equal((await fetch(`${started.vendors.url}/__vendors/veo/jobs?limit=x`)).status, 400);
  });

  it('has an empty inbox, and 404 for the rest', async () => {
    assert.deepEqual(await started.getJson('/__vendors/inbox'), { total: 0, messages: [], incidents: [] });
    assert.equal((await fetch(`${started.vendors.url}/elsewhere`)).status, 404);
  });
});

async function waitUntil<T>(probe: () => Promise<T | undefined>): Promise<T> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const found = await probe();
    if (found !== undefined) return found;
  }
  throw new Error('it did not happen');
}
