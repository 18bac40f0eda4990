import { readFile } from 'node:fs/promises';
import { WAREHOUSE_MAX_BYTES_BILLED } from '../../params.ts';
import { bigQuery, warehouseName } from './client.ts';
import { plainRow } from './values.ts';

/** Milliseconds after which a query is given up: before the function that asks is. */
const TIMEOUT_MS = 50_000;

/**
 * A query that cannot be answered; `reason` is BigQuery's own word, such as bytesBilledLimitExceeded, or `noConnection` where
 * there was no answer at all.
 */
export class QueryFailed extends Error {
  readonly reason: string;

  constructor(message: string, reason: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'QueryFailed';
    this.reason = reason;
  }
}

/** A value of a query: a Date is a TIMESTAMP; a day is passed as text and read with DATE(...) of its parts or CAST(… AS DATE). */
export type Parameter = string | number | boolean | Date | readonly string[] | readonly number[];

/** What a query may cost, in money and time. */
export interface QueryLimits {
  /** Bytes that it may read at most (default: WAREHOUSE_MAX_BYTES_BILLED). */
  maxBytesBilled?: number;
  /** Milliseconds after which it is given up, with the reason `timeout` (default: 50,000). */
  timeoutMs?: number;
}

const texts = new Map<string, Promise<string>>();

/** The text of `scripts/sql/<name>.sql`, about this warehouse's dataset. In the files the dataset is called `dailies`. */
export async function queryText(name: string): Promise<string> {
  const dataset = warehouseName();
  if (dataset === undefined) throw new QueryFailed('There is no warehouse.', 'noWarehouse');
  const kept = texts.get(name) ?? readFile(new URL(import.meta.resolve(`#sql/${name}.sql`)), 'utf8');
  texts.set(name, kept);
  return (await kept).replace(/\bdailies\./g, `${dataset}.`);
}

/**
 * Runs `scripts/sql/<name>.sql` and answers its rows: a TIMESTAMP comes as a Date, a DATE as text. Throws QueryFailed where it
 * would read more than it may, or cannot run.
 */
export async function runQuery<Row>(
  name: string,
  params: Readonly<Record<string, Parameter>>,
  { maxBytesBilled = WAREHOUSE_MAX_BYTES_BILLED.value(), timeoutMs = TIMEOUT_MS }: QueryLimits = {},
): Promise<Row[]> {
  const query = await queryText(name);
  try {
    const labels = { query: name.replace(/\W/g, '_').toLowerCase() };
    const maximumBytesBilled = String(maxBytesBilled);
    // BigQuery stops the job as soon as it can, and an answer that never comes has no end of its own.
    const job = (await bigQuery()).query({ query, params, labels, maximumBytesBilled, jobTimeoutMs: timeoutMs });
    const [rows] = await within(job, timeoutMs);
    return rows.map(plainRow) as Row[];
  } catch (error) {
    throw new QueryFailed(`query ${name}: ${error instanceof Error ? error.message : error}`, reasonOf(error), {
      cause: error,
    });
  }
}

async function within<T>(answer: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const given = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TimeUp(`no answer in ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([answer, given]);
  } finally {
    clearTimeout(timer);
  }
}

class TimeUp extends Error {
  readonly errors = [{ reason: 'timeout' }];
}

function reasonOf(error: unknown): string {
  const { errors, code } = (error ?? {}) as { errors?: { reason?: string }[]; code?: unknown };
  const reason = errors?.[0]?.reason;
  // Such as ECONNREFUSED; ERR_… are Node.js's own, of another kind.
  const isOfSystem = typeof code === 'string' && /^E(?!RR_)[A-Z_]+$/.test(code);
  return reason ?? (isOfSystem ? 'noConnection' : 'unknown');
}
