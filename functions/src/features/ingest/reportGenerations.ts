import { firstEvent } from '../../core/ingest/events.ts';
import { parsedRow } from '../../core/ingest/fields.ts';
import { metricsOfReport, type ReportedMetrics } from '../../core/ingest/metrics.ts';
import { generationReportSchema } from '../../core/ingest/report.ts';
import { recordEvent, reportedMetrics } from '../../platform/collections.ts';
import { ingestContext } from './context.ts';
import { createEach, type Entry } from './createEach.ts';
import { type RowResult, refusedOr, resultOf } from './row.ts';

const CONFLICT = 'This id was reported before with other facts; tell what changed with PATCH.';

/**
 * Takes in generations that other systems made, each for itself: its measured facts and one event, together, once. Answers in
 * order. Two writes and no read for a new one.
 */
export async function reportGenerations(rows: readonly unknown[]): Promise<RowResult[]> {
  const context = await ingestContext();
  const read = rows.map((row) =>
    refusedOr(() => ({ metrics: metricsOfReport(parsedRow(generationReportSchema, row), context) })),
  );
  const entries = read.flatMap((row) => ('metrics' in row ? entryOf(row.metrics) : []));
  const created = (await createEach(entries, ({ reportHash }) => reportHash)).values();
  return read.map((row) => {
    if ('refusal' in row) return { status: 'refused', error: row.refusal };
    return resultOf(created.next().value, CONFLICT, row.metrics.id);
  });
}

function entryOf(metrics: ReportedMetrics): Entry<ReportedMetrics> {
  const ref = reportedMetrics().doc(metrics.id);
  return {
    ref,
    fingerprint: metrics.reportHash,
    write: (writes) => {
      writes.create(ref, metrics);
      recordEvent(writes, firstEvent(metrics));
    },
  };
}
