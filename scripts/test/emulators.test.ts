import assert from 'node:assert/strict';
import { compare } from '../emulators/compare.ts';
import { javaTrouble, javaVersionIn } from '../emulators/java-version.ts';
import { until } from '../emulators/place.ts';
import { printed } from '../emulators/print.ts';
import { STEPS } from '../emulators/scenario.ts';
import { type Outcome, runSteps, type Scene, type Step } from '../emulators/step.ts';

const step = (name: string, expected: unknown, run: Step['run'] = async () => expected): Step => ({
  ...{ name, expected, run },
});
const nowhere = { site: '', functions: '', authHost: '', vendors: '' };

describe('the parity of two systems', () => {
  const steps = [step('one', { status: 200, to: ['a', 'b'] }), step('two', 'x')];
  const good: Outcome[] = [
    { step: 'one', seen: { to: ['a', 'b'], status: 200 } },
    { step: 'two', seen: 'x' },
  ];

  it('holds when both are as expected', () => {
    assert.deepEqual(
      compare(steps, good, structuredClone(good)).map(({ equal }) => equal),
      [true, true],
    );
  });

  const wrong: { name: string; ours: Outcome[]; official: Outcome[] }[] = [
    { name: 'when one differs', ours: good, official: [good[0] as Outcome, { step: 'two', seen: 'y' }] },
    {
      name: 'when both are the same and not as expected',
      ours: [good[0] as Outcome, { step: 'two', seen: 'y' }],
      official: [good[0] as Outcome, { step: 'two', seen: 'y' }],
    },
    {
      name: 'when both fail in the same way',
      ours: [good[0] as Outcome, { step: 'two', error: 'x' }],
      official: [good[0] as Outcome, { step: 'two', error: 'x' }],
    },
    { name: 'when one did not come so far', ours: good.slice(0, 1), official: good },
  ];
  for (const { name, ours, official } of wrong) {
    it(`does not hold ${name}`, () => {
      assert.deepEqual(
        compare(steps, ours, official).map(({ equal }) => equal),
        [true, false],
      );
    });
  }

  it('is printed as a table, with each difference in full', () => {
    const rows = compare(steps, good, [good[0] as Outcome, { step: 'two', error: 'lost' }]);
    assert.equal(
      printed(rows),
      [
        'step  ours                     official                 equal',
        'one   to: [a, b], status: 200  to: [a, b], status: 200  yes',
        'two   x                        error: lost              NO',
        '',
        'NO  two',
        '      ours      "x"',
        '      official  error: lost',
        '      expected  "x"',
        '1 of 2 steps are equal',
      ].join('\n'),
    );
  });
});

describe('the steps of the parity check', () => {
  it('each have a name of their own', () => {
    assert.equal(new Set(STEPS.map(({ name }) => name)).size, STEPS.length);
  });

  it('go on after one that throws', async () => {
    const failing = step('bad', 1, async () => assert.fail('broken'));
    assert.deepEqual(await runSteps([failing, step('good', 2)], {} as Scene), [
      { step: 'bad', error: 'broken' },
      { step: 'good', seen: 2 },
    ]);
  });

  it('wait until there is something to see', async () => {
    const seen = [undefined, 'there'];
    assert.equal(await until(nowhere, 'it', async () => seen.shift()), 'there');
  });
});

describe('the Java that is looked for', () => {
  const found: [written: string, major: number | undefined, trouble: RegExp | undefined][] = [
    ['openjdk version "21.0.4" 2024-07-16', 21, undefined],
    ['openjdk version "25" 2025-09-16', 25, undefined],
    ['openjdk version "17.0.15" 2025-04-15', 17, /needs Java 21 or newer, and the one on the PATH is Java 17\./],
    ['java version "1.8.0_401"', 8, /is Java 8\./],
    ['', undefined, /there is none on the PATH\. .*npm start/],
  ];
  for (const [written, major, trouble] of found) {
    it(`is ${major} in ${JSON.stringify(written)}`, () => {
      assert.equal(javaVersionIn(written), major);
      if (trouble) assert.match(javaTrouble(major) ?? '', trouble);
      else assert.equal(javaTrouble(major), undefined);
    });
  }
});
