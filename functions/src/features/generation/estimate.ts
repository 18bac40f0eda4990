import { chargeForGeneration } from '../../core/account/admit.ts';
import type { Actor } from '../../core/actor.ts';
import { findModel } from '../../core/catalogue/models.ts';
import { AppError } from '../../core/errors.ts';
import type { GenerationRequest } from '../../core/generation/request.ts';
import type { Price } from '../../core/pricing/price.ts';
import { now } from '../../platform/clock.ts';
import { findAccount } from '../credits/index.ts';
import { assertIntake } from '../intake/index.ts';
import { currentSettings } from '../settings/index.ts';
import { knownPrice, offered } from './offered.ts';

/** A request, its words left out or not. */
type Wish = Omit<GenerationRequest, 'prompt'>;

/** What a request would cost, and whether it would be taken in now. */
export interface Estimate extends Price {
  videos: number;
  credits: number;
  costUsdMicros: number;
  availableCredits: number;
  /** Why it would be refused now. */
  refusal?: AppError;
}

/**
 * Estimates a request without asking for it. A model of one's own, which only has a price here, is estimated too. Throws
 * `invalid_request` for what the model cannot do or has no price for.
 */
export async function estimateGeneration(actor: Actor, request: Wish): Promise<Estimate> {
  const settings = await currentSettings();
  const isOwn = !findModel(request.model) && settings.prices.own.some(({ model }) => model === request.model);
  const price = isOwn ? knownPrice(request, settings) : offered(request, settings).price;
  const { videos } = request;
  const { creditsPerVideo, costUsdMicrosPerVideo } = price;
  const [credits, costUsdMicros] = [creditsPerVideo * videos, costUsdMicrosPerVideo * videos];
  const { account } = await findAccount(actor, settings, now());
  const refusal = await refusalOf(async () => {
    await assertIntake(settings, costUsdMicros);
    chargeForGeneration(account, settings.limits[account.tier], 'estimate', credits, now());
  });
  const { availableCredits } = account.balance;
  return { ...price, videos, credits, costUsdMicros, availableCredits, ...(refusal && { refusal }) };
}

async function refusalOf(work: () => Promise<void>): Promise<AppError | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}
