import { MODELS } from '../catalogue/models.ts';
import { cellKeyOf } from '../events/draft.ts';

/** Models that are counted by name, as `provider/model`, and their providers. */
export interface KnownModels {
  models: ReadonlySet<string>;
  providers: ReadonlySet<string>;
}

/** The catalogue's models and those of a list such as `kling/kling-v2, fal/ltx-video`. */
export function knownModels(list: string): KnownModels {
  const own = MODELS.map(({ provider, id }) => `${provider}/${id}`);
  const named = list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => /^[^/]+\/./.test(name));
  const models = [...own, ...named];
  return { models: new Set(models), providers: new Set(models.map((name) => name.slice(0, name.indexOf('/')))) };
}

/**
 * The cell in which an event about a reported generation counts, fixed when it is recorded: what is not known counts as `other`,
 * so that no reporter can make cells without end.
 */
export function boundedCellKey(subject: { provider: string; model: string; kind: string }, known: KnownModels): string {
  const { provider, model, kind } = subject;
  if (known.models.has(`${provider}/${model}`)) return cellKeyOf(subject);
  return cellKeyOf({ provider: known.providers.has(provider) ? provider : 'other', model: 'other', kind });
}
