/** A value as JSON holds it: times are ISO 8601 texts, and what is undefined is not there. A schema says what of it is told. */
export function plain(value: object): unknown {
  return JSON.parse(JSON.stringify(value));
}
