import { findModel } from '../../functions/src/core/catalogue/models.ts';
import { canonicalJson, sha256 } from '../../functions/src/core/hash.ts';
import type { GenerationReport } from '../../functions/src/core/ingest/report.ts';
import type { RecordedRequest } from '../mapping/map-row.ts';

/** A recorded request as it is reported, and the line of the file that it is from. */
export interface ReplayRow {
  line: number;
  report: GenerationReport;
}

/**
 * The reports of recorded requests. The id of each is the hash of the source, of what the row says, and of how many equal rows
 * came before it: the same file gives the same ids in whatever order its rows are.
 */
export function rowsOf(requests: readonly RecordedRequest[], source: string): ReplayRow[] {
  const seen = new Map<string, number>();
  return requests.map((request) => {
    const facts = factsOf(request);
    const content = canonicalJson(facts);
    const occurrence = (seen.get(content) ?? 0) + 1;
    seen.set(content, occurrence);
    const id = sha256('replay', source, content, String(occurrence));
    return { line: request.line, report: { source, id, ...facts } };
  });
}

function factsOf(request: RecordedRequest): Omit<GenerationReport, 'source' | 'id'> {
  const { requestedAtMs, user, kind, model, outcome, tookMs, videos, constants } = request;
  const { durationSec, resolution, audio } = constants;
  const asked = {
    ...{ userId: user, provider: findModel(model)?.provider ?? 'other', model, kind },
    ...{ requestedAt: new Date(requestedAtMs).toISOString(), videosAsked: videos },
  };
  if (outcome === 'never' || tookMs === undefined) return asked;
  const ended = { ...asked, outcome, endedAt: new Date(requestedAtMs + tookMs).toISOString(), totalMs: tookMs };
  if (outcome === 'failed') return ended;
  return { ...ended, videosDelivered: videos, videoSec: videos * durationSec, resolution, audio };
}
