import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  DESCRIPTORS,
  METRIC_NAMES,
  METRIC_PREFIX,
  type MetricName,
} from '../../functions/src/core/monitoring/descriptors.ts';
import type { MonitoringPlace } from '../../functions/test/features/monitoring/place.ts';
import { PROJECT_ID } from '../../local/stack/project.ts';
import type { MonitoringFile } from '../monitoring/files.ts';
import { type Monitored, startMonitored } from './monitored.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Every object in a value, however deep. */
function objectsIn(value: unknown): Record<string, unknown>[] {
  if (Array.isArray(value)) return value.flatMap(objectsIn);
  if (typeof value !== 'object' || value === null) return [];
  return [value as Record<string, unknown>, ...Object.values(value).flatMap(objectsIn)];
}

/** What a file says of metrics: the filters, and with which labels series are told apart. */
function mentionsIn({ json }: MonitoringFile): { filter: string; labels: string[] }[] {
  return objectsIn(json).flatMap((each) =>
    (['filter', 'denominatorFilter'] as const).flatMap((name) => {
      const filter = each[name];
      if (typeof filter !== 'string') return [];
      const fields = objectsIn([each.aggregation, each.aggregations]).flatMap(
        ({ groupByFields = [] }) => groupByFields as string[],
      );
      const named = [...`${filter} ${fields.join(' ')}`.matchAll(/metric\.labels?\.(\w+)/g)].map(
        ([, label = '']) => label,
      );
      return [{ filter, labels: named }];
    }),
  );
}

const isMetric = (name: string): name is MetricName => Object.hasOwn(DESCRIPTORS, name);
/** The metric that a filter is about. */
function nameIn(filter: string): MetricName {
  const name = (/metric\.type="([^"]+)"/.exec(filter)?.[1] ?? '').replace(METRIC_PREFIX, '');
  return isMetric(name) ? name : assert.fail(filter);
}

