import type { MetricName } from './descriptors.ts';
import type { Distribution } from './distribution.ts';

/** One value of one series. */
export interface Point {
  metric: MetricName;
  labels: Readonly<Record<string, string>>;
  value: number | Distribution;
  /** When counting began; of cumulative metrics only. */
  startMs?: number;
  endMs: number;
}

/** Such as `queue/tasks{queue=pollGeneration}`: the series of a point, for people. */
export function seriesOf({ metric, labels }: Pick<Point, 'metric' | 'labels'>): string {
  const pairs = Object.keys(labels).sort();
  return `${metric}{${pairs.map((key) => `${key}=${labels[key]}`).join(',')}}`;
}

/** The point of the evaluator's heartbeat: how many rules it looked at. */
export function heartbeatPoint(rules: number, atMs: number): Point {
  return { metric: 'alerting/heartbeat', labels: {}, value: rules, endMs: atMs };
}
