import { type Point, seriesOf } from '../../core/monitoring/point.ts';
import { projectId } from '../app.ts';
import { logOf } from '../logs.ts';
import { metricClient } from './client.ts';
import { refusedSeries } from './refusal.ts';
import { timeSeriesOf } from './series.ts';

const log = logOf('monitoring');

/** Series that the API takes in a call. */
const MAX_SERIES = 200;
const TIME_LIMIT_MS = 10_000;
/** Series that are named in the log when they are refused; the rest is counted. */
const MAX_NAMED = 5;

/** What became of points. */
export interface WrittenPoints {
  written: number;
  /** There was one as new already. */
  early: number;
  failed: number;
}

/**
 * Writes points, one a series, 200 a call, all calls at the same time. What is refused is logged with its series, and the others are
 * written all the same. Nothing is repeated: the next minute has points of its own. Never rejects; takes 10 s a call at most.
 */
export async function writePoints(points: readonly Point[], timeoutMs = TIME_LIMIT_MS): Promise<WrittenPoints> {
  const calls: Promise<WrittenPoints>[] = [];
  for (let from = 0; from < points.length; from += MAX_SERIES) {
    calls.push(writeSome(points.slice(from, from + MAX_SERIES), timeoutMs));
  }
  const sum = { written: 0, early: 0, failed: 0 };
  for (const { written, early, failed } of await Promise.all(calls)) {
    sum.written += written;
    sum.early += early;
    sum.failed += failed;
  }
  return sum;
}

async function writeSome(points: readonly Point[], timeout: number): Promise<WrittenPoints> {
  const project = projectId();
  const timeSeries = points.map((point) => timeSeriesOf(point, project));
  try {
    const client = await metricClient();
    await client.createTimeSeries({ name: `projects/${project}`, timeSeries }, { timeout });
    return { written: points.length, early: 0, failed: 0 };
  } catch (error) {
    // Told in the log and in the answer: metrics must not stop what they are about.
    return whatRemains(points, error);
  }
}

function whatRemains(points: readonly Point[], error: unknown): WrittenPoints {
  const refused = refusedSeries(error instanceof Error ? error.message : '');
  if (!refused) {
    log.error('points could not be written', error, { points: points.length });
    return { written: 0, early: 0, failed: points.length };
  }
  const early = refused.filter(({ tooEarly }) => tooEarly).length;
  const failed = refused.filter(({ tooEarly }) => !tooEarly);
  if (early > 0) log.info('points were there already', { points: early });
  for (const { index, message } of failed.slice(0, MAX_NAMED)) {
    const point = points[index];
    log.error('a point was refused', new Error(message), { series: point ? seriesOf(point) : `number ${index}` });
  }
  if (failed.length > MAX_NAMED) log.warn('more points were refused', { points: failed.length - MAX_NAMED });
  return { written: points.length - refused.length, early, failed: failed.length };
}
