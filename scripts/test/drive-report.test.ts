import assert from 'node:assert/strict';
import type { Compared, Measured } from '../drive/measure.ts';
import { printed, printedBadRows } from '../drive/print.ts';
import { type Facts, reportOf } from '../drive/report.ts';
import { bodyOf, promptOf, veoRuleOf } from '../drive/wish.ts';
import type { RecordedRequest } from '../mapping/map-row.ts';

const AT = '2024-06-03T09:00:00.000Z';
const REQUEST: RecordedRequest = {
  line: 2,
  requestedAtMs: Date.parse(AT),
  user: 'ada',
  kind: 'text_to_video',
  model: 'veo-3.1-fast-generate-001',
  outcome: 'succeeded',
  tookMs: 20_000,
  videos: 2,
  promptChars: 30,
  negativePromptChars: undefined,
  constants: { durationSec: 8, aspectRatio: '16:9', resolution: '720p', audio: true },
};
const MEASURED: Measured = {
  outcome: 'succeeded',
  requestedAt: AT,
  renderMs: 22_000,
  renderUncertaintyMs: 2_500,
  attempts: 1,
  polls: 2,
  videosDelivered: 2,
};

function factsOf(compared: Compared[], change: Partial<Facts> = {}): Facts {
  const asked = compared.map(({ request }) => ({ request, generationId: `g${request.line}` }));
  const usage = { total: { reads: 30, writes: 12, deletes: 0 }, byCollection: {} };
  return { asked, bad: [], compared, tasksLeft: 0, usage, scheduleRuns: 3, clockMs: 60_000, wallMs: 500, ...change };
}

const failing = (facts: Facts) =>
  reportOf(facts).checks.flatMap(({ name, ok, found }) => (ok ? [] : `${name}: ${found}`));

describe('the report of a drive', () => {
  it('finds nothing where system and file agree', () => {
    assert.deepEqual(failing(factsOf([{ request: REQUEST, measured: MEASURED }])), []);
  });

  const WRONG: { name: string; measured: Partial<Measured>; request?: Partial<RecordedRequest>; check: string }[] = [
    { name: 'another outcome', measured: { outcome: 'failed' }, check: 'outcome as in the file' },
    { name: 'another time', measured: { requestedAt: '2024-06-03T09:00:00.001Z' }, check: 'asked for at its own time' },
    { name: 'a second attempt', measured: { attempts: 2 }, check: 'at the first attempt' },
    { name: 'a video too few', measured: { videosDelivered: 1 }, check: 'all videos asked for, or none' },
    { name: 'a render seen too early', measured: { renderMs: 19_999 }, check: 'render time to within one poll' },
    { name: 'a render seen a poll too late', measured: { renderMs: 22_501 }, check: 'render time to within one poll' },
    {
      name: 'a generation that failed though it never ended',
      request: { outcome: 'never', tookMs: undefined },
      measured: { outcome: 'failed', videosDelivered: 0 },
      check: 'outcome as in the file',
    },
  ];
  for (const { name, measured, request, check } of WRONG) {
    it(`fails on ${name}`, () => {
      const wrong = { request: { ...REQUEST, ...request }, measured: { ...MEASURED, ...measured } };
      assert.deepEqual(failing(factsOf([wrong])), [`${check}: 1 wrong\n    line 2: ${JSON.stringify(wrong.measured)}`]);
    });
  }

  it('fails on a render time that is missing', () => {
    const { renderMs: _, ...measured } = MEASURED;
    assert.equal(failing(factsOf([{ request: REQUEST, measured }])).length, 1);
  });

  it('fails on what is left open', () => {
    const open = { request: REQUEST, measured: { ...MEASURED, outcome: null } };
    assert.ok(failing(factsOf([open], { tasksLeft: 1 })).includes('nothing left open: 1 generations, 1 tasks'));
  });

  it('fails on a request that was refused', () => {
    const asked = [{ request: REQUEST, generationId: undefined, refusal: '400 no' }];
    assert.deepEqual(failing(factsOf([], { asked })), ['every row was taken in: 1 wrong\n    line 2: 400 no']);
  });

  it('takes means and quantiles over all generations', () => {
    const all = Array.from({ length: 20 }, (_, n) => ({
      request: REQUEST,
      measured: { ...MEASURED, polls: n + 1, renderMs: 20_000 + n * 100 },
    }));
    const { polls, seenLateMs, billed, rowsPerSec } = reportOf(factsOf(all));
    assert.deepEqual(polls, { mean: 10.5, p50: 10, p95: 19, max: 20 });
    assert.deepEqual(seenLateMs, { mean: 950, p95: 1_800, max: 1_900 });
    assert.deepEqual(billed, { 'in all': { reads: 1.5, writes: 0.6, deletes: 0 } });
    assert.equal(rowsPerSec, 40);
  });

  it('shows what failed and what was left out', () => {
    const bad = Array.from({ length: 22 }, (_, n) => ({ line: n + 2, reason: 'no user' }));
    const text = printed(reportOf(factsOf([{ request: REQUEST, measured: { ...MEASURED, attempts: 2 } }], { bad })));
    assert.match(text, /^FAIL {2}at the first attempt: 1 wrong$/m);
    assert.ok(text.endsWith(printedBadRows(bad)));
    assert.match(text, /22 rows cannot be used:\n {2}line 2: no user\n(.+\n)+ {2}… and 2 more$/);
  });
});

describe('what is asked for a recorded request', () => {
  it('has a prompt of the recorded length that no other line has', () => {
    assert.equal(promptOf({ line: 17, promptChars: 30 }), '#17 a street at dusk, rain on ');
    assert.equal(promptOf({ line: 17, promptChars: 1 }), '#17');
    assert.equal(promptOf({ line: 17, promptChars: undefined }), '#17');
    assert.equal(promptOf({ line: 17, promptChars: 9_999 }).length, 4_000);
  });

  it('carries the pictures of its kind', () => {
    const keys = (kind: RecordedRequest['kind']) => Object.keys(bodyOf({ ...REQUEST, kind }));
    const plain = ['model', 'prompt', 'videos', 'durationSec', 'aspectRatio', 'resolution', 'audio'];
    assert.deepEqual(keys('text_to_video'), plain);
    assert.deepEqual(keys('image_to_video'), [...plain, 'image']);
    assert.deepEqual(keys('reference_to_video'), [...plain, 'referenceImages']);
  });

  it('is scripted to end as recorded', () => {
    const match = { prompt: promptOf(REQUEST) };
    assert.deepEqual(veoRuleOf(REQUEST), { match, renderMs: 20_000 });
    assert.deepEqual(veoRuleOf({ ...REQUEST, outcome: 'never' }), { match, outcome: 'never' });
    const error = { code: 3, message: 'The recorded request failed.' };
    assert.deepEqual(veoRuleOf({ ...REQUEST, outcome: 'failed' }), {
      match,
      renderMs: 20_000,
      outcome: 'error',
      error,
    });
  });
});
