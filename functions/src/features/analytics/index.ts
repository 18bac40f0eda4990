export { totalsOf } from './cells.ts';
export { type AsOf, countedUpTo, kept, modelsByName, zoneOf } from './context.ts';
export { errors } from './errors.ts';
export { listGenerationMetrics, type Measured } from './listGenerationMetrics.ts';
export { performance } from './performance.ts';
export { rows } from './rows.ts';
export { summary } from './summary.ts';
export { type TrendsQuestion, trends } from './trends.ts';
