import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Stack } from '../../../../local/stack/in-process.ts';
import { type Client, capturedLogs, clientFor, type Logs } from '../../stack/harness.ts';
import { assertRefusal } from '../refusal.ts';
import { NOVEMBER, november } from './november.ts';

describe('who may ask for numbers, and how', function () {
  this.timeout(60_000);
  let stack: Stack;
  let logs: Logs;
  let analyst: Client;
  let ann: Client;

  before(async () => {
    logs = capturedLogs();
    stack = await november();
    analyst = await clientFor(stack, 'analyst', { role: 'analyst' });
    ann = await clientFor(stack, 'ann');
  });
  after(async () => {
    await stack?.stop();
    logs?.restore();
  });
  beforeEach(() => stack.host.advanceBy(60_000));

  async function get(path: string) {
    const { status, body } = await analyst.call('GET', path);
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  }

  it('answers 304 to who has the answer, and does not look at a bucket', async () => {
    const path = `/summary?${NOVEMBER}`;
    const first = await analyst.call('GET', path);
    const etag = first.headers.get('etag') ?? assert.fail();
    assert.equal(first.headers.get('cache-control'), 'private, max-age=10');
    assert.match(first.headers.get('vary') ?? '', /Authorization/);
    const ask = (to: string, who = analyst) => who.call('GET', to, undefined, { 'If-None-Match': `W/"x", ${etag}` });
    stack.cloud.firestore.resetUsage();
    const second = await ask(path);
    assert.deepEqual([second.status, second.body, second.headers.get('etag')], [304, '', etag]);
    assert.ok(stack.cloud.firestore.usage().total.reads <= 2);
    assert.equal((await ask(`${path}&tz=America/New_York`)).status, 200);
    const other = await clientFor(stack, 'other', { role: 'analyst' });
    assert.equal((await ask(path, other)).status, 200);
    await stack.host.advanceBy(60_000);
    assert.equal((await ask(path)).status, 200);
    const refused = await analyst.call('GET', '/summary?range=1y');
    assert.deepEqual(
      [refused.status, refused.headers.get('etag'), refused.headers.get('cache-control')],
      [...[400, null, 'no-store']],
    );
  });

  it('is for analysts', async () => {
    for (const path of ['/summary', '/performance', '/providers', '/errors', '/costs', '/metrics/generations']) {
      assertRefusal(await ann.call('GET', path), { status: 403, code: 'forbidden' });
    }
  });

  for (const query of [
    'from=2024-11-01',
    'range=7d&from=2024-11-01&to=2024-11-02',
    'from=2024-11-02&to=2024-11-01',
    'tz=Mars/Olympus',
    'tz=%2B05:30',
    'from=2024-11-01T10:00&to=2024-11-02',
    'from=2024-11-31&to=2024-12-02',
    'from=2024-11-01T10:00:30Z&to=2024-11-02',
    'style=noir&model=kling-v2',
    'what=else',
    'kind=poem',
  ]) {
    it(`refuses ${query}`, async () =>
      assertRefusal(await analyst.call('GET', `/summary?${query}`), { status: 400, code: 'invalid_request' }));
  }

  it('answers or refuses whatever is asked for', async () => {
    const orStrange = <T>(usual: T[], ...strange: string[]) =>
      fc.oneof(
        { weight: 12, arbitrary: fc.constantFrom<T | string>(...usual) },
        { weight: 1, arbitrary: fc.constantFrom<T | string>(...strange, '', '\0') },
      );
    const mostly = (usual: string[], strange: string[]) => orStrange(usual, ...strange);
    const rarely = (strange: string) => orStrange([undefined], strange);
    const word = mostly(['noir', 'kling', 'kling-v2', 'other', '*', 'a/b', 'constructor'], ['x'.repeat(101)]);
    const from = mostly(
      ['2024-11-01', '2024-11-05T10:00:00Z', '2024-10-20'],
      ['0001-01-01', '2024-02-30', 'now', '2000-01-01'],
    );
    const to = mostly(['2024-11-06', '2024-12-01T06:00:00+05:45', '2024-12-02'], ['9999-12-31', '2099-12-31', '-1']);
    const zones = ['UTC', 'America/New_York', 'Asia/Kathmandu', 'Etc/GMT+12', 'Pacific/Apia', 'Africa/Casablanca'];
    const tz = mostly(zones, ['x', '+01:00', '../etc']);
    const query = fc.record(
      {
        ...{ from, to, tz, provider: word, model: word, kind: mostly(['text_to_video'], ['x']) },
        ...{ compare: mostly(['previous', 'none'], ['x']), granularity: mostly(['15m', '1h', '1d'], ['1m']) },
        ...{ by: mostly(['cell', 'provider'], ['x']), limit: mostly(['1'], ['0']) },
        ...{ style: rarely('noir'), range: rarely('7d'), cursor: rarely('x') },
      },
      { requiredKeys: ['from', 'to'] },
    );
    const path = fc.constantFrom('summary', 'performance', 'providers', 'errors', 'costs', 'metrics/generations');
    const takes: Record<string, string[]> = {
      summary: ['provider', 'model', 'style', 'kind', 'compare', 'range'],
      performance: ['provider', 'model', 'style', 'kind', 'granularity', 'range'],
      providers: ['provider', 'model', 'kind', 'compare', 'by', 'range'],
      costs: ['provider', 'model', 'kind', 'compare', 'by', 'range'],
      errors: ['provider', 'model', 'kind', 'range'],
      'metrics/generations': ['model', 'limit', 'cursor'],
    };
    let answered = 0;
    const asking = fc.asyncProperty(path, query, async (route, asked) => {
      const taken = ['from', 'to', 'tz', ...(takes[route] ?? [])];
      const known = Object.entries(asked).filter(([name, value]) => value !== undefined && taken.includes(name));
      const told = await analyst.call(
        'GET',
        `/${route}?${new URLSearchParams(Object.fromEntries(known) as Record<string, string>)}`,
      );
      if (told.status === 200) answered++;
      else assertRefusal(told, { status: 400, code: 'invalid_request' });
      if (answered % 40 === 39) await stack.host.advanceBy(60_000);
    });
    await fc.assert(asking, { seed: 1, numRuns: 150, endOnFailure: true });
    assert.ok(answered > 30, String(answered));
  });

  it('defines every metric that it gives', async () => {
    const { metrics } = await get('/metric-definitions');
    const names = metrics.map(({ name }: { name: string }) => name);
    const given = Object.keys((await get('/summary')).metrics).filter((name) => !['users', 'ratings'].includes(name));
    assert.deepEqual(given, names);
  });

  it('lists what was measured, by model, outcome and time, in pages', async () => {
    const ids = async (query: string) => {
      const { generations, nextCursor } = await get(`/metrics/generations?${query}`);
      const times = generations.map(({ requestedAt }: { requestedAt: string }) => requestedAt.slice(0, 16));
      return { times, nextCursor };
    };
    assert.deepEqual((await ids('model=kling-v2&outcome=failed')).times, ['2024-11-05T12:00']);
    assert.deepEqual((await ids('outcome=failed')).times, ['2024-11-30T23:30', '2024-11-05T12:00']);
    assert.deepEqual((await ids('from=2024-11-06&to=2024-12-01&tz=America/New_York')).times, [
      ...['2024-12-01T04:30', '2024-11-30T23:30'],
    ]);
    const first = await ids('limit=4');
    const rest = await ids(`limit=4&cursor=${first.nextCursor}`);
    assert.deepEqual([first.times.length, rest.times.length, rest.nextCursor], [4, 3, undefined]);
    const { generations } = await get('/metrics/generations?model=kling-v1');
    assert.equal(generations[0].reported, true);
    assert.equal(generations[0].costUsd, 0.4);
    assert.equal('userKey' in generations[0], false);
  });
});
