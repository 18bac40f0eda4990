export { actOn } from './actOn.ts';
export { changeRule, createRule, deleteRule } from './changeRules.ts';
export { dashboard } from './dashboard.ts';
export { countOpen, listEpisodes } from './listEpisodes.ts';
export { getRule, listRules } from './listRules.ts';
export { readEpisode } from './readEpisode.ts';
export { testChannel } from './testChannel.ts';
export { certainUntil, untilOf } from './until.ts';
export { wholeEpisode } from './wholeEpisode.ts';
