import { subjectOf } from '../analytics/groups.ts';
import { TERMINAL_STATES } from '../generation/outcome.ts';
import type { Counter } from '../rollup/cell.ts';
import { GENERATION_BOUNDS_MS } from './bounds.ts';
import type { Family, Labels, Sample } from './exposition.ts';
import { histogramOf } from './histogram.ts';
import type { RisingSums } from './rising.ts';
import { ERROR_NAMES, errorName, histogramPrefix, TIMES, type Time, type Totals } from './totals.ts';

const MICROS = 1e6;
const STARS = [1, 2, 3, 4, 5] as const;

/** Sums that are a metric as they are: what follows `video_generation_`, what it means, and how many make one of its unit. */
const SUMS: readonly [name: string, from: Counter, help: string, perUnit?: number][] = [
  ['requests', 'arrivals', 'Generations asked for.'],
  ['attempts', 'attempts', 'Times that work was given to a provider, of generations that ended.'],
  ['retries', 'retries', 'Attempts beyond the first of a generation.'],
  ['recoveries', 'recoveries', 'Successes that took more than one attempt.'],
  ['videos_delivered', 'videosDelivered', 'Videos delivered.'],
  ['videos_blocked', 'videosBlocked', 'Videos held back by safety rules.'],
  ['video_seconds', 'videoSec', 'Seconds of video delivered.'],
  ['accepted_video_seconds', 'acceptedVideoSec', 'Seconds of video that their user rated 4 or 5.'],
  ['cost_usd', 'costUsdMicros', 'What providers charged for all attempts.', MICROS],
  ['waste_usd', 'wasteUsdMicros', 'The cost of what no user received.', MICROS],
  ['possible_waste_usd', 'possibleWasteUsdMicros', 'What providers may have charged for, unseen.', MICROS],
  ['charged_credits', 'chargedCredits', 'Credits that users paid.'],
];

const HISTOGRAMS: Readonly<Record<Time, [name: string, help: string]>> = {
  totalMs: ['duration_seconds', 'Time from the request to the end, whatever the outcome.'],
  queueMs: ['queue_duration_seconds', 'Time from the request until the provider took it.'],
  renderMs: ['render_duration_seconds', 'Time from when the provider took it until it was seen finished.'],
  storeMs: ['store_duration_seconds', 'Time from when it was seen finished until it was stored.'],
};

/** Everything that is counted of generations, as metrics by provider, model and kind. They rise with what is folded. */
export function generationFamilies({ sinceMs, cells }: Totals): Family[] {
  const all = Array.from(cells, ([key, sums]) => ({ labels: { ...subjectOf(key) }, sums }));
  const each = (read: (sums: RisingSums, labels: Labels) => Sample[]) =>
    all.flatMap(({ sums, labels }) => read(sums, labels));
  const counter = (name: string, help: string, samples: Sample[]): Family => ({
    ...{ name: `video_generation_${name}`, help, type: 'counter', samples },
  });
  const ended = each((sums, labels) =>
    TERMINAL_STATES.map((outcome) => ({ labels: { ...labels, outcome }, value: sums.get(outcome) })),
  );
  // Each code from the beginning: of a series that begins with 1, nobody sees that it rose.
  const errors = each((sums, labels) =>
    ERROR_NAMES.map((code) => ({ labels: { ...labels, code }, value: sums.get(errorName(code)) })),
  );
  const ratings = each((sums, labels) =>
    STARS.map((stars) => ({ labels: { ...labels, stars: String(stars) }, value: sums.get(`ratings${stars}`) })),
  );
  return [
    counter('total', 'Generations that ended, by outcome.', ended),
    ...SUMS.map(([name, from, help, perUnit = 1]) =>
      counter(
        `${name}_total`,
        help,
        each((sums, labels) => [{ labels, value: sums.get(from) / perUnit }]),
      ),
    ),
    counter('errors_total', 'Generations that ended with an error, by its code.', errors),
    counter('ratings_total', 'Generations that their user rated, by stars.', ratings),
    ...TIMES.map((time): Family => {
      const [name, help] = HISTOGRAMS[time];
      const samples = all.map(({ labels, sums }) => {
        return histogramOf(labels, sums.startingWith(histogramPrefix(time)), sums.get(time), GENERATION_BOUNDS_MS);
      });
      return { name: `video_generation_${name}`, help, type: 'histogram', samples };
    }),
    {
      ...{ name: 'video_generation_counted_since_timestamp_seconds', type: 'gauge' },
      help: 'When the counters of generations began at 0.',
      samples: [{ labels: {}, value: sinceMs / 1_000 }],
    },
  ];
}
