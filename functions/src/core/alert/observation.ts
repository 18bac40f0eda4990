/** Which part of the numbers an episode is about: the values of the rule's `groupBy`, such as {provider: 'veo'}; {} without. */
export type Group = Readonly<Partial<Record<'provider' | 'model' | 'kind' | 'pattern' | 'target', string>>>;

/** What one rule sees of one group at one moment of the data. */
export interface Observation {
  /** The end of the window: a moment of the data, in whole minutes. */
  atMs: number;
  /** Missing where there is nothing to compute it from. */
  value?: number;
  /** How many samples it rests on. */
  n: number;
  /** The value that a `change` condition compares with; missing where there is none. */
  before?: number;
  /** The window. */
  fromMs: number;
  toMs: number;
}
