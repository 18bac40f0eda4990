import data from './models.json' with { type: 'json' };
import { type Model, modelSchema } from './schema.ts';

/** Every model that the catalogue knows, in the order in which they are shown. */
export const MODELS: readonly Model[] = modelSchema.array().parse(data);

const byId = new Map(MODELS.map((model) => [model.id, model]));

/** The model with this id, or undefined. */
export function findModel(id: string): Model | undefined {
  return byId.get(id);
}

/** False in another region than the model's, and once its last day (UTC) is over. */
export function isOffered(model: Model, now: Date, region: string): boolean {
  if (!model.regions.includes(region)) return false;
  return model.sunsetOn === null || now.toISOString().slice(0, 10) <= model.sunsetOn;
}
