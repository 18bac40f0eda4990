export { latencyBetween, noteLatency } from './latency.ts';
