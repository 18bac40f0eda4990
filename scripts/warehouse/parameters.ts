/** A query's parameters are not those of its comment, or not known here. */
export class WrongParameters extends Error {}

const DAY_MS = 86_400_000;
const WINDOW_DAYS = 30;

/** The types of parameters in `scripts/sql`, by name: one name has one type in every file. */
export const PARAMETER_TYPES: Readonly<Record<string, string>> = {
  ...{ from: 'TIMESTAMP', to: 'TIMESTAMP', countedFrom: 'TIMESTAMP', countedTo: 'TIMESTAMP' },
  ...{ recordedFrom: 'TIMESTAMP', recordedTo: 'TIMESTAMP', recentFrom: 'TIMESTAMP' },
  ...{ through: 'TIMESTAMP', today: 'STRING' },
  ...{ time_bins_per_e: 'FLOAT64', value_bins_per_e: 'FLOAT64', max_characters: 'INT64' },
  ...{ periods: 'ARRAY<STRING>', bounds: 'ARRAY<INT64>' },
  ...{ by: 'STRING', prefix: 'STRING', suffix: 'STRING', time: 'STRING', userKey: 'STRING', value: 'STRING' },
};

/**
 * The parameters of a query. Throws WrongParameters where one is not in the comment at its head (or in that of the file
 * which that names: `Parameters as in other.sql`), or its type is not known.
 */
export function parametersOf(sql: string): string[] {
  const [head = ''] = /^(--.*\n)+/.exec(sql) ?? [];
  const used = namesIn(sql.replace(/--.*$|'[^']*'|"[^"]*"/gm, ''));
  for (const name of used) {
    if (!head.includes(`@${name}`) && !/ as in \w+\.sql/.test(head))
      throw new WrongParameters(`@${name} is not told of at the head`);
    if (!(name in PARAMETER_TYPES)) throw new WrongParameters(`@${name} is not in scripts/warehouse/parameters.ts`);
  }
  const unused = namesIn(head).find((name) => !used.includes(name));
  if (unused !== undefined) throw new WrongParameters(`@${unused} is told of at the head, and not in the query`);
  return used;
}

const namesIn = (text: string) => [...new Set(Array.from(text.matchAll(/@(\w+)/g), ([, name = '']) => name))];

/** A value of each, and its type as Google's client takes it, for a query that is planned and not run: of the last 30 days. */
export function samplesOf(
  names: readonly string[],
  now: Date,
): { params: Record<string, unknown>; types: Record<string, string | string[]> } {
  const types = names.map((name): [string, string | string[]] => {
    const type = PARAMETER_TYPES[name] ?? 'STRING';
    const element = /^ARRAY<(\w+)>$/.exec(type)?.[1];
    return [name, element === undefined ? type : [element]];
  });
  const params = types.map(([name, type]) => [
    name,
    Array.isArray(type) ? [sampleOf(name, type[0], now)] : sampleOf(name, type, now),
  ]);
  return { params: Object.fromEntries(params), types: Object.fromEntries(types) };
}

function sampleOf(name: string, type: string | undefined, now: Date): unknown {
  const at = /from$/i.test(name) ? new Date(now.getTime() - WINDOW_DAYS * DAY_MS) : now;
  switch (type) {
    case 'INT64':
    case 'FLOAT64':
      return 1;
    case 'BOOL':
      return true;
    case 'TIMESTAMP':
      return at;
    default:
      // A text may be one of a day.
      return at.toISOString().slice(0, 10);
  }
}
