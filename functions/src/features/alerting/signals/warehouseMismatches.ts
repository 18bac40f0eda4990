import { warehouseName } from '../../../platform/bigquery/client.ts';
import { latestComparison } from '../../warehouse/index.ts';
import { one, type Signal } from './signal.ts';

/** In how many numbers the warehouse differed from the rollups when they were compared last; nothing before that. */
export const warehouseMismatches: Signal = async () => {
  const comparison = warehouseName() === undefined ? undefined : await latestComparison();
  return comparison ? one(comparison.differenceCount, 1) : one(undefined, 0);
};
