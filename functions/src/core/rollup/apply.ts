import type { Outcome } from '../generation/outcome.ts';
import { AT, type Cell, countError } from './cell.ts';
import type { Change, Contribution, EndMeasures } from './contribution.ts';
import type { Sketch } from './sketch.ts';

/** Adds what one event tells to a cell, in place. */
export function applyFact(cell: Cell, fact: Contribution['fact']): void {
  switch (fact.kind) {
    case 'arrival':
      count(cell, AT.arrivals, 1);
      if (fact.user !== undefined) cell.users.add(fact.user);
      return;
    case 'end':
      applyEnd(cell, fact.outcome, fact.measures);
      return;
    case 'rating':
      if (fact.from !== null) rate(cell, fact.from, fact.videoSec, -1);
      rate(cell, fact.to, fact.videoSec, 1);
      return;
    case 'score':
      replace(cell, cell.sketches.qualityThousandths, AT.qualityThousandths, fact.from, fact.to);
      return;
    case 'correction':
      for (const change of fact.changes) correct(cell, change, fact.stars);
      return;
  }
}

const FAULTS = { user: AT.faultUser, provider: AT.faultProvider, house: AT.faultHouse } as const;

function applyEnd(cell: Cell, outcome: Outcome, measures: EndMeasures): void {
  const { sketches } = cell;
  const { attempts, videoSec, errorCode, fault, queueMs, renderMs, storeMs, ratingStars } = measures;
  count(cell, AT[outcome], 1);
  if (errorCode) countError(cell, errorCode, 1);
  if (fault) count(cell, FAULTS[fault], 1);
  count(cell, AT.videosDelivered, measures.videosDelivered);
  count(cell, AT.videosBlocked, measures.videosBlocked);
  count(cell, AT.videoSec, videoSec);
  count(cell, AT.wasteUsdMicros, measures.wasteUsdMicros);
  count(cell, AT.possibleWasteUsdMicros, measures.possibleWasteUsdMicros);
  count(cell, AT.chargedCredits, measures.chargedCredits);
  count(cell, AT.attempts, attempts);
  if (attempts > 1) count(cell, AT.retries, attempts - 1);
  if (attempts > 1 && outcome === 'succeeded') count(cell, AT.recoveries, 1);
  put(cell, sketches.totalMs, AT.totalMs, measures.totalMs);
  if (queueMs !== undefined) put(cell, sketches.queueMs, AT.queueMs, queueMs);
  if (renderMs !== undefined) put(cell, sketches.renderMs, AT.renderMs, renderMs);
  if (storeMs !== undefined) put(cell, sketches.storeMs, AT.storeMs, storeMs);
  put(cell, sketches.costUsdMicros, AT.costUsdMicros, measures.costUsdMicros);
  if (ratingStars !== undefined) rate(cell, ratingStars, videoSec, 1);
  const quality = measures.qualityThousandths;
  if (quality !== undefined) put(cell, sketches.qualityThousandths, AT.qualityThousandths, quality);
}

function count(cell: Cell, at: number, n: number): void {
  cell.counters[at] = (cell.counters[at] ?? 0) + n;
}

/** Adds a value to a sketch and to the sum that goes with it. */
function put(cell: Cell, sketch: Sketch, at: number, value: number): void {
  sketch.add(value);
  count(cell, at, value);
}

/** Takes the old value, where there was one, out of sketch and sum, and puts the new one in. */
function replace(cell: Cell, sketch: Sketch, at: number, from: number | null, to: number): void {
  if (from !== null) {
    sketch.add(from, -1);
    count(cell, at, -from);
  }
  put(cell, sketch, at, to);
}

const RATINGS = [AT.ratings1, AT.ratings2, AT.ratings3, AT.ratings4, AT.ratings5];

/** A rating of 4 or 5 stars says that the seconds are accepted. */
const isAccepted = (stars: number) => stars >= 4;

function rate(cell: Cell, stars: number, videoSec: number, n: 1 | -1): void {
  const rating = RATINGS[stars - 1];
  if (rating === undefined) throw new RangeError(`not a rating: ${stars}`);
  count(cell, rating, n);
  if (isAccepted(stars)) count(cell, AT.acceptedVideoSec, n * videoSec);
}

/** Seconds that a rating had accepted change with the seconds made. */
function correct(cell: Cell, { measure, from, to }: Change, stars = 0): void {
  const by = to - (from ?? 0);
  switch (measure) {
    case 'wasteUsdMicros':
    case 'possibleWasteUsdMicros':
    case 'videosDelivered':
      count(cell, AT[measure], by);
      return;
    case 'videoSec':
      count(cell, AT.videoSec, by);
      if (isAccepted(stars)) count(cell, AT.acceptedVideoSec, by);
      return;
    default:
      replace(cell, cell.sketches[measure], AT[measure], from, to);
  }
}
