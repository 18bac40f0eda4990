import { KINDS, type Kind } from '../../functions/src/core/catalogue/schema.ts';
import { STYLE_IDS, type StyleId } from '../../functions/src/core/catalogue/styles.ts';

/** What happened to one generation, whoever made it. */
export interface Happening {
  n: number;
  uid: string;
  kind: Kind;
  style: StyleId;
  requestedAt: Date;
  endedAt: Date;
  outcome: 'succeeded' | 'failed' | 'blocked' | 'expired';
  queueMs: number;
  renderMs: number;
  storeMs: number;
  videoSec: number;
  costUsdMicros: number;
  /** A number in [0, 1) for what is decided later. */
  chance: number;
}

const USERS = 2_000;
const USD_MICROS_PER_SEC = 150_000;

/** The n-th, which ends at a moment. Some users, kinds and styles are much more frequent than others. */
export function happeningOf(n: number, endedMs: number, random: () => number): Happening {
  const skewed = (count: number) => Math.floor(random() ** 3 * count);
  const spread = () => Math.exp(2 * (random() + random() - 1));
  const [queueMs, renderMs, storeMs] = [Math.round(2_000 * spread()), Math.round(40_000 * spread()), 500 + skewed(900)];
  const videoSec = 4 + 2 * skewed(3);
  return {
    ...{ n, uid: `user${skewed(USERS)}`, kind: KINDS[skewed(KINDS.length)] ?? 'text_to_video' },
    style: STYLE_IDS[skewed(STYLE_IDS.length)] ?? 'cinematic',
    ...{ requestedAt: new Date(endedMs - queueMs - renderMs - storeMs), endedAt: new Date(endedMs) },
    outcome: outcomeFor(random()),
    ...{ queueMs, renderMs, storeMs, videoSec, costUsdMicros: videoSec * USD_MICROS_PER_SEC },
    chance: random(),
  };
}

function outcomeFor(chance: number): Happening['outcome'] {
  if (chance < 0.04) return 'failed';
  if (chance < 0.06) return 'blocked';
  return chance < 0.07 ? 'expired' : 'succeeded';
}
