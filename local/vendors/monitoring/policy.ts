import { bool, type Check, CheckError, labels, list, record, text } from '../checked.ts';
import { aggregated, aggregation, refuseUnlessNumeric, seconds } from './aggregation.ts';
import type { Descriptors } from './descriptor.ts';
import { combiner, comparison, missingData, policySeverity } from './enums.ts';
import { readFilter } from './filter.ts';

const number: Check<number> = (value, at) => {
  if (typeof value === 'number') return value;
  throw new CheckError(`Invalid value at '${at}' (TYPE_DOUBLE), ${JSON.stringify(value)}`);
};
const trigger = record({ count: number, percent: number });
const aggregations = list(aggregation);

const condition = record({
  ...{ name: text(), displayName: text() },
  conditionThreshold: record({
    ...{ filter: text(), aggregations, denominatorFilter: text(), denominatorAggregations: aggregations, comparison },
    ...{ thresholdValue: number, duration: seconds, trigger, evaluationMissingData: missingData },
  }),
  conditionAbsent: record({ filter: text(), aggregations, duration: seconds, trigger }),
});
type Condition = ReturnType<typeof condition>;

const shape = record({
  ...{ name: text(), displayName: text(), combiner, userLabels: labels, enabled: bool, severity: policySeverity },
  documentation: record({ content: text(), mimeType: text(/^text\/markdown$/, 'text/markdown'), subject: text() }),
  conditions: list(condition, 1, 6),
  notificationChannels: list(text(/^projects\/[^/]+\/notificationChannels\/\d+$/, 'the name of a channel')),
  alertStrategy: record({ autoClose: seconds, notificationRateLimit: record({ period: seconds }) }),
});
export type AlertPolicy = ReturnType<typeof shape>;

const MAX_DISPLAY_NAME = 512;
const MIN_ABSENCE_SEC = 120;
const MAX_ABSENCE_SEC = 84_600;
const MIN_AUTO_CLOSE_SEC = 1_800;
const MAX_AUTO_CLOSE_SEC = 604_800;
/** Dashboards may align by more. */
const MAX_ALIGNMENT_SEC = 90_000;
const USER_LABEL = /^[a-z][a-z0-9_-]{0,62}$/;

/** Reads an alert policy. Throws CheckError for what Cloud Monitoring would refuse. */
export function readPolicy(json: unknown, descriptors: Descriptors): AlertPolicy {
  const policy = shape(json, '');
  const { displayName = '', combiner: combined = 'COMBINE_UNSPECIFIED', conditions = [], userLabels = {} } = policy;
  if (displayName === '' || displayName.length > MAX_DISPLAY_NAME) {
    throw new CheckError(`Field alert_policy.display_name must have 1 to ${MAX_DISPLAY_NAME} characters.`);
  }
  if (combined === 'COMBINE_UNSPECIFIED') throw new CheckError('Field alert_policy.combiner is required.');
  if (conditions.length === 0) throw new CheckError('Field alert_policy.conditions is required.');
  for (const [key, value] of Object.entries(userLabels)) {
    if (!USER_LABEL.test(key) || value.length > 63)
      throw new CheckError(`Field alert_policy.user_labels["${key}"] is no label.`);
  }
  const { autoClose = MAX_AUTO_CLOSE_SEC } = policy.alertStrategy ?? {};
  if (autoClose < MIN_AUTO_CLOSE_SEC || autoClose > MAX_AUTO_CLOSE_SEC) {
    throw new CheckError(
      `Field alert_policy.alert_strategy.autoClose must be ${MIN_AUTO_CLOSE_SEC} to ${MAX_AUTO_CLOSE_SEC} seconds.`,
    );
  }
  for (const [index, each] of conditions.entries()) checkCondition(each, descriptors, `conditions[${index}]`);
  return policy;
}

function checkCondition(given: Condition, descriptors: Descriptors, at: string): void {
  const { displayName, conditionThreshold: threshold, conditionAbsent: absent } = given;
  if (displayName === undefined) throw new CheckError(`Field alert_policy.${at}.display_name is required.`);
  if ((threshold === undefined) === (absent === undefined)) {
    throw new CheckError(`Field alert_policy.${at} must have one of conditionThreshold and conditionAbsent.`);
  }
  for (const step of [threshold, absent].flatMap((each) => each?.aggregations ?? [])) {
    if ((step.alignmentPeriod ?? 0) > MAX_ALIGNMENT_SEC)
      throw new CheckError(`Field alert_policy.${at}: alignmentPeriod must be at most ${MAX_ALIGNMENT_SEC} seconds.`);
  }
  if (threshold) checkThreshold(threshold, descriptors, `${at}.conditionThreshold`);
  if (absent) checkAbsent(absent, descriptors, `${at}.conditionAbsent`);
}

function checkThreshold(
  given: NonNullable<Condition['conditionThreshold']>,
  descriptors: Descriptors,
  at: string,
): void {
  const {
    filter = '',
    aggregations: steps = [],
    denominatorFilter,
    denominatorAggregations = [],
    duration = 0,
  } = given;
  refuseWithoutResource(filter, at);
  refuseUnlessNumeric(aggregated(descriptors, filter, steps, at), at);
  if (denominatorFilter !== undefined) {
    refuseWithoutResource(denominatorFilter, at);
    refuseUnlessNumeric(aggregated(descriptors, denominatorFilter, denominatorAggregations, `${at}.denominator`), at);
    const [mine, other] = [steps[0]?.alignmentPeriod, denominatorAggregations[0]?.alignmentPeriod];
    if (mine !== other) throw new CheckError(`Both sides of the ratio at '${at}' must have the same alignmentPeriod.`);
  }
  if (given.evaluationMissingData !== undefined && duration < 60) {
    throw new CheckError(`Field ${at}.evaluationMissingData needs a duration of 60 seconds or more.`);
  }
  if (duration % 60 !== 0)
    throw new CheckError(`Field ${at}.duration had an invalid value: it must be a multiple of one minute.`);
  if (given.comparison !== 'COMPARISON_GT' && given.comparison !== 'COMPARISON_LT') {
    throw new CheckError(
      `Field ${at}.comparison had an invalid value: only COMPARISON_LT and COMPARISON_GT are supported.`,
    );
  }
}

function checkAbsent(given: NonNullable<Condition['conditionAbsent']>, descriptors: Descriptors, at: string): void {
  const { filter = '', aggregations: steps = [], duration = 0 } = given;
  refuseWithoutResource(filter, at);
  aggregated(descriptors, filter, steps, at);
  if (duration < MIN_ABSENCE_SEC || duration > MAX_ABSENCE_SEC || duration % 60 !== 0) {
    throw new CheckError(
      `Field ${at}.duration had an invalid value: it must be ${MIN_ABSENCE_SEC} to ${MAX_ABSENCE_SEC} seconds, in whole minutes.`,
    );
  }
}

function refuseWithoutResource(filter: string, at: string): void {
  if (readFilter(filter, `${at}.filter`).resourceType === undefined) {
    throw new CheckError(`Field ${at}.filter had an invalid value: must specify a restriction on "resource.type".`);
  }
}
