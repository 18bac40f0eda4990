import { BINS_PER_E, type HistoryRows } from '../../core/analytics/historyCells.ts';
import { AppError } from '../../core/errors.ts';
import { QueryFailed, runQuery } from '../../platform/bigquery/query.ts';
import { logOf } from '../../platform/logs.ts';

const log = logOf('history');

/** The stretches of time and the generations that are asked about, as `scripts/sql/history` says. */
export interface HistoryQuestion {
  /** Rising milliseconds since 1970. */
  bounds: readonly number[];
  by: 'total' | 'cell' | 'style';
  prefix: string;
  suffix: string;
}

/** The queries answer one row more where there are more than these. */
const MAX_ROWS = 50_000;
/** Of lists of bins, users and registers, of each query. What is longer is left out where it is made. */
const MAX_CHARACTERS = 20_000_000;
/** The function that answers is given 60 s. */
const TIMEOUT_MS = 40_000;

type Listed<Row> = Row & { characters: number };
type Ends = HistoryRows['ends'][number];
type Sketches = Listed<HistoryRows['sketches'][number]>;
type Arrivals = Listed<HistoryRows['arrivals'][number]>;

/**
 * Asks the warehouse: three queries, each within WAREHOUSE_MAX_BYTES_BILLED. Throws AppError `invalid_request` where one would
 * read more, or answers more than 50,000 rows or 20 million characters, and `unavailable` where BigQuery does not answer in 40 s.
 */
export async function askHistory({ bounds, ...about }: HistoryQuestion): Promise<HistoryRows> {
  const [from, to] = [new Date(bounds[0] ?? 0), new Date(bounds.at(-1) ?? 0)];
  const params = { ...about, bounds, from, to };
  const max_characters = MAX_CHARACTERS;
  const bins = { time_bins_per_e: BINS_PER_E.time, value_bins_per_e: BINS_PER_E.value };
  try {
    const [ends, sketches, arrivals] = await Promise.all([
      runQuery<Ends>('history/ends', params, limits),
      runQuery<Sketches>('history/sketches', { ...params, ...bins, max_characters }, limits),
      runQuery<Arrivals>('history/arrivals', { ...params, max_characters }, limits),
    ]);
    if ([ends, sketches, arrivals].some(({ length }) => length > MAX_ROWS)) throw tooMuch('answer');
    if ([sketches, arrivals].some(([first]) => (first?.characters ?? 0) > MAX_CHARACTERS)) throw tooMuch('answer');
    return { ends, sketches, arrivals };
  } catch (error) {
    if (!(error instanceof QueryFailed)) throw error;
    if (error.reason === 'bytesBilledLimitExceeded') throw tooMuch('read');
    log.error('the warehouse does not answer', error, { reason: error.reason });
    throw new AppError('unavailable', TIMEOUTS.has(error.reason) ? TOO_SLOW : DOWN);
  }
}

const limits = { timeoutMs: TIMEOUT_MS };
/** Ours, and BigQuery's word for a job that ran longer than it may. */
const TIMEOUTS = new Set(['timeout', 'stopped']);
const DOWN = 'What is asked for is in the warehouse, which does not answer now.';
const TOO_SLOW =
  'What is asked for is in the warehouse, which takes too long: ask for a shorter period or a coarser granularity, or again later.';

function tooMuch(what: 'read' | 'answer'): AppError {
  const why = what === 'read' ? 'read more of the warehouse than a question may' : 'be more than an answer holds';
  const message = `That would ${why}: ask for a shorter period, a coarser granularity, or days of UTC or a reporting zone.`;
  return new AppError('invalid_request', message, [{ path: 'from', message: 'too much' }]);
}
