import { type Check, CheckError, integer, labels, list, record, text } from '../checked.ts';
import { type Aggregation, aggregated, aggregation, refuseUnlessNumeric, seconds } from './aggregation.ts';
import type { Descriptors } from './descriptor.ts';
import {
  plotType,
  scale,
  sparkChartType,
  targetAxis,
  textFormat,
  thresholdColor,
  thresholdDirection,
} from './enums.ts';

const number: Check<number> = (value, at) => {
  if (typeof value === 'number') return value;
  throw new CheckError(`Invalid value at '${at}' (TYPE_DOUBLE), ${JSON.stringify(value)}`);
};
const anyText: Check<string> = (value, at) => {
  if (typeof value === 'string') return value;
  throw new CheckError(`Invalid value at '${at}' (TYPE_STRING), ${JSON.stringify(value)}`);
};
const part = record({ filter: text(), aggregation });
const query = record({
  timeSeriesFilter: record({ filter: text(), aggregation, secondaryAggregation: aggregation }),
  timeSeriesFilterRatio: record({ numerator: part, denominator: part, secondaryAggregation: aggregation }),
  unitOverride: anyText,
});
type Query = ReturnType<typeof query>;
const axis = record({ label: anyText, scale });
const threshold = record({
  ...{ label: anyText, value: number, color: thresholdColor, direction: thresholdDirection, targetAxis },
});
const widget = record({
  ...{ title: anyText, id: anyText },
  xyChart: record({
    dataSets: list(
      record({
        ...{ timeSeriesQuery: query, plotType, legendTemplate: anyText, minAlignmentPeriod: seconds, targetAxis },
      }),
      ...([1, 20] as const),
    ),
    ...{ yAxis: axis, y2Axis: axis, thresholds: list(threshold) },
  }),
  scorecard: record({
    ...{ timeSeriesQuery: query, thresholds: list(threshold) },
    gaugeView: record({ lowerBound: number, upperBound: number }),
    sparkChartView: record({ sparkChartType, minAlignmentPeriod: seconds }),
  }),
  text: record({ content: text(), format: textFormat }),
});
type Widget = ReturnType<typeof widget>;

const COLUMNS = 48;
const cells = integer(0, 10_000);
const tile = record({ xPos: cells, yPos: cells, width: cells, height: cells, widget });
type Tile = ReturnType<typeof tile>;
const shape = record({
  ...{ name: anyText, displayName: text(), etag: anyText, labels },
  mosaicLayout: record({ columns: integer(1, COLUMNS), tiles: list(tile) }),
});
export type Dashboard = ReturnType<typeof shape>;

/** Reads a dashboard of a mosaic layout, the one that this project has. Throws CheckError for what Cloud Monitoring would refuse. */
export function readDashboard(json: unknown, descriptors: Descriptors): Dashboard {
  const dashboard = shape(json, '');
  if (dashboard.displayName === undefined) throw new CheckError('Field dashboard.displayName is required.');
  const { columns = 12, tiles = [] } = dashboard.mosaicLayout ?? {};
  if (!dashboard.mosaicLayout) throw new CheckError('Field dashboard must have a layout.');
  for (const [index, each] of tiles.entries()) {
    const at = `mosaicLayout.tiles[${index}]`;
    const { xPos, yPos, width, height } = placeOf(each);
    if (width < 1 || height < 1 || xPos + width > columns)
      throw new CheckError(`Field dashboard.${at} is outside of the ${columns} columns.`);
    const other = tiles
      .slice(0, index)
      .map(placeOf)
      .findIndex((place) => {
        const apartInX = place.xPos + place.width <= xPos || xPos + width <= place.xPos;
        return !apartInX && place.yPos + place.height > yPos && yPos + height > place.yPos;
      });
    if (other >= 0) throw new CheckError(`Field dashboard.${at} overlaps with tile ${other}.`);
    checkWidget(each.widget, descriptors, `${at}.widget`);
  }
  return dashboard;
}

const placeOf = ({ xPos = 0, yPos = 0, width = 0, height = 0 }: Tile) => ({ xPos, yPos, width, height });

function checkWidget(given: Widget | undefined, descriptors: Descriptors, at: string): void {
  const contents = [given?.xyChart, given?.scorecard, given?.text].filter((content) => content !== undefined);
  if (contents.length !== 1) throw new CheckError(`Field dashboard.${at} must have one content.`);
  for (const [index, set] of (given?.xyChart?.dataSets ?? []).entries()) {
    const where = `${at}.xyChart.dataSets[${index}]`;
    const left = queried(set.timeSeriesQuery, descriptors, where);
    const isHeat = set.plotType === 'HEATMAP';
    if (isHeat !== (left.valueType === 'DISTRIBUTION')) {
      throw new CheckError(`Field dashboard.${where}: ${set.plotType} cannot show ${left.valueType}.`);
    }
  }
  if (given?.xyChart?.thresholds?.some(({ color, direction }) => color ?? direction))
    throw new CheckError(`Field dashboard.${at}.xyChart.thresholds: color and direction are not allowed in a chart.`);
  if (given?.xyChart && !given.xyChart.dataSets)
    throw new CheckError(`Field dashboard.${at}.xyChart.dataSets is required.`);
  if (given?.scorecard)
    refuseUnlessNumeric(queried(given.scorecard.timeSeriesQuery, descriptors, `${at}.scorecard`), at);
}

function queried(given: Query | undefined, descriptors: Descriptors, at: string) {
  const { timeSeriesFilter: one, timeSeriesFilterRatio: ratio } = given ?? {};
  if ((one === undefined) === (ratio === undefined))
    throw new CheckError(`Field dashboard.${at}.timeSeriesQuery must have one source.`);
  const shapeOf = (side: { filter?: string; aggregation?: Aggregation } | undefined, second: Aggregation | undefined) =>
    aggregated(descriptors, side?.filter ?? '', [side?.aggregation ?? {}, ...(second ? [second] : [])], at);
  if (one) return shapeOf(one, one.secondaryAggregation);
  for (const side of [ratio?.numerator, ratio?.denominator]) refuseUnlessNumeric(shapeOf(side, undefined), at);
  return { metricKind: 'GAUGE', valueType: 'DOUBLE' } as const;
}
