export { compareWarehouse } from './compare/compare.ts';
export { type Comparison, latestComparison } from './compare/store.ts';
export {
  PROJECTION_LIMITS,
  type Projected,
  type ProjectionLimits,
  projectWarehouse,
  type Retried,
  retryDeadLetters,
} from './project/index.ts';
