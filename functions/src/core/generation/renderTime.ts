import type { Model } from '../catalogue/schema.ts';
import type { RenderTime } from './schedule.ts';

/** A finished render as it was seen: it ended within `renderUncertaintyMs` before `renderMs`. */
export interface ObservedRender {
  renderMs: number;
  renderUncertaintyMs: number;
}

/** Fewer observations than this say less than the catalogue. */
const MIN_SAMPLE = 5;

/**
 * What a model's last renders say about its next one, or undefined while there are too few. The p50 is that of the middle of
 * each render's possible span, not of when it was seen: polls begin at the p50, so a model that had become faster would
 * otherwise never be found out. The p99 is of when they were seen. Both are order statistics at floor(q·(n−1)).
 */
export function renderTimeFrom(observed: readonly ObservedRender[]): RenderTime | undefined {
  if (observed.length < MIN_SAMPLE) return undefined;
  return {
    p50: Math.round(
      quantile(
        0.5,
        observed.map((o) => o.renderMs - o.renderUncertaintyMs / 2),
      ),
    ),
    p99: quantile(
      0.99,
      observed.map((o) => o.renderMs),
    ),
  };
}

/**
 * What to expect of a model of which too little was observed: the geometric mean of the shortest and the longest render that
 * its provider speaks of, which is as many times longer than the one as it is shorter than the other.
 */
export function renderTimeByDocument({ documentedRenderTimeMs: { min, max } }: Model): RenderTime {
  return { p50: Math.round(Math.sqrt(min * max)), p99: max };
}

function quantile(q: number, values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(q * (values.length - 1))] ?? 0;
}
