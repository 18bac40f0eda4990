import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { generationFamilies } from '../../src/core/scrape/generations.ts';
import { requestFamilies } from '../../src/core/scrape/requests.ts';
import { presentFamilies } from '../../src/core/scrape/state.ts';
import { noTotals } from '../../src/core/scrape/totals.ts';
import { dashboard, queries } from './grafana.ts';

const CONFIGURATION = new URL('../../../dashboards/grafana/prometheus.yml', import.meta.url);

const FAMILIES = [
  ...generationFamilies(noTotals(0)),
  ...requestFamilies(new Map()),
  ...presentFamilies({
    ...{ day: undefined, cursorAgeSec: undefined, recountMismatches: 0, queueDepths: {} },
    openEpisodes: { info: 0, warning: 0, critical: 0 },
  }),
];
const SERIES = new Set(
  FAMILIES.flatMap(({ name, type }) =>
    type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
  ),
);
const namesIn = (text: string) => text.match(/\b(?:video_generation|api|alert|aggregation|queue)_[a-z_]+/g) ?? [];

describe('the Grafana dashboard', () => {
  it('asks for metrics that there are', () => {
    const { templating } = dashboard();
    const asked = [...queries(), ...templating.list.map(({ definition = '' }) => definition)].flatMap(namesIn);
    assert.ok(asked.length > 30);
    assert.deepEqual(
      [...new Set(asked)].filter((name) => !SERIES.has(name)),
      [],
    );
  });

  it('uses variables that it has', () => {
    const { panels, templating } = dashboard();
    const used = panels.flatMap(({ targets = [] }) => targets.flatMap(({ expr }) => expr.match(/\$\w+/g) ?? []));
    const known = new Set(['$__rate_interval', ...templating.list.map(({ name }) => `$${name}`)]);
    assert.deepEqual(
      used.filter((name) => !known.has(name)),
      [],
    );
  });

  it('looks back far enough for how often it is scraped', () => {
    // Unless told otherwise, Grafana believes that it is every 15 s, and asks for the rate of a minute, which has one sample.
    const { scrape_configs: jobs } = parse(readFileSync(CONFIGURATION, 'utf8'));
    for (const { title, targets = [] } of dashboard().panels) {
      for (const { expr, interval } of targets) {
        if (expr.includes('$__rate_interval')) assert.equal(interval, jobs[0].scrape_interval, title);
      }
    }
  });

  it('has panels that do not lie on each other', () => {
    const { panels } = dashboard();
    const taken = new Map<string, string>();
    for (const { title, gridPos } of panels) {
      const { x, y, w, h } = gridPos;
      assert.ok(x + w <= 24, title);
      for (let column = x; column < x + w; column++) {
        for (let row = y; row < y + h; row++) {
          assert.equal(taken.get(`${column} ${row}`), undefined, title);
          taken.set(`${column} ${row}`, title);
        }
      }
    }
    assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
  });
});

describe('metrics', () => {
  it('are called as Prometheus calls them', () => {
    assert.equal(new Set(FAMILIES.map(({ name }) => name)).size, FAMILIES.length);
    for (const { name, type, help } of FAMILIES) {
      assert.match(name, /^[a-z][a-z_]*$/);
      assert.match(help, /^[A-Z].*\.$/, name);
      assert.equal(name.endsWith('_total'), type === 'counter', name);
    }
  });
});
