import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { capturedLogs, type Logs } from '../../functions/test/stack/harness.ts';
import { seededRandom } from '../../local/demo/random.ts';
import { DEFAULT_MAPPING, loadMapping, readRecordedFile } from '../mapping/read-file.ts';
import { verifyTruth } from '../verify-truth/index.ts';
import { holds, printedStep, printedTables, type Step } from '../verify-truth/print.ts';

const COMMAND = fileURLToPath(new URL('../verify-truth.ts', import.meta.url));
const ROWS = 120;

/** Requests from the day before the clocks of New York went back to the day after. */
function historyCsv(): string {
  const random = seededRandom(4);
  const oneOf = <T>(...values: T[]) => values[Math.floor(random() * values.length)] as T;
  const startMs = Date.parse('2024-11-02T20:00:00Z');
  const rows = Array.from({ length: ROWS }, (_, i) => {
    const at = new Date(startMs + i * 1_200_000 + Math.floor(random() * 400_000)).toISOString();
    const kind = oneOf('TXT_2_IMG', 'TXT_2_IMG', 'IMG_2_IMG', 'INPAINTING');
    const outcome = oneOf('SUCCEED', 'SUCCEED', 'SUCCEED', 'SUCCEED', 'FAILED', 'PENDING');
    const took = outcome === 'PENDING' ? '' : (random() * 900).toFixed(2);
    const user = `u${Math.floor(random() * 60)}`;
    const fields = [at.slice(0, 19).replace('T', ' '), kind, outcome, took, user, '5', '', oneOf('1', '2', '9', '')];
    return [...fields, `m${Math.floor(random() * 9)}`].join();
  });
  const header =
    'gmt_create,predict_type,predict_status,exec_time_seconds,groupId,prompt_length,negative_prompt_length,num_images_per_prompt,checkpoint_model_version_id';
  // The last row twice: two generations that are alike.
  return `${[header, ...rows.slice(1), rows.at(-1)].join('\n')}\n`;
}

describe('npm run verify-truth', function () {
  this.timeout(60_000);
  let dir: string;
  let steps: Step[];
  let logs: Logs;

  before(async () => {
    logs = capturedLogs();
    dir = await mkdtemp(join(tmpdir(), 'verify-truth-'));
    const file = join(dir, 'history.csv');
    await writeFile(file, historyCsv());
    const mapping = await loadMapping(DEFAULT_MAPPING);
    const { requests, bad } = await readRecordedFile(file, mapping, ROWS);
    assert.deepEqual([requests.length, bad], [ROWS, []]);
    steps = await verifyTruth({ file, mapping, maxRows: ROWS, requests, shuffled: true, rebuild: true });
  });
  after(async () => {
    logs?.restore();
    await rm(dir, { recursive: true, force: true });
  });

  it('finds every number right, also after rows came again and rollups were lost', () => {
    assert.deepEqual(
      steps.flatMap(({ name, problems, comparisons, warehouse }) => [
        ...problems.map((problem) => `${name}: ${problem}`),
        ...[...comparisons, ...warehouse].filter(({ ok }) => !ok).map((wrong) => `${name}: ${JSON.stringify(wrong)}`),
      ]),
      [],
    );
    assert.deepEqual(
      steps.map(({ name }) => name),
      ['reported', 'reported again, shuffled', 'lost and rebuilt'],
    );
  });

  it('compares in three zones, down to the minute, what is not nothing', () => {
    const [{ comparisons } = { comparisons: [] }] = steps;
    const divisions = new Map(
      [...Map.groupBy(comparisons, ({ division }) => division)].map(([name, same]) => [
        name,
        new Set(same.map(({ key }) => key)).size,
      ]),
    );
    assert.equal(divisions.get('day UTC'), 3);
    assert.equal(divisions.get('hour America/New_York'), 73, 'the clocks went back');
    assert.ok(divisions.has('hour Asia/Kathmandu') && divisions.has('quarter UTC') && divisions.has('minute UTC'));
    const arrivals = comparisons.filter(
      ({ division, metric }) => division === 'day America/New_York' && metric === 'arrivals',
    );
    assert.equal(
      arrivals.reduce((sum, { ours = 0 }) => sum + ours, 0),
      ROWS,
    );
    assert.ok(comparisons.some(({ division, metric }) => division === 'model UTC' && metric === 'totalMsP99'));
  });

  it('compares the warehouse by the same divisions, each number exactly', () => {
    for (const { warehouse } of steps) {
      const divisions = new Set(warehouse.map(({ division }) => division));
      for (const name of [
        'all UTC',
        'cell UTC',
        'day UTC',
        'hour America/New_York',
        'day Asia/Kathmandu',
        'minute UTC',
      ]) {
        assert.ok(divisions.has(name), name);
      }
      const users = warehouse.filter(({ division, metric }) => division === 'day UTC' && metric === 'users');
      assert.ok(users.every(({ ours = 0 }) => ours > 5));
      const [median] = warehouse.filter(({ division, metric }) => division === 'all UTC' && metric === 'totalMsP50');
      assert.ok(median && median.ours === median.truth && (median.ours ?? 0) > 1_000);
    }
  });

  it('is printed number by number', () => {
    const [step] = steps;
    assert.ok(step && holds(step));
    assert.match(
      printedStep(step),
      /^ok {4}reported: (\d+) of \1 numbers right; warehouse: (\d+) of \2 numbers right; [\d.]+ s$/,
    );
    const lines = printedTables(step).split('\n');
    assert.ok(
      lines.some((line) => /^arrivals +all UTC +120 +120 +120 +0$/.test(line)),
      lines.join('\n'),
    );
    assert.ok(lines.some((line) => /^day America\/New_York +3 +\d+ +0 +0\.\d+ % +0 +45 +0$/.test(line)));
    const [first] = step.comparisons;
    assert.ok(first);
    const wrong = { ...first, ours: 119, relative: -1 / 120, ok: false };
    const broken = { ...step, comparisons: [wrong] };
    assert.ok(!holds(broken) && !holds({ ...step, warehouse: [wrong] }));
    assert.match(
      printedStep({ ...step, warehouse: [wrong] }),
      /warehouse: 0 of 1 numbers right[\s\S]*in the warehouse/,
    );
    assert.match(
      printedStep(broken),
      /^FAIL {2}reported: 0 of 1 numbers right[\s\S]*arrivals +all UTC +119 +120 +-0.833 %/,
    );
  });

  it('says how it is used, and what cannot be', async () => {
    const command = (...args: string[]): Promise<{ code: number; out: string }> =>
      new Promise((resolve) => {
        execFile(process.execPath, [COMMAND, ...args], (error, out, err) =>
          resolve({ code: Number(error?.code ?? 0), out: `${out}${err}` }),
        );
      });
    const bad = join(dir, 'bad.csv');
    await writeFile(bad, historyCsv().replace('\n2024', '\n20x4'));
    for (const [args, code, told] of [
      [['--help'], 0, /^npm run verify-truth/],
      [[], 2, /^npm run verify-truth/],
      [[bad, '--rows', '0'], 2, /^npm run verify-truth/],
      [['--own', '0'], 2, /^npm run verify-truth/],
      [['nosuch.csv'], 2, /ENOENT/],
      [[bad], 2, /1 rows cannot be used:\n {2}line 2: gmt_create/],
    ] as const) {
      const { code: found, out } = await command(...args);
      assert.equal(found, code, out);
      assert.match(out, told);
    }
  });
});
