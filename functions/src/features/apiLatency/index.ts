export { latencyBetween, noteLatency } from './latency.ts';
export { countAnswer } from './requests.ts';
