import { EARLIER, type SegmentsFound } from './behaviour.ts';
import { SEGMENTS, type Segment } from './segment.ts';

/** A row of `behaviour/segments.sql`. */
export interface SegmentRow {
  period: string;
  earlier_segment: (typeof EARLIER)[number];
  segment: Segment;
  users: number;
  generations: number;
  succeeded: number;
  ran: number;
  cost_usd_micros: number;
  net_usd_micros: number;
}

/** Money of fewer users than this would be about persons. */
export const MIN_USERS_FOR_MONEY = 5;

/** The segments of one period and the moves between them. */
export function segmentsOf(rows: readonly SegmentRow[]): SegmentsFound {
  const segments = SEGMENTS.map((segment) => totalOf(segment, rows));
  const hidden = withoutMoney(segments);
  return {
    users: sum(rows, 'users'),
    segments: segments.map(({ segment, users, generations, succeeded, ran, cost, net }) => ({
      ...{ segment, users, generations },
      ...(ran > 0 && { successRate: { value: succeeded / ran, n: ran } }),
      ...(!hidden.has(segment) && { money: { netUsdMicros: net, costUsdMicros: cost } }),
    })),
    moves: EARLIER.map((from) => ({
      from,
      to: Object.fromEntries(
        SEGMENTS.map((to) => [
          to,
          sum(
            rows.filter((row) => row.earlier_segment === from && row.segment === to),
            'users',
          ),
        ]),
      ) as Record<Segment, number>,
    })),
  };
}

function totalOf(segment: Segment, all: readonly SegmentRow[]) {
  const rows = all.filter((row) => row.segment === segment);
  return {
    segment,
    users: sum(rows, 'users'),
    generations: sum(rows, 'generations'),
    succeeded: sum(rows, 'succeeded'),
    ran: sum(rows, 'ran'),
    cost: sum(rows, 'cost_usd_micros'),
    net: sum(rows, 'net_usd_micros'),
  };
}

/**
 * The segments whose money is not told: those of fewer than five users and, since the total is known elsewhere and the rest would
 * follow from it, the next smallest until those not told have five or more users together.
 */
function withoutMoney(segments: readonly { segment: Segment; users: number }[]): Set<Segment> {
  const hidden = new Set<Segment>();
  let users = 0;
  for (const next of [...segments].sort((a, b) => a.users - b.users)) {
    const isComplement = users > 0 && users < MIN_USERS_FOR_MONEY;
    if (next.users >= MIN_USERS_FOR_MONEY && !isComplement) break;
    hidden.add(next.segment);
    users += next.users;
  }
  return hidden;
}

type Measure = Exclude<keyof SegmentRow, 'period' | 'earlier_segment' | 'segment'>;
const sum = (rows: readonly SegmentRow[], measure: Measure) => rows.reduce((total, row) => total + row[measure], 0);
