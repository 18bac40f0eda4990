/** Units of what rules watch. */
export type AlertUnit =
  | 'count'
  | 'ratio'
  | 'ms'
  | 's'
  | 'min'
  | 'days'
  | 'usd'
  | 'usd/s'
  | 'credits'
  | 'stars'
  | 'score'
  | 'score10';

/** A value with its unit, as people read it: 0.8824 of a ratio is `88.2 %`. `more` digits tell values apart that look alike. */
export function formatValue(unit: AlertUnit, value: number, more = 0): string {
  switch (unit) {
    case 'count':
      return number(value, Number.isInteger(value) ? 0 : 1 + more);
    case 'ratio':
      return `${number(100 * value, 1 + more)} %`;
    case 'ms':
      return duration(value, more);
    case 's':
      return duration(1_000 * value, more);
    case 'min':
      return duration(60_000 * value, more);
    case 'days':
      return `${number(value, more)} ${number(value, more) === '1' ? 'day' : 'days'}`;
    case 'usd':
      return `${number(value, 2 + more, 2)} USD`;
    case 'usd/s':
      return `${number(value, 4 + more)} USD/s`;
    case 'credits':
      return `${number(value, more)} credits`;
    case 'stars':
      return `${number(value, 1 + more)} of 5`;
    case 'score':
      return number(value, 2 + more);
    case 'score10':
      return `${number(value, 1 + more)} of 10`;
  }
}

/** Both with so many digits that they look different where they are. */
export function formatApart(unit: AlertUnit, value: number, limit: number): { value: string; limit: string } {
  let more = 0;
  while (more < 6 && value !== limit && formatValue(unit, value, more) === formatValue(unit, limit, more)) more++;
  return { value: formatValue(unit, value, more), limit: formatValue(unit, limit, more) };
}

function duration(ms: number, more: number): string {
  const size = Math.abs(ms);
  if (size < 1_000) return `${number(ms, more)} ms`;
  if (size < 120_000) return `${number(ms / 1_000, 1 + more)} s`;
  if (size < 7_200_000) return `${number(ms / 60_000, 1 + more)} min`;
  return `${number(ms / 3_600_000, 1 + more)} h`;
}

const formats = new Map<string, Intl.NumberFormat>();

function number(value: number, digits: number, least = 0): string {
  const key = `${digits}.${least}`;
  const format =
    formats.get(key) ??
    new Intl.NumberFormat('en-US', {
      maximumFractionDigits: digits,
      minimumFractionDigits: least,
      signDisplay: 'negative',
    });
  formats.set(key, format);
  return format.format(value);
}
