export { type Aggregated, aggregate } from './aggregate.ts';
export { latestTotal, writeLatest } from './latest.ts';
export { readSlots } from './readSlots.ts';
export { type Rebuilt, rebuildRollups } from './rebuild.ts';
export { recount } from './recount.ts';
export { reportingZones } from './zones.ts';
