export { type Aggregated, aggregate } from './aggregate.ts';
export { latestDayAndTotals, latestTotal } from './latest.ts';
export { STEP_LIMITS, type StepLimits } from './limits.ts';
export { readDocuments } from './readDocuments.ts';
export { MAX_DOCUMENTS_READ, readSlots } from './readSlots.ts';
export { type Rebuilt, rebuildRollups } from './rebuild.ts';
export { tick } from './tick.ts';
export { reportingZones } from './zones.ts';
