import { cellsOfRows, groupedBy, selectedOf } from '../../core/analytics/historyCells.ts';
import { type PlannedSlot, planHistory, type SourcedStretch, sourcesOf } from '../../core/analytics/historyPlan.ts';
import type { Selection } from '../../core/analytics/select.ts';
import type { Stretch } from '../../core/analytics/slots.ts';
import { tilesOf } from '../../core/analytics/tiles.ts';
import { sumOf } from '../../core/analytics/view.ts';
import type { Cell } from '../../core/rollup/cell.ts';
import { mergeAll } from '../../core/rollup/openBucket.ts';
import { warehouseName } from '../../platform/bigquery/client.ts';
import { heldProgress } from '../../platform/warehouse.ts';
import { MAX_DOCUMENTS_READ, readSlots } from '../aggregation/index.ts';
import { type AsOf, kept, type WarehouseAsOf } from './context.ts';
import { historyOf } from './historyMemory.ts';

/** The cells of some stretches of time, and where they are from. */
export interface Found {
  /** In the order of the stretches; undefined for one of which nothing is known yet. */
  cells: (Map<string, Cell> | undefined)[];
  /** Of each stretch, whether all that was recorded up to its end is counted. */
  complete: boolean[];
  sources: SourcedStretch[];
}

/**
 * The selected cells of stretches of time by the days of a zone: from the buckets of the rollups, and what these do not hold, or
 * not in so few documents that they can be read at once, from the warehouse where there is one. Throws AppError
 * `invalid_request` where both would have to read too much, and `unavailable` where the warehouse does not answer.
 */
export async function readCells(
  asOf: AsOf,
  zone: string,
  stretches: readonly Stretch[],
  selection: Selection,
): Promise<Found> {
  const options = { ...kept(), zone, maxDocuments: MAX_DOCUMENTS_READ };
  const ofBuckets = planHistory(stretches, selection, { ...options, warehouseThroughMs: undefined });
  const warehouse = ofBuckets ? undefined : await warehouseOf(asOf);
  const slots =
    ofBuckets ??
    planHistory(stretches, selection, { ...options, warehouseThroughMs: warehouse?.through.getTime() }) ??
    // As where there is no warehouse: refused for what is not kept, else for too many documents.
    stretches.map(({ startMs, endMs }) => {
      return { startMs, endMs, tiles: tilesOf(startMs, endMs, options), beyond: undefined };
    });
  const sums = await readSlots(slots, selection);
  if (warehouse) await addBeyond(sums, slots, selection, warehouse.state);
  note(asOf, slots, warehouse);
  const throughMs = { rollups: asOf.through?.getTime(), warehouse: warehouse?.through.getTime() };
  const isBefore = (ms: number, limitMs: number | undefined) => limitMs !== undefined && ms < limitMs;
  return {
    cells: slots.map(({ startMs, beyond }, at) => {
      return isBefore(startMs, beyond ? throughMs.warehouse : throughMs.rollups) ? sums[at] : undefined;
    }),
    complete: slots.map((slot) =>
      sourcesOf([slot]).every(({ source, endMs }) => isBefore(endMs - 1, throughMs[source])),
    ),
    sources: sourcesOf(slots),
  };
}

/** The cell of all that was selected of each stretch. */
export const totalsIn = ({ cells }: Found): (Cell | undefined)[] =>
  cells.map((found) => found && sumOf(found.values()));

async function addBeyond(
  sums: readonly Map<string, Cell>[],
  slots: readonly PlannedSlot[],
  selection: Selection,
  state: string,
): Promise<void> {
  const stretches = slots.flatMap(({ beyond }) => beyond ?? []);
  if (stretches.length === 0) return;
  const bounds = [...new Set(stretches.flatMap(({ startMs, endMs }) => [startMs, endMs]))].sort((a, b) => a - b);
  const { prefix, suffix } = selection;
  const rows = await historyOf(state, { bounds, by: groupedBy(selection), prefix, suffix });
  const places = cellsOfRows(rows);
  for (const [at, { beyond }] of slots.entries()) {
    const cells = beyond && places.get(bounds.indexOf(beyond.startMs) + 1);
    const sum = sums[at];
    if (cells && sum) mergeAll(sum, selectedOf(cells, selection));
  }
}

const warehouses = new WeakMap<AsOf, Promise<WarehouseAsOf | undefined>>();

/** The same throughout an answer, whose tag names one state. */
function warehouseOf(asOf: AsOf): Promise<WarehouseAsOf | undefined> {
  const known = warehouses.get(asOf) ?? filledWarehouse();
  warehouses.set(asOf, known);
  return known;
}

/** Undefined where there is no warehouse or nothing in it yet. A read. */
async function filledWarehouse(): Promise<WarehouseAsOf | undefined> {
  if (warehouseName() === undefined) return undefined;
  const { through, loadedRows } = (await heldProgress()).progress;
  return through.getTime() > 0 ? { through, state: `${through.toISOString()} ${loadedRows}` } : undefined;
}

function note({ restsOn }: AsOf, slots: readonly PlannedSlot[], warehouse: WarehouseAsOf | undefined): void {
  if (warehouse) restsOn.warehouse = warehouse;
  if (slots.some(({ tiles }) => tiles.length > 0)) restsOn.buckets = true;
}
