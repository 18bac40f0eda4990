import { alertMetric } from '../../../core/alert/metric.ts';
import type { Group } from '../../../core/alert/observation.ts';
import type { Rule } from '../../../core/alert/rule.ts';
import { subjectOf } from '../../../core/analytics/groups.ts';
import { AppError } from '../../../core/errors.ts';
import { canonicalJson } from '../../../core/hash.ts';
import { knownModels } from '../../../core/ingest/cell.ts';
import { type Cell, emptyCell, mergeCells } from '../../../core/rollup/cell.ts';
import type { Reading } from '../../../core/rollup/reading.ts';
import { KNOWN_MODELS } from '../../../params.ts';
import { now } from '../../../platform/clock.ts';
import { logOf } from '../../../platform/logs.ts';
import { servedRollupVersion } from '../../../platform/rollupVersions.ts';
import { byGroup, type Observations, type Observed } from './observed.ts';
import { type CellQuery, type Plan, queryFor, windowAt, windowBefore } from './query.ts';
import { readCells } from './readCells.ts';

const log = logOf('alerting.observe');

/** Errors by their code: a group for each. */
const PATTERNS = 'errorPatternCount';

interface Planned {
  rule: Rule;
  current: CellQuery;
  before: CellQuery | undefined;
}

/**
 * What these rules see in the rollups at a moment of the data. Rules that ask for the same cells share one query, and no
 * document is read twice.
 */
export async function observeRollups(rules: readonly Rule[], atMs: number): Promise<Observations> {
  const plan = {
    modelsByName: knownModels(KNOWN_MODELS.value()).models,
    nowMs: now().getTime(),
    rollupVersion: servedRollupVersion(),
  };
  const planned = rules.map((rule) => planFor(rule, atMs, plan)).filter((each) => each !== undefined);
  const cells = await readCells(planned.flatMap(({ current, before }) => (before ? [current, before] : [current])));
  const observations: Observations = new Map();
  for (const each of planned) {
    const current = cells.get(each.current.key);
    if (current) observations.set(each.rule.slug, byGroup(observe(each, current, cells, atMs)));
  }
  return observations;
}

function planFor(rule: Rule, atMs: number, plan: Plan): Planned | undefined {
  try {
    const before = windowBefore(rule, atMs);
    return {
      rule,
      current: queryFor(rule, windowAt(rule, atMs), plan),
      before: before && queryFor(rule, before, plan),
    };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    // One rule that asks for what is not kept must not stop the others.
    log.error('cannot be observed', error, { rule: rule.slug });
    return undefined;
  }
}

function observe(
  { rule, before }: Planned,
  current: ReadonlyMap<string, Cell>,
  cells: ReadonlyMap<string, ReadonlyMap<string, Cell>>,
  atMs: number,
): Observed[] {
  const now = readingsOf(rule, current);
  const then = before && readingsOf(rule, cells.get(before.key) ?? new Map());
  // What was there before and is not any more is a group too: it fell to nothing.
  const groups = new Map([...[...(then ?? [])], ...now].map(([key, { group }]) => [key, group]));
  return [...groups].map(([key, group]) => {
    const reading = now.get(key)?.reading ?? alertMetric(rule.metric).read(emptyCell(), group);
    const earlier = then?.get(key)?.reading.value;
    return {
      group,
      observation: { ...windowAt(rule, atMs), atMs, ...reading, ...(earlier !== undefined && { before: earlier }) },
    };
  });
}

interface GroupReading {
  group: Group;
  reading: Reading;
}

/** What each group comes to. Without `groupBy` there is always one, of nothing if need be. */
function readingsOf(rule: Rule, cells: ReadonlyMap<string, Cell>): Map<string, GroupReading> {
  const { read } = alertMetric(rule.metric);
  const readings = grouped(rule, cells).flatMap(({ group, cell }) =>
    (rule.metric === PATTERNS ? patternsOf(group, cell) : [group]).map((each) => ({
      group: each,
      reading: read(cell, each),
    })),
  );
  return new Map(readings.map((each) => [canonicalJson(each.group), each]));
}

/** A group for each error code that there is, the most frequent first. */
function patternsOf(group: Group, { errors }: Cell): Group[] {
  return [...errors]
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([pattern]) => ({ ...group, pattern }));
}

function grouped({ groupBy }: Rule, cells: ReadonlyMap<string, Cell>): { group: Group; cell: Cell }[] {
  const groups = new Map<string, { group: Group; cell: Cell }>();
  if (groupBy.length === 0) groups.set(canonicalJson({}), { group: {}, cell: emptyCell() });
  for (const [key, cell] of cells) {
    const subject = key.includes('/') ? subjectOf(key) : { provider: key, model: '', kind: '' };
    const group: Group = Object.fromEntries(groupBy.map((dimension) => [dimension, subject[dimension]]));
    const name = canonicalJson(group);
    const known = groups.get(name) ?? { group, cell: emptyCell() };
    mergeCells(known.cell, cell);
    groups.set(name, known);
  }
  return [...groups.values()];
}