describe('dashboards/monitoring', function () {
  this.timeout(60_000);
  let files: MonitoringFile[];
  let place: MonitoringPlace;
  let monitored: Monitored;

  before(async () => {
    monitored = await startMonitored();
    ({ files, place } = monitored);
  });
  after(() => monitored?.stop());
  beforeEach(() => monitored.reset());

  /** The API itself, which takes no field that it does not know. */
  async function post(file: MonitoringFile, json: unknown = file.json) {
    const path = file.kind === 'dashboard' ? 'v1' : 'v3';
    const collection = file.kind === 'dashboard' ? 'dashboards' : 'alertPolicies';
    const answer = await fetch(`${place.url}/${path}/projects/${PROJECT_ID}/${collection}`, {
      ...{ method: 'POST', headers: { Authorization: 'Bearer any' }, body: JSON.stringify(json) },
    });
    return { status: answer.status, text: await answer.text() };
  }
  it('has a dashboard and these policies', () => {
    assert.deepEqual(
      files.map(({ slug, kind }) => `${kind} ${slug}`),
      [
        ...['policy counting-late', 'dashboard dailies', 'policy evaluator-silent', 'policy high-cost'],
        ...['policy low-success', 'policy queue-backlog', 'policy slow-generation'],
      ],
    );
  });

  it('names metrics and labels that there are', () => {
    for (const file of files) {
      const mentions = mentionsIn(file);
      assert.ok(mentions.length > 0, file.path);
      for (const { filter, labels } of mentions) {
        const name = nameIn(filter);
        for (const label of labels) assert.ok(Object.hasOwn(DESCRIPTORS[name].labels, label), `${file.path}: ${label}`);
      }
    }
  });

  it('shows every metric', () => {
    const shown = JSON.stringify(files.filter(({ kind }) => kind === 'dashboard').map(({ json }) => json));
    assert.deepEqual(
      METRIC_NAMES.filter((name) => !shown.includes(`${METRIC_PREFIX}${name}\\"`)),
      [],
    );
  });

  it('is taken by the API, file by file', async () => {
    for (const file of files) assert.equal((await post(file)).status, 200, `${file.path}: ${(await post(file)).text}`);
  });

  const spoilt: [string, RegExp, (text: string) => string][] = [
    [
      'a metric that there is not',
      /Cannot find metric/,
      (text) => text.replace('video_generation/', 'video_generations/'),
    ],
    [
      'a label that there is not',
      /There is no label metric.label.state/,
      (text) => text.replace('label.outcome', 'label.state'),
    ],
    [
      'an aligner that does not go',
      /perSeriesAligner had an invalid value/,
      (text) => text.replace('ALIGN_SUM', 'ALIGN_RATE'),
    ],
    ['a field that there is not', /Unknown name \\"kolumns\\"/, (text) => text.replace('"columns"', '"kolumns"')],
    ['a tile upon another', /overlaps with tile/, (text) => text.replace('"xPos":12', '"xPos":11')],
    [
      'a coloured threshold in a chart',
      /color and direction are not allowed/,
      (text) => text.replace('[{"value":300}]', '[{"value":300,"color":"RED"}]'),
    ],
    ['a distribution as a line', /LINE cannot show DISTRIBUTION/, (text) => text.replace('HEATMAP', 'LINE')],
  ];
  for (const [what, reason, spoil] of spoilt) {
    it(`is refused with ${what}`, async () => {
      const file = files.find(({ kind }) => kind === 'dashboard') ?? assert.fail();
      const text = JSON.stringify(file.json);
      assert.notEqual(spoil(text), text);
      const { status, text: answer } = await post(file, JSON.parse(spoil(text)));
      assert.equal(status, 400);
      assert.match(answer, reason);
    });
  }

  it('has someone told when nobody evaluates the alerts', () => {
    const silent = files.find(({ slug }) => slug === 'evaluator-silent');
    const [condition] = objectsIn(silent?.json.conditions).flatMap(({ conditionAbsent }) => objectsIn(conditionAbsent));
    assert.match(String(condition?.filter), /alerting\/heartbeat"/);
    assert.equal(condition?.duration, '300s');
  });

  const policies = () => files.filter(({ kind }) => kind === 'policy');
  const thresholdsOf = ({ json }: MonitoringFile) =>
    objectsIn(json.conditions).flatMap(({ conditionThreshold }) => objectsIn(conditionThreshold).slice(0, 1));

  it('has an incident about silence stay open as long as there can be silence', () => {
    const ofSilence = policies().filter(({ json }) => JSON.stringify(json).includes('conditionAbsent'));
    assert.equal(ofSilence.length, 2);
    // By the default of Cloud Monitoring, its longest; what closes earlier does not open again while nothing comes.
    for (const { json, path } of ofSilence) assert.equal(objectsIn(json.alertStrategy)[0]?.autoClose, '604800s', path);
  });

  it('has nobody told of a share or a percentile of a few', () => {
    const isOfMany = (threshold: Record<string, unknown>) =>
      /video_generation\/ended"/.test(String(threshold.filter)) &&
      threshold.denominatorFilter === undefined &&
      threshold.comparison === 'COMPARISON_GT' &&
      Number(threshold.thresholdValue) >= 19;
    const ofShares = policies().filter((file) =>
      thresholdsOf(file).some((each) => each.denominatorFilter || JSON.stringify(each).includes('PERCENTILE')),
    );
    assert.deepEqual(
      ofShares.map(({ slug }) => slug),
      ['low-success', 'slow-generation'],
    );
    for (const file of ofShares) {
      assert.equal(file.json.combiner, 'AND', file.path);
      assert.ok(thresholdsOf(file).some(isOfMany), file.path);
    }
  });

  it('has nobody told because counting began anew or a history was imported', () => {
    const filters = policies().flatMap((file) => thresholdsOf(file).map(({ filter }) => String(filter)));
    assert.ok(filters.some((filter) => filter.includes('video_generation/cost"')));
    assert.deepEqual(
      filters.filter((filter) => DESCRIPTORS[nameIn(filter)].kind === 'CUMULATIVE'),
      [],
    );
  });

  it('names runbooks that there are', () => {
    for (const { json, path } of files) {
      for (const [runbook] of JSON.stringify(json).matchAll(/docs\/runbooks\/\w+\.md/g)) {
        assert.ok(existsSync(`${root}/${runbook}`), `${path}: ${runbook}`);
      }
    }
  });
});
