export { behaviour } from './behaviourView.ts';
export { business, featureAdoption, retention } from './businessView.ts';
export { closedDays } from './closedDays.ts';
export { type ComputedInsights, computeInsights } from './compute.ts';
export { insightOfUser, ownInsight, type PersonAnswer } from './person.ts';
export { quality } from './qualityView.ts';
export { type InsightAnswer, insightsAsOf, readInsights } from './read.ts';
export { type InsightState, insightState } from './state.ts';
