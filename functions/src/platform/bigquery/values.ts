/** A row of an answer with plain values: a TIMESTAMP as a Date, a DATE as text. */
export function plainRow(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plainValue(value)]));
}

/** The client wraps dates and times; a number is a number already. */
function plainValue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(plainValue);
  if (!('value' in value) || typeof value.value !== 'string') return value;
  return value.constructor.name === 'BigQueryTimestamp' ? new Date(value.value) : value.value;
}
