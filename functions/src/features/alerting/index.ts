export { type ChangeToCommit, commitChange } from './commitChange.ts';
export { deliver } from './delivery/deliver.ts';
export { escalate } from './elapse.ts';
export { type Evaluated, evaluate } from './evaluate.ts';
export { type LoadedEpisode, loadEpisode } from './loadEpisode.ts';
export { loadRule } from './rules.ts';
export { runTask } from './runTask.ts';
export { DELIVER_QUEUE, ESCALATE_QUEUE } from './tasks.ts';
export { tick } from './tick.ts';
