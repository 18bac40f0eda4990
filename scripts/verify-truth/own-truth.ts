import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBConnection } from '@duckdb/node-api';
import type { Generation } from '../../functions/src/core/generation/state.ts';
import { HAPPENED, type Truth, truthOf } from './happened.ts';
import { quoted } from './mapping-sql.ts';

const TERMINAL = `('succeeded', 'failed', 'blocked', 'cancelled', 'expired')`;
/** What is read of the documents in `generations`. */
const COLUMNS = `{
  uid: 'VARCHAR', state: 'VARCHAR', requestedAt: 'TIMESTAMPTZ', endedAt: 'TIMESTAMPTZ',
  asked: 'STRUCT(model VARCHAR, kind VARCHAR, durationSec BIGINT)',
  attempts: 'STRUCT(costUsdMicros BIGINT)[]', outputs: 'STRUCT(path VARCHAR)[]' }`;

/** Loads the documents of this system's own generations into DuckDB; of their events it sees nothing. */
export async function openOwnTruth(generations: readonly Generation[]): Promise<Truth> {
  const dir = await mkdtemp(join(tmpdir(), 'dailies-own-'));
  try {
    const file = join(dir, 'generations.ndjson');
    await writeFile(file, generations.map((generation) => `${JSON.stringify(generation)}\n`).join(''));
    const duckdb = await DuckDBConnection.create();
    await duckdb.run(
      `CREATE TABLE generations AS FROM read_json(${quoted(file)}, format = 'newline_delimited', columns = ${COLUMNS})`,
    );
    await duckdb.run(`CREATE TABLE happened AS FROM (
      SELECT 'arrival', epoch_ms(requestedAt), uid, asked.model, asked.kind, NULL, 0, 0, 0, 0 FROM generations
      UNION ALL
      SELECT state, epoch_ms(endedAt), uid, asked.model, asked.kind, epoch_ms(endedAt) - epoch_ms(requestedAt),
        len(outputs), len(outputs) * asked.durationSec, len(attempts),
        coalesce(list_sum(list_transform(attempts, lambda attempt: attempt.costUsdMicros)), 0)
      FROM generations WHERE state IN ${TERMINAL}
    ) AS happened (${HAPPENED})`);
    return await truthOf(duckdb);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
