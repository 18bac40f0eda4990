import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { verifyFaults } from '../verify-faults/index.ts';
import { FAULT_KINDS } from '../verify-faults/kinds.ts';
import { planOf } from '../verify-faults/plan.ts';
import { printed } from '../verify-faults/print.ts';
import type { FaultsReport } from '../verify-faults/report.ts';

const SMALL = { seed: 5, generations: 40, kills: 3, slow: false };

describe('a system that suffers', () => {
  let report: FaultsReport;
  const seen: string[] = [];

  before(async function () {
    this.timeout(120_000);
    report = await verifyFaults({ ...SMALL, onProgress: (asked, kills) => seen.push(`${asked} ${kills}`) });
  });

  it('holds every check', () => {
    assert.deepEqual(
      report.checks.filter(({ ok }) => !ok),
      [],
    );
    assert.ok(report.checks.length > 15);
  });

  it('has all of it end, kill after kill', () => {
    assert.equal(report.total.generations, 40);
    assert.equal(
      Object.values(report.total.ends).reduce((sum, n) => sum + n, 0),
      40,
    );
    assert.deepEqual(
      report.kills.map(({ at }) => at),
      ['submit', 'moving', 'asking'],
    );
    assert.ok(
      report.kills.some(({ cutSubmits }) => cutSubmits.length > 0),
      'a submit was cut off',
    );
    assert.ok(report.jobs >= (report.total.ends.succeeded ?? 0));
    assert.deepEqual(seen.at(-1), '40 3');
  });

  it('is printed as a table and one line a check', () => {
    const lines = printed(report).split('\n');
    assert.match(
      lines[0] ?? '',
      /^fault +generations +succeeded +failed +blocked +cancelled +expired +attempts +polls$/,
    );
    assert.ok(lines.includes('ok    every generation ended: 40 of 40'));
    assert.ok(lines.some((line) => line.startsWith('40 generations, 3 kills, ')));
  });
});

describe('the plan of faults', () => {
  const FULL = { seed: 1, generations: 500, kills: 10, slow: true };

  it('is decided by the seed alone', () => {
    assert.deepEqual(planOf(FULL), planOf(FULL));
    assert.notDeepEqual(planOf({ ...FULL, seed: 2 }), planOf(FULL));
  });

  it('has a fifth of all meet a fault, of every kind there is', () => {
    const wishes = planOf(FULL).flatMap((batch) => batch.wishes);
    const faulty = new Set(FAULT_KINDS);
    assert.equal(wishes.length, 500);
    assert.deepEqual(
      new Set(wishes.flatMap(({ kind }) => (faulty.has(kind) ? kind.name : []))).size,
      FAULT_KINDS.length,
    );
    const count = wishes.filter(({ kind }) => faulty.has(kind)).length;
    assert.ok(count >= 90 && count <= 100, `${count} faults; a bait may stand in the place of one`);
    assert.ok(wishes.some(({ twin }) => twin) && wishes.some(({ cancelAfterMs }) => cancelAfterMs !== undefined));
    assert.ok(wishes.every(({ twin, key }) => !twin || key !== undefined));
  });

  it('kills as often as told, and lets everything be asked again where it kills while asking', () => {
    const batches = planOf(FULL);
    assert.equal(batches.filter(({ kill }) => kill).length, 10);
    for (const { wishes, kill } of batches) {
      if (kill?.at === 'asking') assert.ok(wishes.every(({ key }) => key !== undefined));
      if (kill && 'prompt' in kill) assert.equal(wishes[0]?.body.prompt, kill.prompt);
    }
  });
});

describe('npm run verify-faults', () => {
  const command = (...args: string[]): Promise<{ code: number; out: string }> =>
    new Promise((resolve) => {
      const script = fileURLToPath(new URL('../verify-faults.ts', import.meta.url));
      execFile(process.execPath, [script, ...args], (error, out) => resolve({ code: Number(error?.code ?? 0), out }));
    });

  it('says how it is used', async () => {
    const { code, out } = await command('--help');
    assert.equal(code, 0);
    assert.match(out, /^npm run verify-faults/);
    for (const wrong of [
      ['--generations', '0'],
      ['--kills', '6', '--generations', '5'],
      ['--seed', 'x'],
    ])
      assert.equal((await command(...wrong)).code, 2);
  });
});
