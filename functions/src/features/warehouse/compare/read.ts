import { cellSelection } from '../../../core/analytics/select.ts';
import { wholeSlot } from '../../../core/analytics/slots.ts';
import { UTC } from '../../../core/rollup/bucket.ts';
import { addCells, addRow, type Compared, type DayCounts } from '../../../core/warehouse/dayCounts.ts';
import { QueryFailed, runQuery } from '../../../platform/bigquery/query.ts';
import { now } from '../../../platform/clock.ts';
import { readSlots } from '../../aggregation/index.ts';

const DAY_MS = 86_400_000;
/** Rows that the query answers; one more is too many. */
const MAX_ROWS = 20_000;

type Row = { day: string; cellKey: string } & Record<Compared, number>;

/** What the warehouse says of these days, in order. Throws QueryFailed. */
export async function warehouseCounts(days: readonly string[]): Promise<DayCounts> {
  const period = { from: startOf(days[0]), to: new Date(startOf(days.at(-1)).getTime() + DAY_MS) };
  const rows = await runQuery<Row>('warehouse/day_counts', period);
  if (rows.length > MAX_ROWS) throw new QueryFailed(`more than ${MAX_ROWS} cells in a week`, 'responseTooLarge');
  const counts: DayCounts = new Map();
  for (const row of rows) addRow(counts, row);
  return counts;
}

/** What the rollups say of them. Reads some 9 documents a day. */
export async function rollupCounts(days: readonly string[]): Promise<DayCounts> {
  const slots = days.map((day) => {
    const fromMs = Date.parse(day);
    return wholeSlot({ fromMs, toMs: fromMs + DAY_MS, zone: UTC }, { zones: [], nowMs: now().getTime() });
  });
  const counts: DayCounts = new Map();
  const cells = await readSlots(slots, cellSelection({}, new Set()));
  days.forEach((day, at) => {
    addCells(counts, day, cells[at] ?? new Map());
  });
  return counts;
}

const startOf = (day = ''): Date => new Date(day);
