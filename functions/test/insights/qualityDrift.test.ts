import assert from 'node:assert/strict';
import type { OutcomeRow, ScoreRow } from '../../src/core/insights/qualityCounted.ts';
import { qualityOf } from '../../src/core/insights/qualityGroups.ts';

/** The rows of one group: scores by value, and ratings by star. */
function group(subject: string, scores: Record<number, number>, stars: number[] = [0, 0, 0, 0, 0]) {
  const values = Object.entries(scores).map(([score, n]) => [Number(score), n] as const);
  const moment = (power: number) => values.reduce((sum, [score, n]) => sum + n * score ** power, 0);
  const place = { period: 'p', level: 'provider', subject } as const;
  const score = { ...place, n: moment(0), total: moment(1), squares: moment(2), lowest: 0, highest: 0 } as ScoreRow;
  for (const [value, n] of values) score[`bin_${Math.min(19, Math.floor(value / 50))}`] = n;
  const outcome = { ...place, outcome: 'succeeded', error: '', generations: 1_000 } as OutcomeRow;
  for (const [at, n] of stars.entries()) outcome[`stars_${at + 1}`] = n;
  return { score, outcome };
}

const rowsOf = (...groups: ReturnType<typeof group>[]) => ({
  scores: groups.flatMap(({ score }) => (score.n > 0 ? [score] : [])),
  outcomes: groups.map(({ outcome }) => outcome),
});

describe('insights: whether quality drifts', () => {
  const usual = { 500: 30, 600: 40, 700: 30 };

  it('tells what moved, which way, and what only spread', () => {
    const now = rowsOf(
      group('better', { 600: 30, 700: 40, 800: 30 }, [0, 0, 0, 50, 50]),
      group('same', usual),
      group('spread', { 300: 50, 900: 50 }),
      group('worse', { 400: 30, 500: 40, 600: 30 }),
    );
    const before = rowsOf(
      ...['better', 'same', 'spread', 'worse'].map((name) => group(name, usual, [0, 0, 0, 50, 50])),
    );
    const told = qualityOf(now, before).groups.map(({ provider, scores, ratings }) => [
      ...[provider, scores?.drift.direction, scores?.drift.shape],
      ...(ratings ? [ratings.drift.direction, ratings.drift.shape] : []),
    ]);
    assert.deepEqual(told, [
      ['better', 'up', 'changed', 'none', 'same'],
      ['same', 'none', 'same'],
      ['spread', 'none', 'changed'],
      ['worse', 'down', 'changed'],
    ]);
  });

  it('says why it does not know', () => {
    const now = rowsOf(group('few', { 500: 29 }), group('first', usual), group('one', { 510: 20, 520: 20 }));
    const before = rowsOf(group('few', usual), group('one', { 510: 20, 520: 30 }));
    const told = qualityOf(now, before).groups.map(({ provider, scores }) => {
      const { direction, shape, reason, before } = scores?.drift ?? {};
      return [provider, direction, shape, reason, before?.n];
    });
    assert.deepEqual(told, [
      ['few', 'unknown', 'unknown', 'too few', 100],
      ['first', 'unknown', 'unknown', 'too few', 0],
      ['one', 'none', 'unknown', 'one bin', 50],
    ]);
  });

  it('asks more of each group the more there are', () => {
    // A difference that one group in a hundred shows by chance; twenty groups without any beside it.
    const moved = (names: string[]) =>
      rowsOf(group('moved', { 500: 30, 600: 70 }), ...names.map((name) => group(name, usual)));
    const names = Array.from({ length: 20 }, (_, at) => `g${at}`);
    const before = (list: string[]) =>
      rowsOf(group('moved', { 500: 50, 600: 50 }), ...list.map((name) => group(name, usual)));
    const driftOf = (list: string[]) => qualityOf(moved(list), before(list)).groups.at(-1)?.scores?.drift;
    const [alone, among] = [driftOf([]), driftOf(names)];
    assert.equal(alone?.means?.pValue, among?.means?.pValue);
    assert.equal(alone?.direction, 'up');
    assert.equal(among?.direction, 'none');
  });

  it('keeps the groups with the most generations, in their order', () => {
    const many = Array.from({ length: 320 }, (_, at) => {
      const { score, outcome } = group(`p${String(at).padStart(3, '0')}`, {});
      return { score, outcome: { ...outcome, generations: at } };
    });
    const { groups, groupsLeftOut } = qualityOf(rowsOf(...many), rowsOf());
    assert.equal(groupsLeftOut, 20);
    assert.deepEqual([groups.length, groups[0]?.provider, groups.at(-1)?.provider], [300, 'p020', 'p319']);
  });
});
