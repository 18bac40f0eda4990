import { KINDS } from '../catalogue/schema.ts';
import { AppError } from '../errors.ts';
import { cellKeyOf } from '../events/draft.ts';
import type { Bucket } from '../rollup/bucket.ts';
import { type Part, partOf, partsOf, TOTAL } from '../rollup/document.ts';
import { type Breakdown, subjectOf } from './groups.ts';

/** What an answer is about; absent: everything. */
export interface Filters {
  provider?: string | undefined;
  model?: string | undefined;
  kind?: string | undefined;
  style?: string | undefined;
}

/** Which cells are read: the documents of a bucket that may have them, and whether one of those is meant. */
export interface Selection {
  parts(bucket: Bucket): readonly Part[];
  has(key: string): boolean;
  /** What the keys of the cells are. */
  keys: 'total' | 'provider' | 'cell' | 'style';
  /** How the provider/model/kind keys that it can be made of begin and end. */
  prefix: string;
  suffix: string;
}

const ANY = { prefix: '', suffix: '' };

/**
 * The cells that add up to what the filters leave. `modelsByName`, as provider/model, are looked for where they must be; any
 * other model is looked for everywhere. Throws AppError `invalid_request` for a style beside something else.
 */
export function totalSelection(filters: Filters, modelsByName: ReadonlySet<string>): Selection {
  const { provider, model, kind, style } = filters;
  if (style !== undefined) {
    if (provider ?? model ?? kind) {
      throw new AppError('invalid_request', 'Styles are counted by themselves.', [
        { path: 'style', message: 'not with provider, model or kind' },
      ]);
    }
    return { parts: () => ['style'], has: (key) => key === style, keys: 'style', ...ANY };
  }
  if (model === undefined && kind === undefined) {
    const keys = provider === undefined ? 'total' : 'provider';
    return { parts: () => ['head'], has: (key) => key === (provider ?? TOTAL), keys, ...edgesOf(filters) };
  }
  return cellSelection(filters, modelsByName);
}

/** The cells that rows are made of. */
export function rowSelection(filters: Filters, by: Breakdown, modelsByName: ReadonlySet<string>): Selection {
  const { provider, model, kind } = filters;
  if (by !== 'provider' || model !== undefined || kind !== undefined) return cellSelection(filters, modelsByName);
  const has = (key: string) => (provider === undefined ? key !== TOTAL : key === provider);
  return { parts: () => ['head'], has, keys: 'provider', ...edgesOf(filters) };
}

/** Cells by provider, model and kind. */
export function cellSelection(filters: Filters, modelsByName: ReadonlySet<string>): Selection {
  const { provider, model, kind } = filters;
  const named = model === undefined ? [] : [...modelsByName].filter((name) => isModel(name, model, provider));
  const keys = named.flatMap((name) =>
    (kind === undefined ? KINDS : [kind]).map((each) => cellKeyOf({ ...providerAndModel(name), kind: each })),
  );
  return {
    parts: (bucket) => (keys.length > 0 ? [...new Set(keys.map((key) => partOf(key, bucket)))] : cellParts(bucket)),
    has: (key) => {
      const subject = subjectOf(key);
      return (
        (provider === undefined || subject.provider === provider) &&
        (model === undefined || subject.model === model) &&
        (kind === undefined || subject.kind === kind)
      );
    },
    keys: 'cell',
    ...edgesOf(filters),
  };
}

/** Cells by style. */
export const STYLES_ONLY: Selection = { parts: () => ['style'], has: () => true, keys: 'style', ...ANY };

function edgesOf({ provider, kind }: Filters): { prefix: string; suffix: string } {
  return { prefix: provider === undefined ? '' : `${provider}/`, suffix: kind === undefined ? '' : `/${kind}` };
}

const cellParts = (bucket: Bucket) => partsOf(bucket).filter((part) => part !== 'head' && part !== 'style');

function isModel(name: string, model: string, provider: string | undefined): boolean {
  const known = providerAndModel(name);
  return known.model === model && (provider === undefined || known.provider === provider);
}

function providerAndModel(name: string): { provider: string; model: string } {
  const at = name.indexOf('/');
  return { provider: name.slice(0, at), model: name.slice(at + 1) };
}
