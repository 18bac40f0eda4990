import assert from 'node:assert/strict';
import { type Client, clientFor, database, type QuietStack, quietStack, script } from '../stack/harness.ts';

const PROMPT = 'MARKED-PROMPT';
const NEGATIVE = 'MARKED-NEGATIVE';
const KEY = 'MARKED-KEY';
const FORGED = 'MARKED-TOKEN';
const EMAIL = 'ann@example.test';

/** How the provider treats each wish; its messages quote the prompt, as a careless one might. */
const FAULTS: Record<string, object> = {
  works: {},
  'refused as invalid': { submit: { status: 400, message: `Invalid prompt: "${PROMPT}"` } },
  'refused as unsafe': { submit: { status: 400, message: `${PROMPT} is blocked. Support codes: 61493863` } },
  'out of quota': { times: 9, submit: { status: 429, message: `no capacity for ${PROMPT}` } },
  uncertain: { times: 9, submit: { status: 503, message: `lost ${PROMPT}` } },
  malformed: { submit: { malformed: true } },
  dropped: { submit: { drop: 'after' } },
  'polls badly': { polls: [{ status: 500, message: PROMPT }, { malformed: true }, { drop: 'before' }] },
  'fails inside': { times: 9, outcome: 'error', error: { code: 13, message: `cannot draw ${PROMPT}` } },
  'is refused late': { outcome: 'error', error: { code: 3, message: `bad ${PROMPT}` } },
  'is blocked': { outcome: 'blocked' },
  'never ends': { outcome: 'never' },
};

describe('what a user wrote stays out of logs, events and errors', () => {
  let stack: QuietStack;
  let ann: Client;
  const errors: string[] = [];

  before(async function () {
    this.timeout(60_000);
    stack = await quietStack();
    ann = await clientFor(stack, 'ann');
    const ids: string[] = [];
    for (const [name, rule] of Object.entries(FAULTS)) {
      const prompt = `${PROMPT} ${name}`;
      await script(stack, { match: { prompt }, ...rule });
      const wish = { model: 'veo-3.1-fast-generate-001', prompt, negativePrompt: NEGATIVE, durationSec: 4 };
      const asked = await ann.call('POST', '/generations', wish, { 'Idempotency-Key': `${KEY}-${ids.length}` });
      assert.equal(asked.status, 202);
      ids.push(asked.body.id);
      const again = await ann.call(
        'POST',
        '/generations',
        { ...wish, seed: 1 },
        { 'Idempotency-Key': `${KEY}-${ids.length - 1}` },
      );
      assert.equal(again.status, 422);
      errors.push(JSON.stringify(again.body));
    }
    await stack.host.drainTasks();
    for (const id of ids) {
      const view = await ann.generation(id);
      assert.ok(view.endedAt, `${view.prompt}: ${view.state}`);
      errors.push(JSON.stringify({ ...view, prompt: '', negativePrompt: '' }));
      errors.push(JSON.stringify((await ann.call('PUT', `/generations/${id}/rating`, { stars: 9 })).body));
      errors.push(JSON.stringify((await ann.call('POST', `/generations/${id}/cancel`)).body));
    }
    const refused = [
      await ann.call('POST', '/generations', { model: PROMPT, prompt: PROMPT, durationSec: PROMPT }),
      await ann.call('POST', '/generations', { model: 'veo-3.1-fast-generate-001', prompt: PROMPT, style: PROMPT }),
      await ann.call('GET', `/generations?cursor=${PROMPT}`),
      await ann.call('GET', '/models', undefined, { Authorization: `Bearer ${FORGED}.a.b` }),
    ];
    for (const { status, body } of refused) {
      assert.ok(status === 400 || status === 401);
      errors.push(JSON.stringify(body));
    }
    await stack.host.settle();
  });
  after(() => stack?.stop());

  const assertNoMarks = (text: string, what: string) => {
    for (const mark of [PROMPT, NEGATIVE, KEY, FORGED, EMAIL, ann.idToken, ann.idToken.split('.')[1] ?? ann.idToken]) {
      const at = text.indexOf(mark);
      assert.equal(at, -1, `${what} tells ${mark.slice(0, 20)}: …${text.slice(Math.max(0, at - 200), at + 60)}…`);
    }
  };

  it('no log line', () => {
    assert.ok(stack.logs.lines.length > 100);
    assertNoMarks(stack.logs.text(), 'the log');
  });

  it('every log line names its component, and those of a request its id', () => {
    for (const line of stack.logs.lines) {
      assert.match(line.component ?? '', /^(http|aggregation|(generation|alerting)(\.\w+)?)$/, JSON.stringify(line));
      if (line.component === 'http') assert.match(line.requestId ?? '', /^[A-Za-z0-9-]{8,64}$/);
    }
  });

  it('there is one line for each answer', () => {
    const ids = stack.logs.lines.filter(({ message }) => message === 'answered').map(({ requestId }) => requestId);
    assert.equal(new Set(ids).size, ids.length);
    assert.equal(ids.length, Object.keys(FAULTS).length * 5 + 4);
  });

  for (const collection of ['analytics_events', 'video_generation_metrics', 'projection_state']) {
    it(`no document in ${collection}`, async () => {
      const { docs } = await (await database()).collection(collection).get();
      if (collection !== 'projection_state') assert.ok(docs.length >= Object.keys(FAULTS).length);
      assertNoMarks(JSON.stringify(docs.map((doc) => [doc.id, doc.data()])), collection);
    });
  }

  it('no error that is answered', () => {
    for (const error of errors) assertNoMarks(error, 'an answer');
  });

  it('nothing that is answered tells how it is done inside', () => {
    for (const error of errors) assert.doesNotMatch(error, /operations\/|attempts\/|storageUri|stack|vertex/i);
  });
});
