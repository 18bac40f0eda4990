import type { Family } from '../../core/scrape/exposition.ts';
import { generationFamilies } from '../../core/scrape/generations.ts';
import { requestFamilies } from '../../core/scrape/requests.ts';
import { presentFamilies } from '../../core/scrape/state.ts';
import { countedRequests } from '../../platform/apiRequests.ts';
import { now } from '../../platform/clock.ts';
import { aggregationState } from '../../platform/rollups.ts';
import { latestDayAndTotals } from '../aggregation/index.ts';
import { countOpen } from '../alerts/index.ts';
import { queueDepths } from './queueDepths.ts';

/** Everything that Prometheus is told: what was ever counted, and how things are now. Six reads. */
export async function scrape(): Promise<Family[]> {
  const [{ state, latest }, requests, openEpisodes, depths] = await Promise.all([
    counted(),
    countedRequests(),
    countOpen(),
    queueDepths(),
  ]);
  const throughMs = state?.through.getTime() ?? 0;
  const present = presentFamilies({
    day: latest?.day,
    // Until the first run is through with what it found, the state is at 1970.
    cursorAgeSec: throughMs > 0 ? (now().getTime() - throughMs) / 1_000 : undefined,
    recountMismatches: state?.recountMismatchCount ?? 0,
    openEpisodes,
    queueDepths: depths,
  });
  return [...(latest?.totals ? generationFamilies(latest.totals) : []), ...requestFamilies(requests), ...present];
}

/** Two reads, one after the other: the latest ranges belong to a state. */
async function counted() {
  const state = await aggregationState();
  return { state, latest: state && (await latestDayAndTotals(state)) };
}
