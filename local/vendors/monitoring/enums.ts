import { type Check, CheckError } from '../checked.ts';

/** A value of an enumeration, by its name or, as Google's clients send it, by its number. */
export function enumeration<const Name extends string>(numbers: Readonly<Record<Name, number>>): Check<Name> {
  const names = Object.keys(numbers) as Name[];
  return (value, at) => {
    const found = names.find((name) => name === value || numbers[name] === value);
    if (found !== undefined) return found;
    throw new CheckError(`Invalid value at '${at}': ${JSON.stringify(value)} is none of ${names.join(', ')}.`);
  };
}

// The numbers are those of google/api/metric.proto, google/monitoring/v3/common.proto and google/monitoring/dashboard/v1.
export const metricKind = enumeration({ METRIC_KIND_UNSPECIFIED: 0, GAUGE: 1, DELTA: 2, CUMULATIVE: 3 });
export const valueType = enumeration({
  ...{ VALUE_TYPE_UNSPECIFIED: 0, BOOL: 1, INT64: 2, DOUBLE: 3, STRING: 4, DISTRIBUTION: 5, MONEY: 6 },
});
export const labelType = enumeration({ STRING: 0, BOOL: 1, INT64: 2 });
export const aligner = enumeration({
  ...{ ALIGN_NONE: 0, ALIGN_DELTA: 1, ALIGN_RATE: 2, ALIGN_INTERPOLATE: 3, ALIGN_NEXT_OLDER: 4, ALIGN_MIN: 10 },
  ...{ ALIGN_MAX: 11, ALIGN_MEAN: 12, ALIGN_COUNT: 13, ALIGN_SUM: 14, ALIGN_STDDEV: 15, ALIGN_COUNT_TRUE: 16 },
  ...{ ALIGN_FRACTION_TRUE: 17, ALIGN_PERCENTILE_99: 18, ALIGN_PERCENTILE_95: 19, ALIGN_PERCENTILE_50: 20 },
  ...{ ALIGN_PERCENTILE_05: 21, ALIGN_PERCENT_CHANGE: 23, ALIGN_COUNT_FALSE: 24 },
});
export const reducer = enumeration({
  ...{ REDUCE_NONE: 0, REDUCE_MEAN: 1, REDUCE_MIN: 2, REDUCE_MAX: 3, REDUCE_SUM: 4, REDUCE_STDDEV: 5 },
  ...{ REDUCE_COUNT: 6, REDUCE_COUNT_TRUE: 7, REDUCE_FRACTION_TRUE: 8, REDUCE_PERCENTILE_99: 9 },
  ...{ REDUCE_PERCENTILE_95: 10, REDUCE_PERCENTILE_50: 11, REDUCE_PERCENTILE_05: 12, REDUCE_COUNT_FALSE: 15 },
});
export const comparison = enumeration({
  ...{ COMPARISON_UNSPECIFIED: 0, COMPARISON_GT: 1, COMPARISON_GE: 2, COMPARISON_LT: 3, COMPARISON_LE: 4 },
});
export const combiner = enumeration({ COMBINE_UNSPECIFIED: 0, AND: 1, OR: 2, AND_WITH_MATCHING_RESOURCE: 3 });
export const policySeverity = enumeration({ SEVERITY_UNSPECIFIED: 0, CRITICAL: 1, ERROR: 2, WARNING: 3 });
export const missingData = enumeration({
  ...{ EVALUATION_MISSING_DATA_UNSPECIFIED: 0, EVALUATION_MISSING_DATA_INACTIVE: 1 },
  ...{ EVALUATION_MISSING_DATA_ACTIVE: 2, EVALUATION_MISSING_DATA_NO_OP: 3 },
});
export const plotType = enumeration({ PLOT_TYPE_UNSPECIFIED: 0, LINE: 1, STACKED_AREA: 2, STACKED_BAR: 3, HEATMAP: 4 });
export const sparkChartType = enumeration({ SPARK_CHART_TYPE_UNSPECIFIED: 0, SPARK_LINE: 1, SPARK_BAR: 2 });
export const targetAxis = enumeration({ TARGET_AXIS_UNSPECIFIED: 0, Y1: 1, Y2: 2 });
export const scale = enumeration({ SCALE_UNSPECIFIED: 0, LINEAR: 1, LOG10: 2 });
export const thresholdColor = enumeration({ COLOR_UNSPECIFIED: 0, YELLOW: 4, RED: 6 });
export const thresholdDirection = enumeration({ DIRECTION_UNSPECIFIED: 0, ABOVE: 1, BELOW: 2 });
export const textFormat = enumeration({ FORMAT_UNSPECIFIED: 0, MARKDOWN: 1, RAW: 2 });
