import assert from 'node:assert/strict';
import { bigQuery } from '../../src/platform/bigquery/client.ts';
import { QueryFailed, runQuery } from '../../src/platform/bigquery/query.ts';
import { startWorld, type World } from './project/world.ts';

/** Of which an answer is of no interest here. */
const QUERY = 'warehouse/day_counts';
const PARAMS = { from: new Date('2026-01-01'), to: new Date('2026-01-02') };

describe('platform/bigquery/query', function () {
  this.timeout(30_000);
  let world: World;
  before(async () => {
    world = await startWorld();
    await world.beginAnew();
  });
  after(() => world?.stop());
  afterEach(() => world.noFaults());

  it('gives up a query that takes longer than it may', async () => {
    // On a clock that stands still.
    await world.faults({ slowMs: 1_000 });
    const failure = await failureOf({ timeoutMs: 300 });
    assert.equal(failure.reason, 'timeout');
    assert.match(failure.message, /warehouse\/day_counts: no answer in 300 ms/);
  });

  it('tries once more where BigQuery is down, and no longer', async () => {
    await world.faults({ down: true });
    const startMs = performance.now();
    await failureOf();
    assert.ok(performance.now() - startMs < 8_000);
  });

  it('says so where nothing answers', async () => {
    const client = await bigQuery();
    const { baseUrl } = client;
    // Nothing listens on port 1.
    client.baseUrl = 'http://127.0.0.1:1';
    const failure = await failureOf();
    client.baseUrl = baseUrl;
    assert.equal(failure.reason, 'noConnection');
  });

  async function failureOf(limits = {}): Promise<QueryFailed> {
    const failure = await runQuery(QUERY, PARAMS, limits).then(
      () => assert.fail('it has failed'),
      (error: unknown) => error,
    );
    assert.ok(failure instanceof QueryFailed);
    return failure;
  }
});
