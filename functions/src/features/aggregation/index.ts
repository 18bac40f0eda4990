export { type Aggregated, aggregate } from './aggregate.ts';
export { type Rebuilt, rebuildRollups } from './rebuild.ts';
export { recount } from './recount.ts';
export { reportingZones } from './zones.ts';
