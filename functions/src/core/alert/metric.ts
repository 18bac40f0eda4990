import { TERMINAL_STATES } from '../generation/outcome.ts';
import { type Cell, counter } from '../rollup/cell.ts';
import { METRICS } from '../rollup/metrics.ts';
import { type Reading, ratio } from '../rollup/reading.ts';
import type { Group } from './observation.ts';
import { DIMENSIONS, type Dimension } from './rule.ts';
import { type AlertUnit, formatValue } from './unit.ts';

/** Something that a rule can watch. */
export interface AlertMetric {
  unit: AlertUnit;
  /** How a sentence begins: `Success rate`. */
  label: string;
  meaning: string;
  /** What rules may filter and group by. */
  dimensions: readonly Dimension[];
  /** rollup: computed from cells, so that it has a history; signal: asked for at the moment. */
  source: 'rollup' | 'signal';
  /** With its unit, as people read it. */
  format(value: number): string;
  /** Of a rollup metric: what it comes to in a cell, for a group that is not one of cells (an error code); else nothing. */
  read(cell: Cell | undefined, group?: Group): Reading;
}

type Read = (cell: Cell, group: Group) => Reading;

const lost = (cell: Cell) => counter(cell, 'failed') + counter(cell, 'expired');
const ranItsCourse = (cell: Cell) => counter(cell, 'succeeded') + lost(cell);

function rollup(unit: AlertUnit, label: string, meaning: string, read: Read): AlertMetric {
  return {
    ...{ source: 'rollup', unit, label, meaning, dimensions: DIMENSIONS },
    format: (value) => formatValue(unit, value),
    read: (cell, group = {}) => (cell ? read(cell, group) : { n: 0 }),
  };
}

function signal(unit: AlertUnit, label: string, meaning: string, dimensions: readonly Dimension[] = []): AlertMetric {
  return {
    ...{ source: 'signal', unit, label, meaning, dimensions },
    format: (value) => formatValue(unit, value),
    read: () => ({ n: 0 }),
  };
}

const WORDS: Readonly<Record<string, string>> = {
  ...{ totalMs: 'generation time', queueMs: 'queue time', renderMs: 'render time', storeMs: 'store time' },
  ...{ costUsd: 'cost', wasteUsd: 'waste', possibleWasteUsd: 'possible waste', rating: 'user rating' },
  ...{ costPerDeliveredSecUsd: 'cost per delivered second', costPerAcceptedSecUsd: 'cost per accepted second' },
  ...{ videoSec: 'video delivered', acceptedVideoSec: 'accepted video', chargedCredits: 'amount charged' },
  ...{ arrivals: 'requests', ended: 'generations that ended' },
};

/** `totalMsP95` is `95th percentile of generation time`, with a capital. */
function labelOf(name: string): string {
  const [, base = name, kind = ''] = /^(.*?)(Mean|Sum|P\d{1,2})?$/.exec(name) ?? [];
  const words = WORDS[base] ?? base.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  const ofKind = kind === 'Mean' ? `mean ${words}` : kind === 'Sum' ? `sum of ${words}` : words;
  const text = kind.startsWith('P') ? `${kind.slice(1)}th percentile of ${words}` : ofKind;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Outcomes are counts of generations; the other counts say what they count. */
function labelOfCount(name: string): string {
  return `${labelOf(name)}${TERMINAL_STATES.some((outcome) => outcome === name) ? ' generations' : ''}`;
}

const ofRollups = METRICS.map(({ name, unit, meaning, read }) => {
  const label = unit === 'count' ? labelOfCount(name) : labelOf(name);
  return [name, rollup(unit, label, meaning, read)];
});

/** Everything that a rule can name, by name. */
export const ALERT_METRICS: Readonly<Record<string, AlertMetric>> = {
  ...(Object.fromEntries(ofRollups) as Record<string, AlertMetric>),
  errorRate: rollup('ratio', 'Error rate', 'Failed and expired, among those that ran their course.', (cell) =>
    ratio(lost(cell), ranItsCourse(cell), ranItsCourse(cell)),
  ),
  errorCount: rollup('count', 'Errors', 'Generations that failed or expired.', (cell) => ({
    value: lost(cell),
    n: ranItsCourse(cell),
  })),
  errorPatternCount: rollup('count', 'Errors of one code', 'How often one error code ended a generation.', readPattern),
  qualityScore10: rollup('score10', 'Mean quality score', "Scorers' quality, 0 to 10: the mean.", (cell) => {
    const n = cell.sketches.qualityThousandths.count;
    return ratio(counter(cell, 'qualityThousandths') / 100, n, n);
  }),
  serviceDown: signal('count', 'Services down', '1 for each dependency whose health probe fails now, else 0.'),
  queueBacklog: signal('count', 'Waiting tasks', 'Tasks that wait to begin or to end a generation.'),
  apiP95Ms: signal('ms', '95th percentile of API latency', '95 % of the requests to the API took at most this.'),
  revenueUsd: signal('usd', 'Revenue', 'Payments less refunds, of whole UTC days.'),
  premiumConversion: signal(
    'ratio',
    'Premium conversion',
    'First subscription within 30 days of signing up ÷ signups of that cohort.',
  ),
  cursorAgeMin: signal('min', 'Lateness of aggregation', 'Minutes of the log that are not counted yet.'),
  recountMismatches: signal('count', 'Recounts that differ', 'Stretches of the log whose recount differed.'),
  warehouseAgeMin: signal('min', 'Lateness of the warehouse', 'Minutes of the log that are not in BigQuery yet.'),
  warehouseDeadLetters: signal(
    'count',
    'Events refused by the warehouse',
    'Events that could not become rows in BigQuery.',
  ),
  warehouseMismatches: signal(
    'count',
    'Numbers that differ in the warehouse',
    'Numbers of the last seven closed days that the warehouse and the rollups do not agree on.',
  ),
  daysToSunset: signal('days', 'Time to the end of the model', 'Days until a model in use is switched off.', ['model']),
  dailyCapShare: signal('ratio', "Share of the day's spending cap", "Money asked for today ÷ the project's cap."),
};

function readPattern({ errors }: Cell, { pattern }: Group): Reading {
  const all = [...errors.values()].reduce((sum, count) => sum + count, 0);
  return { value: pattern === undefined ? all : (errors.get(pattern) ?? 0), n: all };
}

/** True where a name stands for something: a rule may have been stored before its metric went. */
export function isAlertMetric(name: string): boolean {
  return Object.hasOwn(ALERT_METRICS, name);
}

/** What a name stands for. Throws for one that is not known: rules are checked when they are made. */
export function alertMetric(name: string): AlertMetric {
  const metric = isAlertMetric(name) ? ALERT_METRICS[name] : undefined;
  if (!metric) throw new Error(`no metric ${name}`);
  return metric;
}
