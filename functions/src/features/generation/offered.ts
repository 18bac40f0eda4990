import { utcDay } from '../../core/account/account.ts';
import { findModel, isOffered } from '../../core/catalogue/models.ts';
import type { Model } from '../../core/catalogue/schema.ts';
import { AppError } from '../../core/errors.ts';
import { checkAgainstModel, type GenerationRequest } from '../../core/generation/request.ts';
import { type Price, type PricedWork, priceOf } from '../../core/pricing/price.ts';
import type { Settings } from '../../core/settings/settings.ts';
import { VERTEX_LOCATION } from '../../params.ts';
import { now } from '../../platform/clock.ts';

/** The model that a request names and what one video costs, now. Throws `invalid_request` for what cannot be made. */
export function offered(
  request: Omit<GenerationRequest, 'prompt'>,
  settings: Settings,
): { model: Model; price: Price } {
  const model = findModel(request.model);
  if (!model) {
    throw new AppError('invalid_request', 'There is no such model.', [{ path: 'model', message: 'see GET /models' }]);
  }
  if (!isOffered(model, now(), VERTEX_LOCATION.value())) {
    const hint = model.successor ? `use ${model.successor}` : 'see GET /models';
    throw new AppError('invalid_request', `${model.id} is not offered here, or no longer.`, [
      { path: 'model', message: hint },
    ]);
  }
  const problems = checkAgainstModel(request, model);
  if (problems.length > 0) throw new AppError('invalid_request', 'The model cannot do this.', problems);
  return { model, price: knownPrice(request, settings) };
}

/** What one video costs today. Throws `invalid_request` where no price is known. */
export function knownPrice(work: PricedWork, { prices }: Settings): Price {
  const price = priceOf(work, utcDay(now()), prices);
  if (price) return price;
  const sound = work.audio ? 'with' : 'without';
  throw new AppError('invalid_request', 'There is no price for this.', [
    { path: 'audio', message: `${work.model} has no price for ${work.resolution} ${sound} sound` },
  ]);
}
