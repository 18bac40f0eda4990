import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Client, clientFor, type QuietStack, quietStack, send, storedObjects } from '../stack/harness.ts';
import { fitting, jsonText, type Schema, unfitting } from './brokenJson.ts';
import { assertPlatformRefusal, isRefusedByThePlatform } from './platformRefusal.ts';
import { directUrl, type RawAnswer, type RawRequest, raw } from './raw.ts';
import { assertRefusal } from './refusal.ts';
import { noObjects, strangeIds, strangeKeys, strangeTokens, strangeTypes } from './strangeParts.ts';
import { ENDPOINTS, type Fuzzed } from './writeEndpoints.ts';

const JSON_TYPE = { 'Content-Type': 'application/json' };
const RUNS = 30;
const seeded = { seed: 1, numRuns: RUNS };

describe('every write endpoint refuses whatever does not fit', () => {
  let stack: QuietStack;
  let ann: Client;
  let root: Client;
  /** What paths name: a generation of the caller's own that has ended, a key of theirs, somebody else's. */
  const ids = { user: 'ann', generation: '', strange_generation: '', own_api_key: '', strange_api_key: '' };
  let described: Record<string, { requestBody?: { content: Record<string, { schema: Schema }> } }>;

  before(async function () {
    this.timeout(30_000);
    stack = await quietStack();
    ann = await clientFor(stack, 'ann');
    ids.generation = await ann.generate();
    await stack.host.drainTasks();
    assert.equal((await ann.generation(ids.generation)).state, 'succeeded');
    root = await clientFor(stack, 'root', { role: 'admin' });
    const eve = await clientFor(stack, 'eve');
    const keyOf = async (owner: Client): Promise<string> =>
      (await owner.call('POST', '/api-keys', { name: 'x', scopes: ['generate'] })).body.id;
    ids.own_api_key = await keyOf(ann);
    ids.strange_api_key = await keyOf(eve);
    ids.strange_generation = await eve.generate();
    await stack.host.drainTasks();
    const { body } = await send(`${stack.url}/api/v1/openapi.json`);
    described = Object.fromEntries(
      Object.entries(body.paths as Record<string, object>).flatMap(([path, methods]) =>
        Object.entries(methods)
          .filter(([method]) => method !== 'get')
          .map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation]),
      ),
    );
  });
  after(() => stack?.stop());

  it('has an entry here for each one that the running system describes', () => {
    assert.deepEqual(Object.keys(ENDPOINTS).sort(), Object.keys(described).sort());
  });

  const askerOf = ({ by }: Fuzzed) => (by === 'admin' ? root : ann);
  const pathOf = ({ path, about = 'generation' }: Fuzzed) => path(ids[about]);

  /** Writes and deletes so far; those of the sweeper, of aggregation and of measured answer times, which passing time brings, left out. */
  function written(): number {
    const { total, byCollection } = stack.cloud.firestore.usage();
    const passing = ['projection_state', 'system_performance_metrics', 'api_latency'];
    return total.writes + total.deletes - passing.reduce((sum, name) => sum + (byCollection[name]?.writes ?? 0), 0);
  }

  /** Everything that may have been kept: documents, objects, tasks. */
  async function kept() {
    const { queues } = (await send(`${stack.url}/__local/tasks`)).body as { queues: { depth: number }[] };
    return { written: written(), objects: await storedObjects(stack), tasks: queues.map(({ depth }) => depth) };
  }

  /** Sends a request, in the next minute where this one is full. */
  async function patiently(request: RawRequest): Promise<RawAnswer> {
    const answer = await raw(directUrl(stack.url), request);
    if (answer.status !== 429) return answer;
    await stack.host.advanceBy(60_000);
    return raw(directUrl(stack.url), request);
  }

  /** Sends each request and checks that it is refused and changed nothing. */
  async function allRefused(name: string, requests: fc.Arbitrary<Partial<RawRequest>>, runs = RUNS): Promise<void> {
    const endpoint = ENDPOINTS[name];
    assert.ok(endpoint);
    const [method = ''] = name.split(' ');
    const before = await kept();
    await fc.assert(
      fc.asyncProperty(requests, async (request) => {
        const headers = { Authorization: `Bearer ${askerOf(endpoint).idToken}`, ...JSON_TYPE, ...request.headers };
        const sent = { path: pathOf(endpoint), method, ...request, headers };
        const { status, headers: answered, text } = await patiently(sent);
        if (isRefusedByThePlatform(sent)) assertPlatformRefusal(status, text);
        else assertRefusal({ status, headers: answered, body: text });
        assert.notEqual(status, 429);
        assert.equal(written(), before.written, 'nothing was written');
      }),
      { ...seeded, numRuns: runs },
    );
    assert.deepEqual(await kept(), before);
  }

  for (const [at, [name, endpoint]] of Object.entries(ENDPOINTS).entries()) {
    describe(name, () => {
      // All endpoints have the same limit: every second one is tried in chunks.
      const isChunked = at % 2 === 1;
      // The rest of the request is whole, so that what a test breaks is the only thing wrong.
      const whole = JSON.stringify(endpoint.body ?? {});
      const schemaOf = (): Schema => {
        const schema = described[name]?.requestBody?.content['application/json']?.schema;
        assert.ok(schema);
        return schema;
      };

      if (endpoint.body !== undefined) {
        it('bodies that break its schema', () =>
          allRefused(
            name,
            unfitting(schemaOf(), endpoint.body).map((value) => ({ body: jsonText(value) })),
          )).timeout(30_000);

        it('bodies with everything optional, and one thing wrong', () => {
          const full = { ...fittingAll(schemaOf()), ...endpoint.body };
          const bodies = unfitting(schemaOf(), full).map((value) => ({ body: jsonText(value) }));
          return allRefused(name, bodies);
        }).timeout(30_000);

        it('bodies that fit the schema, and mean what cannot be', async () => {
          for (const wrong of endpoint.alsoWrong ?? []) {
            await allRefused(name, fc.constant({ body: JSON.stringify(wrong) }), 1);
          }
        });

        it('bodies that are no JSON object, or not whole', () =>
          allRefused(
            name,
            noObjects(whole).map((body) => ({ body })),
          ));

        it('other content types, and none', () =>
          allRefused(
            name,
            strangeTypes.map((type) => ({ body: whole, headers: { 'Content-Type': type } })),
            60,
          ));

        it(`a body of over 20 MiB, ${isChunked ? 'sent in chunks' : 'told beforehand'}`, () => {
          const body = `${whole.slice(0, -1)},"x":"${'x'.repeat(20 * 2 ** 20)}"}`;
          return allRefused(name, fc.constant({ body, chunked: isChunked }), 1);
        });
      } else {
        it('any body', () => {
          const bodies = fc.constantFrom('', '{}', '[1]', '{"a":1}', '{', 'null', 'x'.repeat(100_000));
          return allRefused(
            name,
            bodies.map((body) => ({ body })),
          );
        });
      }

      if (endpoint.takesKey) {
        it('strange idempotency keys', () =>
          allRefused(
            name,
            strangeKeys.map((key) => ({ body: whole, headers: { 'Idempotency-Key': key } })),
            100,
          ));
      }

      if (name.includes('{id}')) {
        it('strange ids in the path', () =>
          allRefused(
            name,
            strangeIds.map((id) => ({ path: endpoint.path(id), body: whole })),
          ));
      }

      it('no token, and what is none', () =>
        allRefused(
          name,
          strangeTokens.map((Authorization) => ({ body: whole, headers: { Authorization } })),
          20,
        ));
    });
  }

  describe('after all that', () => {
    it('the requests that were broken still work when they are whole', async () => {
      await stack.host.advanceBy(60_000);
      for (const [name, endpoint] of Object.entries(ENDPOINTS)) {
        if (endpoint.body === undefined) continue;
        const [method = ''] = name.split(' ');
        const { status } = await askerOf(endpoint).call(method, pathOf(endpoint).replace('/api/v1', ''), endpoint.body);
        assert.equal(status, endpoint.works ?? (method === 'POST' ? 202 : 200), name);
      }
      await stack.host.settle();
    });

    it('each answer was logged, none as an error, and no object has inherited anything', () => {
      const answered = stack.logs.lines.filter(
        ({ component, message }) => component === 'http' && message === 'answered',
      );
      assert.ok(answered.length > 1_500, `${answered.length}`);
      assert.deepEqual(
        stack.logs.lines.filter(({ severity }) => severity === 'ERROR'),
        [],
      );
      assert.equal('polluted' in {}, false);
    });
  });
});

function fittingAll({ properties = {} }: Schema): Record<string, unknown> {
  const plain = Object.entries(properties).filter(([, { type }]) => type && type !== 'object' && type !== 'array');
  return Object.fromEntries(plain.map(([key, schema]) => [key, fitting(schema)]));
}
