import { findModel } from '../catalogue/models.ts';
import type { Resolution } from '../catalogue/schema.ts';
import { CREDIT_USD_MICROS } from '../credit/ledger.ts';

/** What is priced: seconds of video at a resolution, with or without sound. */
export interface PricedWork {
  model: string;
  resolution: Resolution;
  audio: boolean;
  durationSec: number;
}

/** A price that an administrator has set: for a model of their own, or instead of the catalogue's. */
export interface OwnPrice {
  model: string;
  /** Absent: every resolution. */
  resolution?: Resolution | undefined;
  /** Absent: with and without sound. */
  audio?: boolean | undefined;
  /** What the provider charges for a second of video. */
  costUsdMicrosPerSec: number;
  /** What the user pays for it; absent: the cost with the usual markup. */
  priceUsdMicrosPerSec?: number | undefined;
  /** The first UTC day on which it holds. */
  effectiveFrom: string;
}

/** How prices come about, besides the catalogue. */
export interface PricePolicy {
  /** Added to the cost where no price of its own is set, in percent. */
  markupPercent: number;
  own: readonly OwnPrice[];
}

/** Of one video. */
export interface Price {
  /** What the user pays. */
  creditsPerVideo: number;
  /** What the provider charges by its list: an estimate until its invoice comes. */
  costUsdMicrosPerVideo: number;
}

/**
 * The price of one video on a UTC day, or undefined where none is known. Of several own prices the more exact one counts, then
 * the later one; own prices go before the catalogue's. The user's price is rounded up to a whole credit a video.
 */
export function priceOf(work: PricedWork, day: string, { markupPercent, own }: PricePolicy): Price | undefined {
  const chosen = latest(own.filter((p) => p.effectiveFrom <= day && fits(p, work))) ?? listed(work, day);
  if (!chosen) return undefined;
  const { costUsdMicrosPerSec, priceUsdMicrosPerSec } = chosen;
  const costUsdMicrosPerVideo = costUsdMicrosPerSec * work.durationSec;
  const hundredths =
    priceUsdMicrosPerSec === undefined
      ? costUsdMicrosPerVideo * (100 + markupPercent)
      : priceUsdMicrosPerSec * work.durationSec * 100;
  return { creditsPerVideo: Math.ceil(hundredths / (100 * CREDIT_USD_MICROS)), costUsdMicrosPerVideo };
}

function fits(price: OwnPrice, work: PricedWork): boolean {
  if (price.model !== work.model) return false;
  if (price.resolution !== undefined && price.resolution !== work.resolution) return false;
  return price.audio === undefined || price.audio === work.audio;
}

const exactness = (price: OwnPrice) => Number(price.resolution !== undefined) + Number(price.audio !== undefined);

function latest(prices: readonly OwnPrice[]): OwnPrice | undefined {
  return [...prices].sort((a, b) => exactness(b) - exactness(a) || (a.effectiveFrom < b.effectiveFrom ? 1 : -1))[0];
}

/** The provider's own list; before its first dated price that one is taken. */
function listed(
  work: PricedWork,
  day: string,
): Pick<OwnPrice, 'costUsdMicrosPerSec' | 'priceUsdMicrosPerSec'> | undefined {
  const prices = (findModel(work.model)?.prices ?? [])
    .filter((p) => p.resolution === work.resolution && p.audio === work.audio)
    .sort((a, b) => (a.effectiveFrom < b.effectiveFrom ? 1 : -1));
  const price = prices.find((p) => p.effectiveFrom <= day) ?? prices.at(-1);
  return price && { costUsdMicrosPerSec: price.usdMicrosPerSec };
}
