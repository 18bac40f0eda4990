export { type Retried, retryDeadLetters } from './deadLetters.ts';
export { PROJECTION_LIMITS, type ProjectionLimits } from './limits.ts';
export { type Projected, projectWarehouse } from './tick.ts';
