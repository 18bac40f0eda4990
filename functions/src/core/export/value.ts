/** What one field of an export holds; null where nothing is known. An object is nested in JSON and JSON text in CSV. */
export type Value = string | number | boolean | null | object;

/** The values of one row, in the order of the columns. */
export type Row = readonly Value[];

/** One column of a data set: how it is called, with its unit, and its value in a row. */
export type Column<T> = readonly [name: string, valueIn: (of: T) => Value | undefined];

/** How the columns are called, in order. */
export function namesOf<T>(columns: readonly Column<T>[]): string[] {
  return columns.map(([name]) => name);
}

/** One row of a data set. */
export function rowOf<T>(columns: readonly Column<T>[], of: T): Row {
  return columns.map(([, valueIn]) => valueIn(of) ?? null);
}

/** An ISO 8601 time in UTC; undefined for none. */
export function isoOf(at: Date | undefined): string | undefined {
  return at?.toISOString();
}

/** A whole number of smaller units in larger ones; undefined for none. */
export function scaled(value: number | undefined, perUnit: number): number | undefined {
  return value === undefined ? undefined : value / perUnit;
}
