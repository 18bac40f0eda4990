export { changeGeneration } from './changeGeneration.ts';
export { recordEvents } from './recordEvents.ts';
export { reportGenerations } from './reportGenerations.ts';
export type { RowResult } from './row.ts';
export { type Quality, scoreQuality } from './scoreQuality.ts';
