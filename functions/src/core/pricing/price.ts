import type { Model, Resolution } from '../catalogue/schema.ts';

/** What is priced: seconds of video at a resolution, with or without sound. */
export interface PricedWork {
  resolution: Resolution;
  audio: boolean;
  durationSec: number;
  videos: number;
}

/**
 * The provider's list price of this work in millionths of a US dollar (an integer), or undefined where the catalogue
 * has no price for the combination. Formula: price per second × seconds × videos.
 */
export function listPriceUsdMicros(model: Model, work: PricedWork): number | undefined {
  const price = model.prices.find((p) => p.resolution === work.resolution && p.audio === work.audio);
  return price && price.usdMicrosPerSec * work.durationSec * work.videos;
}
