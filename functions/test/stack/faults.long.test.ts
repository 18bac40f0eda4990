import assert from 'node:assert/strict';
import type { Stack } from '../../../local/stack/in-process.ts';
import { type Client, clientFor, eventsOf, frozenStack, script, send } from './harness.ts';

interface Row {
  name: string;
  rule: object;
  /** Applied to the second attempt's submit. */
  state: string;
  error?: string;
  attempts?: number;
  outputs?: number;
  blockReasons?: string[];
  /** Submits that the provider has accepted in the end. */
  jobs?: number;
  request?: object;
}

const once = { times: 1 };

const ROWS: Row[] = [
  { name: 'a render that works', rule: {}, state: 'succeeded', outputs: 1 },
  {
    name: 'a prompt refused as invalid',
    rule: { submit: { status: 400, message: 'bad field' } },
    state: 'failed',
    error: 'invalid_request',
    jobs: 0,
  },
  {
    name: 'a prompt refused as unsafe',
    rule: { submit: { status: 400, message: 'blocked. Support codes: 61493863' } },
    state: 'blocked',
    error: 'content_blocked',
    jobs: 0,
  },
  { name: 'credentials refused', rule: { submit: { status: 403 } }, state: 'failed', error: 'provider_auth', jobs: 0 },
  { name: 'a retired model', rule: { submit: { status: 404 } }, state: 'failed', error: 'model_unavailable', jobs: 0 },
  {
    name: '429 once, with a time to wait',
    rule: { ...once, submit: { status: 429, retryAfterSec: 30 } },
    state: 'succeeded',
    attempts: 2,
    outputs: 1,
  },
  {
    name: '429 for half an hour',
    rule: { times: 99, submit: { status: 429 } },
    state: 'failed',
    error: 'provider_quota',
    jobs: 0,
  },
  {
    name: '500 once: nothing appears, one more attempt',
    rule: { ...once, submit: { status: 500 } },
    state: 'succeeded',
    attempts: 2,
    outputs: 1,
  },
  {
    name: '503 for ever: two uncertain attempts at most',
    rule: { times: 9, submit: { status: 503 } },
    state: 'failed',
    error: 'submit_uncertain',
    attempts: 2,
    jobs: 0,
  },
  {
    name: 'a connection dropped before the job was taken',
    rule: { ...once, submit: { drop: 'before' } },
    state: 'succeeded',
    attempts: 2,
    outputs: 1,
  },
  {
    name: 'a connection dropped after the job was taken: its video is found',
    rule: { ...once, submit: { drop: 'after' } },
    state: 'succeeded',
    attempts: 1,
    outputs: 1,
  },
  {
    name: 'an answer to the submit that is not JSON',
    rule: { ...once, submit: { malformed: true } },
    state: 'succeeded',
    outputs: 1,
  },
  {
    name: 'polls that fail for a while',
    rule: { polls: [{ status: 429 }, { status: 500 }, { drop: 'before' }, { malformed: true }, { status: 403 }] },
    state: 'succeeded',
    attempts: 1,
    outputs: 1,
  },
  { name: 'a safety block', rule: { outcome: 'blocked' }, state: 'blocked', error: 'content_blocked', outputs: 0 },
  {
    name: 'one of two videos blocked',
    rule: { outcome: 'partly_blocked' },
    request: { videos: 2 },
    state: 'succeeded',
    outputs: 1,
  },
  {
    name: 'done without a video, again and again',
    rule: { times: 9, outcome: 'no_video' },
    state: 'failed',
    error: 'no_output',
    attempts: 3,
    jobs: 3,
  },
  {
    name: 'done without a video, once',
    rule: { ...once, outcome: 'no_video' },
    state: 'succeeded',
    attempts: 2,
    outputs: 1,
    jobs: 2,
  },
  {
    name: 'an internal error of the render, once',
    rule: { ...once, outcome: 'error', error: { code: 13, message: 'internal' } },
    state: 'succeeded',
    attempts: 2,
    outputs: 1,
    jobs: 2,
  },
  {
    name: 'a render refused for its input',
    rule: { outcome: 'error', error: { code: 3, message: 'bad image' } },
    state: 'failed',
    error: 'invalid_request',
    jobs: 1,
  },
  {
    name: 'a render that never ends',
    rule: { outcome: 'never' },
    state: 'expired',
    error: 'deadline_exceeded',
    attempts: 1,
    jobs: 1,
  },
  {
    name: 'a job that vanishes after it was made: its video is found',
    rule: { renderMs: 5_000, operationVanishes: true },
    state: 'succeeded',
    attempts: 1,
    outputs: 1,
  },
];

describe('each fault of the provider to its right end', () => {
  let stack: Stack;
  let ann: Client;

  before(async function () {
    this.timeout(30_000);
    stack = await frozenStack();
    ann = await clientFor(stack, 'ann');
  });
  after(() => stack?.stop());

  for (const row of ROWS) {
    it(row.name, async () => {
      const prompt = `fault: ${row.name}`;
      await script(stack, { match: { prompt }, ...row.rule });
      const id = await ann.generate({ prompt, ...row.request });
      await stack.host.drainTasks();
      const view = await ann.generation(id);
      assert.equal(view.state, row.state);
      assert.equal(view.error?.code, row.error);
      if (row.attempts !== undefined) assert.equal(view.attempts, row.attempts);
      if (row.outputs !== undefined) assert.equal(view.outputs.length, row.outputs);
      const jobs = (await send(`${stack.vendors.url}/__vendors/veo/jobs`)).body.jobs as { prompt: string }[];
      if (row.jobs !== undefined) assert.equal(jobs.filter((job) => job.prompt === prompt).length, row.jobs);
      const ends = (await eventsOf(id)).filter((event) => event.type === `generation.${row.state}`);
      assert.equal(ends.length, 1, 'the end is told once');
      const { body: metrics } = await ann.call('GET', `/generations/${id}/metrics`);
      assert.equal(metrics.outcome, row.state);
      assert.equal(metrics.errorCode, row.error);
    });
  }
});
