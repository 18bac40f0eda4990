import { subjectOf } from '../../../core/analytics/groups.ts';
import { cellSelection } from '../../../core/analytics/select.ts';
import { wholeSlot } from '../../../core/analytics/slots.ts';
import { UTC } from '../../../core/rollup/bucket.ts';
import { counter } from '../../../core/rollup/cell.ts';
import { readSlots } from '../../aggregation/index.ts';

const DAY_MS = 86_400_000;
const DAYS = 7;

/** Generations asked for on the last seven UTC days and today, by model. Reads some 70 documents. */
export async function arrivalsByModel(now: Date): Promise<Record<string, number>> {
  const toMs = (Math.floor(now.getTime() / DAY_MS) + 1) * DAY_MS;
  const days = { fromMs: toMs - (DAYS + 1) * DAY_MS, toMs, zone: UTC };
  const slot = wholeSlot(days, { zones: [], nowMs: now.getTime() });
  const [cells] = await readSlots([slot], cellSelection({}, new Set()));
  const asked: Record<string, number> = {};
  for (const [key, cell] of cells ?? []) {
    const { model } = subjectOf(key);
    asked[model] = (asked[model] ?? 0) + counter(cell, 'arrivals');
  }
  return asked;
}
