import { counter } from './cell.ts';
import { costPer, endedCount, mean, quantile, type Read, ratedCount, ratingMean, successRate, sum } from './reading.ts';

/** One number that can be asked for: how it is called and measured, what it means, and how it comes about, in words. */
export interface Metric {
  name: string;
  unit: 'count' | 'ratio' | 'ms' | 's' | 'usd' | 'usd/s' | 'credits' | 'stars' | 'score';
  meaning: string;
  formula: string;
  read: Read;
}

type Unit = Metric['unit'];
const ALL_ENDED = 'sum over the generations that ended, each counted when it ended';
const OUTCOME = 'number of ends with this outcome, each counted when it ended; n: all ends';
const NEAREST = 'the value at rank floor(q·(n−1))';

const MICROS = 1e6;
const THOUSANDTHS = 1_000;

const metric = (name: string, unit: Unit, meaning: string, formula: string, read: Read): Metric => ({
  ...{ name, unit, meaning, formula, read },
});

const counts: Metric[] = [
  metric('arrivals', 'count', 'Generations asked for.', 'number of requests, each counted when it was made', (cell) => {
    const n = counter(cell, 'arrivals');
    return { value: n, n };
  }),
  metric('ended', 'count', 'Generations that ended, in whatever way.', ALL_ENDED, (cell) => {
    const n = endedCount(cell);
    return { value: n, n };
  }),
  metric('succeeded', 'count', 'Generations that delivered a video.', OUTCOME, sum('succeeded', endedCount)),
  metric('failed', 'count', 'Generations that ended with an error.', OUTCOME, sum('failed', endedCount)),
  metric('blocked', 'count', 'Generations stopped by safety rules.', OUTCOME, sum('blocked', endedCount)),
  metric('cancelled', 'count', 'Generations that their user called off.', OUTCOME, sum('cancelled', endedCount)),
  metric('expired', 'count', 'Generations that were not ready in time.', OUTCOME, sum('expired', endedCount)),
  metric(
    'successRate',
    'ratio',
    'How often a generation that ran its course delivered.',
    'succeeded ÷ (succeeded + failed + expired); blocked and cancelled are left out',
    successRate,
  ),
  metric('attempts', 'count', 'Times that work was given to a provider.', ALL_ENDED, sum('attempts', endedCount)),
  metric('retries', 'count', 'Attempts beyond the first of a generation.', ALL_ENDED, sum('retries', endedCount)),
  metric('recoveries', 'count', 'Successes that took more than one attempt.', ALL_ENDED, sum('recoveries', endedCount)),
  metric('videosDelivered', 'count', 'Videos delivered.', ALL_ENDED, sum('videosDelivered', endedCount)),
  metric('videosBlocked', 'count', 'Videos held back by safety rules.', ALL_ENDED, sum('videosBlocked', endedCount)),
  metric('videoSec', 's', 'Seconds of video delivered.', ALL_ENDED, sum('videoSec', endedCount)),
  metric(
    'acceptedVideoSec',
    's',
    'Seconds of video that their user rated 4 or 5.',
    'sum over the generations rated, each counted when it ended',
    sum('acceptedVideoSec', ratedCount),
  ),
];

const TIMES = [
  ['totalMs', 'Time from the request to the end, of all that ended, whatever the outcome'],
  ['queueMs', 'Time from the request until the provider took it, of all that were taken'],
  ['renderMs', 'Time from when the provider took it until it was seen finished, of all that were finished'],
  ['storeMs', 'Time from when it was seen finished until it was stored, of all that were stored'],
] as const;

const times = TIMES.flatMap(([name, meaning]): Metric[] => [
  metric(
    `${name}Sum`,
    'ms',
    `${meaning}: the sum.`,
    'sum, exact',
    sum(name, (cell) => cell.sketches[name].count),
  ),
  metric(`${name}Mean`, 'ms', `${meaning}: the mean.`, 'sum ÷ n, exact', mean(name)),
  ...([50, 95, 99] as const).map((percent) => {
    const read = quantile(name, percent / 100);
    return metric(
      `${name}P${percent}`,
      'ms',
      `${meaning}: ${percent} % took at most this.`,
      `${NEAREST}, ± 0.5 %`,
      read,
    );
  }),
]);

const costs: Metric[] = [
  metric(
    'costUsd',
    'usd',
    'What providers charged for all attempts.',
    ALL_ENDED,
    sum('costUsdMicros', endedCount, MICROS),
  ),
  metric(
    'costUsdMean',
    'usd',
    'The cost of one generation: the mean.',
    'sum ÷ n, exact',
    mean('costUsdMicros', MICROS),
  ),
  ...([50, 95, 99] as const).map((percent) => {
    const read = quantile('costUsdMicros', percent / 100, MICROS);
    const meaning = `The cost of one generation: ${percent} % cost at most this.`;
    return metric(`costUsdP${percent}`, 'usd', meaning, `${NEAREST}, ± 1 %`, read);
  }),
  metric(
    'costPerDeliveredSecUsd',
    'usd/s',
    'What a delivered second of video costs, with all that was spent in vain.',
    'cost of all that ended ÷ seconds delivered; n: generations that ended',
    costPer('videoSec'),
  ),
  metric(
    'costPerAcceptedSecUsd',
    'usd/s',
    'What a second of video rated 4 or 5 costs, with all that was spent besides.',
    'cost of all that ended ÷ accepted seconds; n: generations that ended',
    costPer('acceptedVideoSec'),
  ),
  metric('wasteUsd', 'usd', 'The cost of what no user received.', ALL_ENDED, sum('wasteUsdMicros', endedCount, MICROS)),
  metric(
    'possibleWasteUsd',
    'usd',
    'What providers may have rendered, and charged for, unseen.',
    ALL_ENDED,
    sum('possibleWasteUsdMicros', endedCount, MICROS),
  ),
  metric('chargedCredits', 'credits', 'Credits that users paid.', ALL_ENDED, sum('chargedCredits', endedCount)),
];

const quality: Metric[] = [
  metric(
    'ratingMean',
    'stars',
    "Users' rating, 1 to 5: the mean.",
    'sum of stars ÷ n, exact; the latest rating counts',
    ratingMean,
  ),
  metric(
    'qualityMean',
    'score',
    "Scorers' quality, 0 to 1: the mean.",
    'sum ÷ n, exact; the latest score counts',
    mean('qualityThousandths', THOUSANDTHS),
  ),
  ...([5, 50, 95] as const).map((percent) => {
    const read = quantile('qualityThousandths', percent / 100, THOUSANDTHS);
    const meaning = `Scorers' quality, 0 to 1: ${percent} % have at most this.`;
    return metric(`qualityP${percent}`, 'score', meaning, `${NEAREST}, ± 1 %`, read);
  }),
];

/** Every metric, in the order in which they are shown. */
export const METRICS: readonly Metric[] = [...counts, ...times, ...costs, ...quality];
