import type { EventBody } from '../../src/core/events/schema.ts';
import type { QualityGroup } from '../../src/core/insights/quality.ts';
import type { RowEvent } from '../../src/core/warehouse/row.ts';
import { decilesOf, type Span, sum } from './behaviourExpected.ts';

/** A generation that ended, with the rating and score that stand. */
interface Ended {
  ms: number;
  cellKey: string;
  outcome: string;
  error: string | undefined;
  stars: number | undefined;
  score: number | undefined;
}

type Group = Omit<QualityGroup, 'scores' | 'ratings'> & {
  scores?: Omit<NonNullable<QualityGroup['scores']>, 'drift'>;
  ratings?: Omit<NonNullable<QualityGroup['ratings']>, 'drift'>;
};

/** The values that were scored and rated in a group, for tests of whether they moved. */
export interface Values {
  scores: number[];
  stars: number[];
}

/** What is said of quality, but for drift, computed from the generations one by one. */
export class ExpectedQuality {
  readonly #ended: Ended[];

  constructor(events: readonly RowEvent[]) {
    const ends = new Map<string, Ended>();
    const inOrder = [...events].sort((a, b) => a.occurredAt.getTime() - b.occurredAt.getTime());
    for (const { type, occurredAt, cellKey = '', body } of inOrder) {
      if (!/^generation\.(succeeded|failed|blocked|expired|cancelled)$/.test(type)) continue;
      const { generationId, errorCode: error } = body as EventBody<'generation.failed'>;
      const outcome = type.slice('generation.'.length);
      const ms = occurredAt.getTime();
      ends.set(`${generationId} ${ms}`, { ms, cellKey, outcome, error, stars: undefined, score: undefined });
    }
    for (const { type, body } of inOrder) {
      if (type !== 'generation.rated' && type !== 'generation.scored') continue;
      const { generationId, endedAt, to } = body as EventBody<'generation.scored'>;
      const end = ends.get(`${generationId} ${endedAt.getTime()}`);
      if (end) end[type === 'generation.rated' ? 'stars' : 'score'] = to;
    }
    this.#ended = [...ends.values()];
  }

  /** By level and name. */
  groups(span: Span): Map<string, Group> {
    return new Map([...this.#grouped(span)].map(([key, ended]) => [key, groupOf(key, ended)]));
  }

  values(span: Span): Map<string, Values> {
    return new Map(
      [...this.#grouped(span)].map(([key, ended]) => [
        key,
        { scores: ended.flatMap(({ score }) => score ?? []), stars: ended.flatMap(({ stars }) => stars ?? []) },
      ]),
    );
  }

  #grouped({ start, end }: Span): Map<string, Ended[]> {
    const groups = new Map<string, Ended[]>();
    for (const each of this.#ended) {
      if (each.ms < Date.parse(start) || each.ms >= Date.parse(end)) continue;
      const parts = each.cellKey.split('/');
      const [provider, model, kind] = [parts[0], parts.slice(0, -1).join('/'), parts.at(-1)];
      for (const key of ['all ', `provider ${provider}`, `model ${model}`, `kind ${kind}`, `cell ${each.cellKey}`]) {
        const group = groups.get(key);
        if (group) group.push(each);
        else groups.set(key, [each]);
      }
    }
    return groups;
  }
}

function groupOf(key: string, ended: Ended[]): Group {
  const level = key.slice(0, key.indexOf(' ')) as QualityGroup['level'];
  const parts = key.slice(level.length + 1).split('/');
  const count = (outcome: string) => ended.filter((each) => each.outcome === outcome).length;
  const scores = ended.flatMap(({ score }) => score ?? []);
  const stars = ended.flatMap((each) => each.stars ?? []);
  const errors = Map.groupBy(
    ended.flatMap(({ error }) => error ?? []),
    (code) => code,
  );
  const all = sum([...errors.values()].map(({ length }) => length));
  return {
    level,
    ...(level === 'kind' && { kind: parts[0] }),
    ...(['provider', 'model', 'cell'].includes(level) && { provider: parts[0] }),
    ...(['model', 'cell'].includes(level) && { model: parts.slice(1, level === 'cell' ? -1 : undefined).join('/') }),
    ...(level === 'cell' && { kind: parts.at(-1) }),
    ended: {
      ...{ succeeded: count('succeeded'), failed: count('failed'), blocked: count('blocked') },
      ...{ cancelled: count('cancelled'), expired: count('expired') },
    },
    errors: [...errors]
      .map(([code, { length }]) => ({ code, count: length, share: length / all }))
      .sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1)),
    ...(scores.length > 0 && {
      scores: {
        n: scores.length,
        meanThousandths: sum(scores) / scores.length,
        lowestThousandths: Math.min(...scores),
        highestThousandths: Math.max(...scores),
        decilesThousandths: decilesOf(scores),
        bins: binsOf(scores, (score) => Math.min(19, Math.floor(score / 50)), 20),
      },
    }),
    ...(stars.length > 0 && {
      ratings: {
        n: stars.length,
        mean: sum(stars) / stars.length,
        stars: binsOf(stars, (star) => star - 1, 5),
        acceptedShare: stars.filter((star) => star >= 4).length / stars.length,
      },
    }),
  };
}

export function binsOf(values: number[], binOf: (value: number) => number, length: number): number[] {
  return Array.from({ length }, (_, bin) => values.filter((value) => binOf(value) === bin).length);
}
