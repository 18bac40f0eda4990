import assert from 'node:assert/strict';
import { type Called, startMonitoring } from './monitoring-started.ts';

describe('descriptors and policies that the stand-in for Cloud Monitoring is sent', () => {
  let at: Called;
  before(async () => {
    at = await startMonitoring();
  });
  after(() => at?.stop());
  beforeEach(() => at.reset());

  const descriptors: [string, RegExp, object][] = [
    ['another type of value', /cannot be changed/, { valueType: 'DOUBLE' }],
    ['a delta', /GAUGE or CUMULATIVE/, { metricKind: 'DELTA' }],
    ['a name of somebody else', /a custom metric type/, { type: 'compute.googleapis.com/x' }],
    ['a unit that is none', /a unit of UCUM/, { unit: 'lightyears' }],
    ['a label that is none', /a label key/, { labels: [{ key: 'a-b' }] }],
    ['31 labels', /Invalid number of labels/, { labels: Array.from({ length: 31 }, (_, n) => ({ key: `l${n}` })) }],
  ];
  for (const [what, reason, change] of descriptors) {
    it(`refuses a descriptor with ${what}`, async () => {
      const { status, body } = await at.describeMetric(change);
      assert.equal(status, 400);
      assert.match(body.error.message, reason);
    });
  }

  it('keeps the labels of a descriptor that is described anew', async () => {
    const { body } = await at.describeMetric({ labels: [{ key: 'more' }], unit: '{task}' });
    assert.deepEqual(
      body.labels.map(({ key }: { key: string }) => key),
      ['more', 'queue'],
    );
    assert.equal(body.unit, '{task}');
  });

  const filter = 'metric.type="custom.googleapis.com/x/tasks" AND resource.type="global"';
  const aggregations = [{ alignmentPeriod: '60s', perSeriesAligner: 'ALIGN_MAX' }];
  const threshold = { filter, aggregations, comparison: 'COMPARISON_GT', thresholdValue: 1, duration: '60s' };
  const absent = { filter, aggregations, duration: '300s' };
  const policies: [string, RegExp | undefined, object][] = [
    ['a threshold', undefined, { conditionThreshold: threshold }],
    ['an absence', undefined, { conditionAbsent: absent }],
    ['an absence of a minute', /must be 120 to 84600 seconds/, { conditionAbsent: { ...absent, duration: '60s' } }],
    ['half a minute', /multiple of one minute/, { conditionThreshold: { ...threshold, duration: '90s' } }],
    [
      'no resource',
      /restriction on "resource.type"/,
      { conditionAbsent: { ...absent, filter: filter.split(' AND')[0] } },
    ],
    [
      'an unknown metric',
      /Cannot find metric/,
      { conditionAbsent: { ...absent, filter: filter.replace('tasks', 'none') } },
    ],
    ['both conditions', /must have one of/, { conditionThreshold: threshold, conditionAbsent: absent }],
    [
      'equality',
      /only COMPARISON_LT and COMPARISON_GT/,
      { conditionThreshold: { ...threshold, comparison: 'COMPARISON_GE' } },
    ],
    [
      'ten seconds to align',
      /at least 60 seconds/,
      { conditionThreshold: { ...threshold, aggregations: [{ ...aggregations[0], alignmentPeriod: '10s' }] } },
    ],
    [
      'more than a day to align',
      /at most 90000 seconds/,
      { conditionThreshold: { ...threshold, aggregations: [{ ...aggregations[0], alignmentPeriod: '90060s' }] } },
    ],
    [
      'missing data at once',
      /needs a duration of 60/,
      { conditionThreshold: { ...threshold, duration: '0s', evaluationMissingData: 1 } },
    ],
  ];
  for (const [what, reason, condition] of policies) {
    it(`${reason ? 'refuses' : 'takes'} a policy with ${what}`, async () => {
      const policy = { displayName: 'x', combiner: 'OR', conditions: [{ displayName: 'y', ...condition }] };
      const { status, body } = await at.call('POST', 'v3/projects/demo-m/alertPolicies', policy);
      assert.equal(status, reason ? 400 : 200, JSON.stringify(body));
      if (reason) assert.match(body.error.message, reason);
    });
  }

  for (const [autoClose, status] of Object.entries({ '1799s': 400, '1800s': 200, '604800s': 200, '604801s': 400 })) {
    it(`${status === 200 ? 'takes' : 'refuses'} incidents that close after ${autoClose}`, async () => {
      const conditions = [{ displayName: 'y', conditionAbsent: absent }];
      const policy = { displayName: 'x', combiner: 'OR', conditions, alertStrategy: { autoClose } };
      const answer = await at.call('POST', 'v3/projects/demo-m/alertPolicies', policy);
      assert.equal(answer.status, status);
      if (status === 400) assert.match(answer.body.error.message, /autoClose.*1800 to 604800 seconds/);
    });
  }
});
