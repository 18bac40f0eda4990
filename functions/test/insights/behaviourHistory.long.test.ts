import assert from 'node:assert/strict';
import { type SegmentRow, segmentsOf } from '../../src/core/insights/behaviourSegments.ts';
import {
  type ActivityRow,
  activityOf,
  type FirstGenerationRow,
  firstGenerationsOf,
  type HourRow,
  hoursOf,
  type PreferenceRow,
  preferencesOf,
} from '../../src/core/insights/behaviourViews.ts';
import { INSIGHT_GRANULARITIES, periodBefore, periodsBetween } from '../../src/core/insights/period.ts';
import { type PersonRow, personOf, personWindow } from '../../src/core/insights/person.ts';
import type { OutcomeRow, ScoreRow } from '../../src/core/insights/qualityCounted.ts';
import { qualityOf } from '../../src/core/insights/qualityGroups.ts';
import type { RowEvent } from '../../src/core/warehouse/row.ts';
import { type StartedWarehouse, startWarehouse } from '../warehouse/started.ts';
import { countNumbers, ExpectedBehaviour, type Span } from './behaviourExpected.ts';
import { HISTORY_DAYS, HISTORY_START_MS, productHistory } from './history.ts';
import { expectedPerson } from './personExpected.ts';
import { assertDrift, nameOf, qualityDrift } from './qualityDriftExpected.ts';
import { ExpectedQuality } from './qualityExpected.ts';

const dateAt = (day: number) => new Date(HISTORY_START_MS + day * 86_400_000).toISOString().slice(0, 10);
const [FIRST, END] = [dateAt(0), dateAt(HISTORY_DAYS)];
/** Every day, week and month, those that are open cut where the history ends. */
const PERIODS = INSIGHT_GRANULARITIES.flatMap((granularity) => periodsBetween(granularity, FIRST, END));
const spanOf = ({ start, end }: Span): Span => ({ start, end: end < END ? end : END });
const keyOf = ({ start, end }: Span) => `${start}/${end}`;
const SPANS = PERIODS.map(spanOf);
const WINDOW = {
  periods: SPANS.map(keyOf),
  from: new Date('2025-06-01T00:00:00Z'),
  to: new Date(`${END}T00:00:00Z`),
};

