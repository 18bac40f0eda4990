import type { Outcome } from '../generation/outcome.ts';
import { type Level, SCORE_BINS } from './quality.ts';
import type { Measured } from './qualityDrift.ts';

/** A row of `quality/scores.sql`: besides these, decile_1 to decile_9 and bin_0 to bin_19. */
export interface ScoreRow {
  period: string;
  level: Level;
  subject: string;
  n: number;
  total: number;
  squares: number;
  lowest: number;
  highest: number;
  [decileOrBin: `decile_${number}` | `bin_${number}`]: number;
}

/** A row of `quality/outcomes.sql`. */
export interface OutcomeRow {
  period: string;
  level: Level;
  subject: string;
  outcome: Outcome;
  error: string;
  generations: number;
  [stars: `stars_${number}`]: number;
}

/** What was counted in one period. */
export interface QualityRows {
  scores: readonly ScoreRow[];
  outcomes: readonly OutcomeRow[];
}

/** What was counted of one group. */
export interface Counted {
  key: string;
  level: Level;
  subject: string;
  ended: number;
  outcomes: OutcomeRow[];
  score?: ScoreRow;
  scores?: Measured;
  ratings?: Measured;
}

/** What was counted of each group, by level and name. */
export function counted({ scores, outcomes }: QualityRows): Map<string, Counted> {
  const groups = new Map<string, Counted>();
  for (const row of outcomes) {
    const key = `${row.level} ${row.subject}`;
    const { level, subject } = row;
    const group = groups.get(key) ?? { key, level, subject, ended: 0, outcomes: [] };
    group.ended += row.generations;
    group.outcomes.push(row);
    groups.set(key, group);
  }
  for (const row of scores) {
    // What is scored has ended: it is among the outcomes.
    const group = groups.get(`${row.level} ${row.subject}`);
    if (group) Object.assign(group, { score: row, scores: scoresOf(row) });
  }
  for (const group of groups.values()) {
    const ratings = ratingsOf(group.outcomes);
    if (ratings.n > 0) group.ratings = ratings;
  }
  return groups;
}

function scoresOf(row: ScoreRow): Measured {
  const bins = Array.from({ length: SCORE_BINS }, (_, bin) => row[`bin_${bin}`] ?? 0);
  return { ...sampleOf(row.n, row.total, row.squares), bins };
}

function ratingsOf(rows: readonly OutcomeRow[]): Measured {
  const bins = [1, 2, 3, 4, 5].map((stars) => rows.reduce((sum, row) => sum + (row[`stars_${stars}`] ?? 0), 0));
  const moment = (power: number) => bins.reduce((sum, count, at) => sum + count * (at + 1) ** power, 0);
  return { ...sampleOf(moment(0), moment(1), moment(2)), bins };
}

function sampleOf(n: number, total: number, squares: number) {
  const mean = total / n;
  return { n, mean, variance: n > 1 ? Math.max(0, (squares - total * mean) / (n - 1)) : 0 };
}
