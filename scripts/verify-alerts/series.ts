/** A sample: a number, none at that time, or the mark that the series has ended. */
export type Sample = number | 'missing' | 'stale';

/** A rule of Prometheus's kind with the samples it looks at. */
export interface Case {
  /** Of the rule and, with a `m_` before it, of the metric. */
  name: string;
  op: '>' | '>=' | '<' | '<=';
  bound: number;
  forMin: number;
  keepFiringMin: number;
  /** One for each evaluation, from time 0. */
  samples: readonly Sample[];
  /** Evaluations at which somebody acknowledges it, if they can. */
  acknowledgedAt: ReadonlySet<number>;
}

/** Cases that are evaluated at the same pace: one file of tests. */
export interface Batch {
  intervalSec: number;
  cases: readonly Case[];
}

/** Paces of the evaluations: 15 s, a minute, two that divide nothing, and one that is longer than Prometheus looks back. */
const INTERVALS_SEC = [15, 60, 90, 150, 400];
const STEPS = 80;
const BOUND = 10;

/** As many series as asked for; the same for the same seed. */
export function batches(series: number, seed = 1): Batch[] {
  const random = generator(seed);
  return INTERVALS_SEC.map((intervalSec, at) => ({
    intervalSec,
    cases: Array.from({ length: share(series, at) }, (_, i) => caseOf(`r${intervalSec}_${i}`, random)),
  }));
}

const share = (series: number, at: number) =>
  Math.floor(series / INTERVALS_SEC.length) + (at < series % INTERVALS_SEC.length ? 1 : 0);

function caseOf(name: string, random: () => number): Case {
  const pick = <T>(from: readonly [T, ...T[]]): T => from[Math.floor(random() * from.length)] ?? from[0];
  const samples = samplesOf(random, pick([0.05, 0.3, 0.6]), pick([0, 0.1, 0.3]));
  return {
    ...{ name, op: pick(['>', '>=', '<', '<=']), bound: BOUND },
    ...{ forMin: pick([0, 0, 1, 2, 5, 7]), keepFiringMin: pick([0, 0, 1, 3, 6, 20]), samples },
    acknowledgedAt: new Set(samples.flatMap((_, i) => (random() < 0.1 ? [i] : []))),
  };
}

/** Stretches above, below and on the bound, and gaps; `restless` is how likely each ends after one sample. */
function samplesOf(random: () => number, restless: number, gaps: number): Sample[] {
  const samples: Sample[] = [];
  while (samples.length < STEPS) {
    const isGap = random() < gaps;
    const level = [4, 9, 10, 11, 16][Math.floor(random() * 5)] ?? BOUND;
    const first: Sample = isGap && random() < 0.5 ? 'stale' : isGap ? 'missing' : level;
    samples.push(first);
    while (samples.length < STEPS && random() > restless) {
      samples.push(isGap ? 'missing' : level + Math.round(random()));
    }
  }
  return samples;
}

/** Numbers in [0, 1), the same for the same seed (a linear congruential generator modulo 2³²). */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
