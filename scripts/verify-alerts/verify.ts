import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Difference, differencesIn } from './differences.ts';
import { rulesFile, testFile } from './files.ts';
import { ourStates, type State } from './ours.ts';
import { promtool, testRules, versionOf } from './promtool.ts';
import { type Batch, batches } from './series.ts';

/** What became of the comparison. */
export interface Verified {
  version: string;
  batches: { intervalSec: number; series: number; states: Record<State, number>; passed: boolean; output: string }[];
  differences: Difference[];
}

/** Lets Prometheus's own test runner hold its states against ours, on generated series. Throws NoPromtool where there is none. */
export function verify(series: number, seed: number): Verified {
  const folder = mkdtempSync(join(tmpdir(), 'dailies-alerts-'));
  try {
    const path = promtool(folder);
    const compared = batches(series, seed).map((batch) => ({ batch, ...testRules(path, [writeFiles(folder, batch)]) }));
    return {
      version: versionOf(path),
      batches: compared.map(({ batch, passed, output }) => ({
        ...{ intervalSec: batch.intervalSec, series: batch.cases.length },
        ...{ states: countStates(batch), passed, output: passed ? '' : output },
      })),
      differences: compared.flatMap(({ output }) => differencesIn(output)),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes rules and tests; answers the path of the tests. */
export function writeFiles(folder: string, batch: Batch): string {
  const name = `every${batch.intervalSec}s`;
  const testPath = join(folder, `${name}.test.yaml`);
  writeFileSync(join(folder, `${name}.rules.yaml`), rulesFile(batch));
  writeFileSync(testPath, testFile(batch, `${name}.rules.yaml`));
  return testPath;
}

function countStates({ cases, intervalSec }: Batch): Record<State, number> {
  const counts = { inactive: 0, pending: 0, firing: 0 };
  for (const one of cases) for (const state of ourStates(one, intervalSec)) counts[state]++;
  return counts;
}
