import type { ReportParts } from '../../core/alert/report.ts';
import { readEpisode, timelineAfter } from './readEpisode.ts';

/** Lines in a report at most. */
const MAX_LINES = 2_000;

/** An episode with its whole timeline, for a report. Throws AppError `not_found`. */
export async function wholeEpisode(id: string): Promise<ReportParts> {
  const { episode, timeline, deliveries, impact, moreTimelineAfter } = await readEpisode(id);
  const rest = moreTimelineAfter === undefined ? [] : await timelineAfter(id, moreTimelineAfter, MAX_LINES);
  return { episode, timeline: [...timeline, ...rest], deliveries, impact };
}