describe('insights: quality and behaviour over 200 days equal a plain computation', () => {
  let warehouse: StartedWarehouse;
  let expected: ExpectedBehaviour;
  let events: RowEvent[];
  let compared = 0;

  before(async function () {
    this.timeout(30_000);
    events = productHistory();
    expected = new ExpectedBehaviour(events);
    warehouse = await startWarehouse();
    await warehouse.load(events);
  });
  after(async () => {
    await warehouse?.stop();
    assert.ok(compared > 100_000, `${compared} values compared`);
  });

  /** Compares every span; as text, since that is what a document says. */
  async function compare<Row extends { period: string }>(
    query: string,
    found: (rows: Row[]) => object,
    wanted: (span: Span) => object,
  ): Promise<void> {
    const rows = Map.groupBy(await warehouse.ask<Row>(query, WINDOW), ({ period }) => period);
    for (const span of SPANS) {
      const key = `${span.start}/${span.end}`;
      const value = found(rows.get(key) ?? []);
      assert.deepEqual(value, wanted(span), key);
      compared += countNumbers(value);
    }
  }

  it('segments, what they did, and every move between them', () =>
    compare(
      'behaviour/segments',
      (rows: SegmentRow[]) => segmentsOf(rows),
      (span) => expected.segments(span),
    ));

  it('moves add up to the segments before and after', async () => {
    const rows = Map.groupBy(await warehouse.ask<SegmentRow>('behaviour/segments', WINDOW), ({ period }) => period);
    for (const { start, end } of periodsBetween('day', dateAt(1), END)) {
      const now = segmentsOf(rows.get(`${start}/${end}`) ?? []);
      const before = segmentsOf(
        rows.get(`${dateAt((Date.parse(start) - HISTORY_START_MS) / 86_400_000 - 1)}/${start}`) ?? [],
      );
      for (const { segment, users } of now.segments) {
        assert.equal(
          users,
          now.moves.reduce((sum, { to }) => sum + to[segment], 0),
        );
      }
      for (const { segment, users } of before.segments) {
        const from = now.moves.find((move) => move.from === segment);
        assert.equal(
          users,
          Object.values(from?.to ?? {}).reduce((sum, n) => sum + n, 0),
        );
      }
    }
  });

  it('generations and sessions by user', () =>
    compare(
      'behaviour/activity',
      ([row]: ActivityRow[]) => activityOf(row),
      (span) => expected.activity(span),
    ));

  it('preferences', () =>
    compare(
      'behaviour/preferences',
      (rows: PreferenceRow[]) => preferencesOf(rows),
      (span) => expected.preferences(span),
    ));

  it('hours of the week', () =>
    compare(
      'behaviour/hours',
      (rows: HourRow[]) => hoursOf(rows),
      (span) => expected.hours(span),
    ));

  it('times to the first generation', () =>
    compare(
      'behaviour/firstGenerations',
      ([row]: FirstGenerationRow[]) => firstGenerationsOf(row),
      (span) => expected.firstGenerations(span),
    ));

  it('quality of every group, and whether it moved', async () => {
    const quality = new ExpectedQuality(events);
    const ask = async <Row extends { period: string }>(query: string) =>
      Map.groupBy(await warehouse.ask<Row>(query, WINDOW), ({ period }) => period);
    const [scores, outcomes] = [await ask<ScoreRow>('quality/scores'), await ask<OutcomeRow>('quality/outcomes')];
    const rowsOf = (key: string) => ({ scores: scores.get(key) ?? [], outcomes: outcomes.get(key) ?? [] });
    const tested = { moved: 0, same: 0 };
    for (const period of PERIODS) {
      const span = spanOf(period);
      const before = periodBefore(period);
      const { groups } = qualityOf(rowsOf(keyOf(span)), rowsOf(keyOf(before)));
      const wanted = quality.groups(span);
      assert.equal(groups.length, wanted.size);
      const drifts = qualityDrift(quality.values(span), quality.values(before));
      for (const { scores, ratings, ...group } of groups) {
        const key = nameOf(group);
        const { drift: scoreDrift, ...scored } = scores ?? {};
        const { drift: ratingDrift, ...rated } = ratings ?? {};
        const { scores: wantedScores = {}, ratings: wantedRatings = {}, ...wantedGroup } = wanted.get(key) ?? {};
        assert.deepEqual([group, scored, rated], [wantedGroup, wantedScores, wantedRatings], `${keyOf(span)} ${key}`);
        compared += countNumbers([group, scored, rated]);
        for (const [drift, measure] of [
          [scoreDrift, 'scores'],
          [ratingDrift, 'stars'],
        ] as const) {
          if (!drift) continue;
          compared += assertDrift(drift, drifts.get(`${key} ${measure}`), `${keyOf(span)} ${key} ${measure}`);
          if (drift.direction !== 'unknown') tested[drift.direction === 'none' ? 'same' : 'moved'] += 1;
        }
      }
    }
    assert.ok(tested.same > 200, JSON.stringify(tested));
  });

  it('persons', async () => {
    const today = dateAt(HISTORY_DAYS + 3);
    const nowMs = Date.parse(`${today}T09:00:00Z`);
    for (const user of [...new Set(events.map(({ userKey }) => userKey))].filter(
      (user, at) => user !== '' && at % 6 === 1,
    )) {
      const rows = await warehouse.ask<PersonRow>('behaviour/person', { userKey: user, ...personWindow(nowMs) });
      const person = personOf(rows, nowMs);
      assert.deepEqual(person, expectedPerson(events, expected, user, today), user);
      compared += countNumbers(person);
    }
  });
});
