import { invalidQuery } from '../errors.ts';
import { identifier, type SqlType, type Typed } from './types.ts';

export interface Column {
  name: string;
  type: SqlType;
}

/** One range variable of a FROM clause. */
export interface Source {
  alias: string;
  columns: Column[];
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** The names an expression can see: the FROM clause's, then those of the query around it. */
export class Scope {
  readonly sources: Source[] = [];
  /** Columns that `USING` merged; they are named without a range variable. */
  readonly merged = new Set<string>();
  /** SELECT aliases, visible in GROUP BY, HAVING, QUALIFY and ORDER BY only. */
  aliases = new Map<string, Typed>();
  readonly #outer: Scope | undefined;

  constructor(outer?: Scope) {
    this.#outer = outer;
  }

  add(source: Source): void {
    if (this.sources.some(({ alias }) => same(alias, source.alias))) {
      throw invalidQuery(`Duplicate table alias ${source.alias} in the same FROM clause`);
    }
    this.sources.push(source);
  }

  /** Throws BigQueryError when the name is unknown or ambiguous. */
  column(name: string, table?: string): Typed {
    const found = this.find(name, table);
    if (found) return found;
    throw invalidQuery(`Unrecognized name: ${table === undefined ? name : `${table}.${name}`}`);
  }

  private find(name: string, table?: string): Typed | undefined {
    const alias = table === undefined ? this.aliases.get(name.toLowerCase()) : undefined;
    const sources = table === undefined ? this.sources : this.sources.filter((source) => same(source.alias, table));
    const hits = sources.flatMap((source) =>
      source.columns.filter((column) => same(column.name, name)).map((column) => ({ source, column })),
    );
    const [hit] = hits;
    if (!hit) return alias ?? this.#outer?.find(name, table);
    const bare = table === undefined && this.merged.has(name.toLowerCase());
    if (hits.length > 1 && !bare) throw invalidQuery(`Column name ${name} is ambiguous`);
    const { source, column } = hit;
    const sql = bare ? identifier(column.name) : `${identifier(source.alias)}.${identifier(column.name)}`;
    if (alias && alias.sql !== sql)
      throw invalidQuery(`Name ${name} is ambiguous: a column and a SELECT alias have it`);
    return { sql, type: column.type };
  }

  /** What `*` or `table.*` stands for, columns merged by USING first and once. */
  star(table?: string): { name: string; value: Typed }[] {
    const sources = this.sources.filter(({ alias }) => table === undefined || same(alias, table));
    if (sources.length === 0)
      throw invalidQuery(table === undefined ? 'SELECT * needs a FROM clause' : `Unrecognized name: ${table}`);
    const all = sources.flatMap(({ alias, columns }) => columns.map(({ name }) => ({ name, alias })));
    if (table !== undefined) return all.map(({ name, alias }) => ({ name, value: this.column(name, alias) }));
    const isMerged = (name: string) => this.merged.has(name.toLowerCase());
    const first = [...this.merged].map((name) => ({ name, value: this.column(name) }));
    const rest = all.filter(({ name }) => !isMerged(name));
    return [...first, ...rest.map(({ name, alias }) => ({ name, value: this.column(name, alias) }))];
  }
}
