import assert from 'node:assert/strict';
import { ROUTES } from '../../../src/core/access/routes.ts';
import { exposition } from '../../../src/core/scrape/exposition.ts';
import { portionsOf, requestFamilies } from '../../../src/core/scrape/requests.ts';

describe("Prometheus's text format", () => {
  it('has help, type and a line for each series; what has none is left out', () => {
    const text = exposition([
      { name: 'a_total', help: 'What\nit \\ means.', type: 'counter', samples: [{ labels: {}, value: 3 }] },
      { name: 'b', help: 'b.', type: 'gauge', samples: [{ labels: { model: 'a"b\\c\nd', kind: 'x' }, value: 0.25 }] },
      { name: 'c', help: 'c.', type: 'gauge', samples: [] },
    ]);
    assert.deepEqual(text.split('\n'), [
      ...['# HELP a_total What\\nit \\\\ means.', '# TYPE a_total counter', 'a_total 3'],
      ...['# HELP b b.', '# TYPE b gauge', 'b{model="a\\"b\\\\c\\nd",kind="x"} 0.25', ''],
    ]);
  });

  it('has histograms whose buckets add up', () => {
    const counts = new Map([
      ['25', 2],
      ['100', 1],
      ['inf', 1],
      ['sumMs', 70_500],
      ['2xx', 3],
      ['5xx', 1],
    ]);
    const lines = exposition(requestFamilies(new Map([['GET /api/v1/generations/:id', counts]]))).split('\n');
    const labels = 'endpoint="/api/v1/generations/:id",method="GET"';
    const statuses = lines.filter((line) => line.startsWith('api_requests_total')).map((line) => line.slice(-8));
    assert.deepEqual(statuses, ['"2xx"} 3', '"3xx"} 0', '"4xx"} 0', '"5xx"} 1']);
    const values = lines
      .filter((line) => line.startsWith('api_request_duration_seconds'))
      .map((line) => {
        return line.replace(`api_request_duration_seconds`, '').replace(`${labels}`, '');
      });
    assert.deepEqual(values, [
      ...['_bucket{,le="0.01"} 0', '_bucket{,le="0.025"} 2', '_bucket{,le="0.05"} 2', '_bucket{,le="0.1"} 3'],
      ...['_bucket{,le="0.25"} 3', '_bucket{,le="0.5"} 3', '_bucket{,le="1"} 3', '_bucket{,le="2.5"} 3'],
      ...['_bucket{,le="5"} 3', '_bucket{,le="10"} 3', '_bucket{,le="30"} 3', '_bucket{,le="60"} 3'],
      ...['_bucket{,le="+Inf"} 4', '_sum{} 70.5', '_count{} 4'],
    ]);
  });
});

describe('counts of requests to be added', () => {
  it('come in portions that Firestore takes in one commit, each count in one of them', () => {
    const names = [
      '10',
      '25',
      '50',
      '100',
      '250',
      '500',
      '1000',
      '2500',
      '5000',
      '10000',
      '30000',
      '60000',
      'inf',
      'sumMs',
    ];
    const sums = new Map([...names, '2xx', '3xx', '4xx', '5xx'].map((name) => [name, 1]));
    const counts = new Map(Object.keys(ROUTES).map((route) => [route, sums]));
    const portions = portionsOf(counts);
    for (const portion of portions) assert.ok(portion.size * sums.size <= 500, String(portion.size));
    assert.deepEqual(new Map(portions.flatMap((portion) => [...portion])), counts);
    assert.equal(
      portions.reduce((sum, { size }) => sum + size, 0),
      counts.size,
    );
    assert.deepEqual(portionsOf(new Map()), []);
  });
});
