import { warehouseName } from '../../../platform/bigquery/client.ts';
import { heldProgress } from '../../../platform/warehouse.ts';
import { one, type Signal } from './signal.ts';

/** Minutes since the moment up to which the log is in BigQuery, or should be first; nothing without a warehouse, and before the first run. */
export const warehouseAgeMin: Signal = async ({ now }) => {
  if (warehouseName() === undefined) return one(undefined, 0);
  const { through, pending } = (await heldProgress()).progress;
  const throughMs = through.getTime() || pending?.through.getTime() || 0;
  return throughMs > 0 ? one((now.getTime() - throughMs) / 60_000, 1) : one(undefined, 0);
};
