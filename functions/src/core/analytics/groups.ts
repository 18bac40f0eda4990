/** What rows can be by; `cell`: provider, model and kind. */
export const BREAKDOWNS = ['cell', 'model', 'kind', 'provider'] as const;
export type Breakdown = (typeof BREAKDOWNS)[number];

/** What a row is about. */
export interface Group {
  provider?: string;
  model?: string;
  kind?: string;
}

/** What the key of a provider/model/kind cell says; a model may have slashes in its name. */
export function subjectOf(cellKey: string): Required<Group> {
  const [provider = '', ...rest] = cellKey.split('/');
  const kind = rest.pop() ?? '';
  return { provider, model: rest.join('/'), kind };
}

/** The row that a cell belongs to. */
export function groupOf(cellKey: string, by: Breakdown): Group {
  if (by === 'provider') return { provider: cellKey.split('/', 1)[0] ?? cellKey };
  const { provider, model, kind } = subjectOf(cellKey);
  if (by === 'kind') return { kind };
  return by === 'model' ? { provider, model } : { provider, model, kind };
}
