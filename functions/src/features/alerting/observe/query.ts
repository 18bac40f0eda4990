import type { Rule } from '../../../core/alert/rule.ts';
import { rowSelection, type Selection, totalSelection } from '../../../core/analytics/select.ts';
import { tilesOf } from '../../../core/analytics/tiles.ts';
import { canonicalJson } from '../../../core/hash.ts';
import { type Bucket, UTC } from '../../../core/rollup/bucket.ts';
import { documentId } from '../../../core/rollup/document.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;

/** From one moment up to, and not with, another. */
export interface Window {
  fromMs: number;
  toMs: number;
}

/** A stretch of the rollups under some filters: rules that ask for the same share it. */
export interface CellQuery {
  key: string;
  selection: Selection;
  tiles: readonly Bucket[];
  documentIds: readonly string[];
}

/** What is known when queries are planned. */
export interface Plan {
  modelsByName: ReadonlySet<string>;
  nowMs: number;
  /** Of the rollups that are served. */
  rollupVersion: number;
}

/** The window of a rule that ends at a moment. */
export function windowAt({ windowMin }: Pick<Rule, 'windowMin'>, atMs: number): Window {
  return { fromMs: atMs - windowMin * MINUTE_MS, toMs: atMs };
}

/** The window that a `change` condition compares with; undefined for the other conditions. */
export function windowBefore({ condition, windowMin }: Rule, atMs: number): Window | undefined {
  if (condition.type !== 'change') return undefined;
  const shiftMs = { previous: windowMin * MINUTE_MS, day: DAY_MS, week: 7 * DAY_MS }[condition.against];
  return windowAt({ windowMin }, atMs - shiftMs);
}

/** What to read for the cells of a rule in a window. Throws AppError `invalid_request` where that is not kept any more. */
export function queryFor(rule: Rule, window: Window, { modelsByName, nowMs, rollupVersion }: Plan): CellQuery {
  const { filters, groupBy } = rule;
  const { fromMs, toMs } = window;
  const tiles = tilesOf(fromMs, toMs, { zone: UTC, zones: [], nowMs });
  const selection = selectionFor(rule, modelsByName);
  const documentIds = tiles.flatMap((tile) =>
    selection.parts(tile).map((part) => documentId(tile, part, rollupVersion)),
  );
  return { key: canonicalJson({ fromMs, toMs, filters, groupBy }), selection, tiles, documentIds };
}

function selectionFor({ filters, groupBy }: Rule, modelsByName: ReadonlySet<string>): Selection {
  if (groupBy.length === 0) return totalSelection(filters, modelsByName);
  const byProvider = groupBy.every((dimension) => dimension === 'provider');
  return rowSelection(filters, byProvider ? 'provider' : 'cell', modelsByName);
}
