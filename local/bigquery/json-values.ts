/** Days since 1970 of `YYYY-MM-DD`; undefined when it is no such day. */
export function dateDays(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const ms = Date.parse(`${text}T00:00:00Z`);
  const exists = !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text);
  return exists ? ms / 86_400_000 : undefined;
}

const TIMESTAMP =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,6}))?)?\s?(Z|UTC|[+-]\d{2}(?::?\d{2})?)?$/;

/** Microseconds since 1970 of a timestamp's text (UTC when it names no zone); undefined when it is none. */
export function timestampMicros(text: string): bigint | undefined {
  const [, day = '', hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = TIMESTAMP.exec(text) ?? [];
  const days = dateDays(day);
  if (days === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const seconds = days * 86_400 + Number(hour) * 3600 + Number(minute) * 60 + Number(second) - zoneSeconds(zone);
  return BigInt(seconds) * 1_000_000n + BigInt(fraction.padEnd(6, '0'));
}

function zoneSeconds(zone: string): number {
  const [, sign, hours = '0', minutes = '0'] = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone) ?? [];
  if (sign === undefined) return 0;
  return (Number(hours) * 3600 + Number(minutes) * 60) * (sign === '-' ? -1 : 1);
}
