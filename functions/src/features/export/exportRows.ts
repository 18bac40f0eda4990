import { type ExportJob, fileNameOf } from '../../core/export/job.ts';
import type { ExportQuery, Plan } from '../../core/export/query.ts';
import { isStreamed } from '../../core/export/size.ts';
import { randomHex } from '../../platform/random.ts';
import { auditOf, type By, writeAudit } from './by.ts';
import { LAYOUTS } from './layouts.ts';
import type { Page, Source } from './page.ts';
import { takePlace } from './places.ts';
import { planOf } from './plan.ts';
import { requestExport } from './request.ts';
import { sourceOf } from './source.ts';
import { streamOf } from './stream.ts';
import { noProgress, textsOf } from './texts.ts';

/** An export as an answer, or as the work of a task. */
export type Exported =
  | { how: 'stream'; plan: Plan; contentType: string; fileName: string; body: ReadableStream<Uint8Array> }
  | { how: 'task'; job: ExportJob };

/**
 * Exports what is asked for: as a stream when about 8 MB are to be expected, else by a task. Everything that can be refused is
 * refused before the first byte; what goes wrong later breaks the stream off, without its proper end. Throws AppError
 * `invalid_request`, and `limit_exceeded` for too many at once.
 */
export async function exportRows(by: By, query: ExportQuery): Promise<Exported> {
  const plan = await planOf(query);
  const release = takePlace();
  try {
    const source = sourceOf(plan);
    const first = await source.page();
    const units = first.next === undefined ? first.units : await source.count();
    if (first.next !== undefined && !isStreamed(sampleOf(source, plan, first, units))) {
      release();
      return { how: 'task', job: await requestExport(by, query, plan, units) };
    }
    const id = randomHex(10);
    await writeAudit(auditOf(by, 'export.started', id, plan, { units }));
    const progress = noProgress();
    const body = streamOf(textsOf(source, plan, progress, { first }), async (isComplete) => {
      release();
      const { rows, bytes } = progress;
      await writeAudit(auditOf(by, 'export.ended', id, plan, { rows, bytes, isComplete }));
    });
    return { how: 'stream', plan, contentType: LAYOUTS[plan.format].contentType, fileName: fileNameOf(plan), body };
  } catch (error) {
    release();
    throw error;
  }
}

function sampleOf(source: Source, { format }: Plan, first: Page, units: number) {
  const firstBytes = Buffer.byteLength(LAYOUTS[format].rows(source.columns, first.rows, true));
  return { units, firstUnits: first.units, firstBytes };
}
