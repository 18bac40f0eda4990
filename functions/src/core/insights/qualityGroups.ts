import { TERMINAL_STATES } from '../generation/outcome.ts';
import { LEVELS, type Quality, type QualityGroup, subjectAt } from './quality.ts';
import { type Counted, counted, type OutcomeRow, type QualityRows } from './qualityCounted.ts';
import { type Drift, driftsOf, type Measured } from './qualityDrift.ts';

/** At most 1.9 kB each, with every error code, so a document of them is well below Firestore's 1 MiB. */
const MAX_GROUPS = 300;

/** The quality of a period beside the one before: the groups with the most generations, by level and name. */
export function qualityOf(now: QualityRows, before: QualityRows): Quality {
  const [groups, earlier] = [counted(now), counted(before)];
  const kept = [...groups.values()].sort((a, b) => b.ended - a.ended || byName(a, b)).slice(0, MAX_GROUPS);
  kept.sort(byName);
  const measures = kept.flatMap((group) => {
    const was = earlier.get(group.key);
    const both = [
      { now: group.scores, before: was?.scores },
      { now: group.ratings, before: was?.ratings },
    ];
    return both.flatMap(({ now, before }) => (now ? [{ now, before }] : []));
  });
  const drifts = new Map(driftsOf(measures).map((drift, at) => [measures[at]?.now, drift]));
  return {
    groups: kept.map((group) => viewOf(group, drifts)),
    groupsLeftOut: groups.size - kept.length,
  };
}

const byName = (a: Counted, b: Counted) =>
  LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level) || (a.subject < b.subject ? -1 : 1);

function viewOf(group: Counted, drifts: ReadonlyMap<Measured | undefined, Drift>): QualityGroup {
  const { level, subject, outcomes, score, scores, ratings } = group;
  const [scoreDrift, ratingDrift] = [drifts.get(scores), drifts.get(ratings)];
  return {
    ...subjectAt(level, subject),
    ended: endedBy(outcomes),
    errors: errorsOf(outcomes),
    ...(score &&
      scores &&
      scoreDrift && {
        scores: {
          n: scores.n,
          meanThousandths: scores.mean,
          lowestThousandths: score.lowest,
          highestThousandths: score.highest,
          decilesThousandths: Array.from({ length: 9 }, (_, k) => score[`decile_${k + 1}`] ?? 0),
          bins: [...scores.bins],
          drift: scoreDrift,
        },
      }),
    ...(ratings &&
      ratingDrift && {
        ratings: {
          n: ratings.n,
          mean: ratings.mean,
          stars: [...ratings.bins],
          acceptedShare: ((ratings.bins[3] ?? 0) + (ratings.bins[4] ?? 0)) / ratings.n,
          drift: ratingDrift,
        },
      }),
  };
}

function endedBy(rows: readonly OutcomeRow[]): QualityGroup['ended'] {
  const ended = Object.fromEntries(TERMINAL_STATES.map((state) => [state, 0])) as QualityGroup['ended'];
  for (const { outcome, generations } of rows) ended[outcome] += generations;
  return ended;
}

function errorsOf(rows: readonly OutcomeRow[]): QualityGroup['errors'] {
  const counts = new Map<string, number>();
  for (const { error, generations } of rows) {
    if (error !== '') counts.set(error, (counts.get(error) ?? 0) + generations);
  }
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return [...counts.entries()]
    .map(([code, count]) => ({ code, count, share: count / all }))
    .sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1));
}
