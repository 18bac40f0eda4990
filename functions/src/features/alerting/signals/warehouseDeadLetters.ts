import { warehouseName } from '../../../platform/bigquery/client.ts';
import { deadLetters } from '../../../platform/deadLetters.ts';
import { one, type Signal } from './signal.ts';

/** Events that could not become rows in BigQuery; nothing without a warehouse. A read for each 1,000 of them. */
export const warehouseDeadLetters: Signal = async () => {
  if (warehouseName() === undefined) return one(undefined, 0);
  return one((await deadLetters().count().get()).data().count, 1);
};
