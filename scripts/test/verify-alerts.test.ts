import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { differencesIn } from '../verify-alerts/differences.ts';
import { rulesFile, testFile } from '../verify-alerts/files.ts';
import { ourStates } from '../verify-alerts/ours.ts';
import { testRules } from '../verify-alerts/promtool.ts';
import { batches, type Case, type Sample } from '../verify-alerts/series.ts';
import { verify, writeFiles } from '../verify-alerts/verify.ts';

/** Tests that only a machine with promtool has; `npm run verify-alerts` brings its own. */
const whereThereIsPromtool = spawnSync('promtool', ['--version']).status === 0 ? it : () => undefined;

function caseOf(samples: readonly Sample[], fields: Partial<Case> = {}): Case {
  return {
    ...{ name: 'one', op: '>', bound: 10, forMin: 2, keepFiringMin: 2, samples, acknowledgedAt: new Set<number>() },
    ...fields,
  };
}

describe('the comparison with Prometheus', () => {
  it('has as many series as asked for, the same for the same seed', () => {
    const made = batches(203);
    assert.equal(made.flatMap(({ cases }) => cases).length, 203);
    assert.deepEqual(made, batches(203));
    assert.notDeepEqual(made, batches(203, 2));
    const samples = made.flatMap(({ cases }) => cases.flatMap((one) => one.samples));
    for (const kind of ['missing', 'stale'] as const) assert.ok(samples.filter((each) => each === kind).length > 100);
  });

  it('sees our states as Prometheus calls them', () => {
    const states = ourStates(caseOf([5, 11, 11, 11, 5, 5, 5, 11, 11, 11]), 60);
    assert.deepEqual(states, [
      ...['inactive', 'pending', 'pending', 'firing', 'firing', 'firing', 'inactive'],
      ...['pending', 'pending', 'firing'],
    ]);
    const acknowledged = ourStates(caseOf([11, 11, 11, 11], { acknowledgedAt: new Set([2]) }), 60);
    assert.deepEqual(acknowledged, ['pending', 'pending', 'firing', 'firing']);
  });

  it('sees a sample for five minutes, unless the series has ended', () => {
    const rule = { forMin: 0, keepFiringMin: 0 };
    const gap = Array.from({ length: 6 }, (): Sample => 'missing');
    assert.deepEqual(ourStates(caseOf([11, ...gap], rule), 60).lastIndexOf('firing'), 5);
    assert.deepEqual(ourStates(caseOf([11, 'stale', 'missing'], rule), 60), ['firing', 'inactive', 'inactive']);
  });

  it('writes rules and tests as Prometheus reads them', () => {
    const batch = { intervalSec: 60, cases: [caseOf([5, 'missing', 'stale', 11])] };
    assert.deepEqual(parse(rulesFile(batch)), {
      groups: [{ name: 'all', rules: [{ alert: 'one', expr: 'm_one > 10', for: '2m', keep_firing_for: '2m' }] }],
    });
    const { tests, ...rest } = parse(testFile(batch, 'r.yaml'));
    assert.deepEqual(rest, { rule_files: ['r.yaml'], evaluation_interval: '60s' });
    assert.deepEqual(tests[0].input_series, [{ series: 'm_one', values: '5 _ stale 11' }]);
    assert.deepEqual(tests[0].promql_expr_test.at(-1), {
      ...{ expr: 'ALERTS', eval_time: '180s' },
      exp_samples: [{ labels: 'ALERTS{alertname="one", alertstate="pending"}', value: 1 }],
    });
  });

  it('finds what promtool says differs', () => {
    const output = `  FAILED:
    expr: "ALERTS", time: 1h1m30s,
        exp:"{__name__=\\"ALERTS\\", alertname=\\"one\\", alertstate=\\"firing\\"} 1E+00, {alertname=\\"two\\", alertstate=\\"pending\\"} 1E+00",
        got:"{__name__=\\"ALERTS\\", alertname=\\"one\\", alertstate=\\"pending\\"} 1E+00, {alertname=\\"two\\", alertstate=\\"pending\\"} 1E+00"`;
    assert.deepEqual(differencesIn(output), [{ rule: 'one', atSec: 3_690, ours: 'firing', prometheus: 'pending' }]);
    assert.deepEqual(differencesIn('SUCCESS'), []);
  });

  whereThereIsPromtool('holds for a few series', function (this: Mocha.Context) {
    this.timeout(60_000);
    const { differences, batches: compared } = verify(20, 7);
    assert.deepEqual(differences, []);
    assert.ok(compared.every(({ passed }) => passed));
  });

  whereThereIsPromtool('does not hold when a state is wrong', function (this: Mocha.Context) {
    this.timeout(60_000);
    const folder = mkdtempSync(join(tmpdir(), 'dailies-alerts-'));
    try {
      const waits = (forMin: number) => ({ intervalSec: 60, cases: [caseOf([11, 11, 11, 11, 11], { forMin })] });
      const path = writeFiles(folder, waits(3));
      writeFileSync(join(folder, 'every60s.rules.yaml'), rulesFile(waits(2)));
      const { passed, output } = testRules('promtool', [path]);
      assert.equal(passed, false);
      assert.deepEqual(differencesIn(output), [{ rule: 'one', atSec: 120, ours: 'pending', prometheus: 'firing' }]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
