import { stringify } from 'yaml';
import { ourStates, type State } from './ours.ts';
import type { Batch, Case, Sample } from './series.ts';

/** The rules of a batch, as Prometheus reads them. */
export function rulesFile({ cases }: Batch): string {
  const rules = cases.map(({ name, op, bound, forMin, keepFiringMin }) => ({
    ...{ alert: name, expr: `m_${name} ${op} ${bound}` },
    ...(forMin > 0 && { for: `${forMin}m` }),
    ...(keepFiringMin > 0 && { keep_firing_for: `${keepFiringMin}m` }),
  }));
  return stringify({ groups: [{ name: 'all', rules }] });
}

/** Tests that hold when Prometheus has, after every evaluation, the states that we have. */
export function testFile(batch: Batch, rulesPath: string): string {
  const { intervalSec, cases } = batch;
  const interval = `${intervalSec}s`;
  const ours = cases.map((one) => ({ name: one.name, states: ourStates(one, intervalSec) }));
  const steps = Math.max(...cases.map(({ samples }) => samples.length));
  return stringify(
    {
      ...{ rule_files: [rulesPath], evaluation_interval: interval },
      tests: [
        {
          interval,
          input_series: cases.map(({ name, samples }) => ({ series: `m_${name}`, values: valuesOf(samples) })),
          promql_expr_test: Array.from({ length: steps }, (_, step) => ({
            ...{ expr: 'ALERTS', eval_time: `${step * intervalSec}s` },
            exp_samples: ours.flatMap(({ name, states }) => expected(name, states[step])),
          })),
        },
      ],
    },
    { aliasDuplicateObjects: false },
  );
}

function expected(name: string, state: State | undefined): { labels: string; value: number }[] {
  if (state === undefined || state === 'inactive') return [];
  return [{ labels: `ALERTS{alertname="${name}", alertstate="${state}"}`, value: 1 }];
}

const valuesOf = (samples: Case['samples']) => samples.map(word).join(' ');

const word = (sample: Sample) => (sample === 'missing' ? '_' : `${sample}`);
