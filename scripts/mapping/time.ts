/** `iso`: ISO 8601 with `Z` or an offset. `unix_s`, `unix_ms`: a number since the Unix epoch. */
export const TIME_FORMATS = ['YYYY-MM-DD HH:MM:SS', 'iso', 'unix_s', 'unix_ms'] as const;
export type TimeFormat = (typeof TIME_FORMATS)[number];

export const UTC_OFFSET = /^[+-](0\d|1[0-4]):[0-5]\d$/;

const PLAIN = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?)$/;
const ISO = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

/** Milliseconds since the Unix epoch, or undefined when the text is no such time. `utcOffset` is that of plain times, such as `+02:00`. */
export function parseTime(text: string, format: TimeFormat, utcOffset: string): number | undefined {
  switch (format) {
    case 'YYYY-MM-DD HH:MM:SS': {
      const [, date = '', time = ''] = PLAIN.exec(text) ?? [];
      return isCalendarDate(date) ? finite(Date.parse(`${date}T${time}${utcOffset}`)) : undefined;
    }
    case 'iso': {
      const [, date = ''] = ISO.exec(text) ?? [];
      return isCalendarDate(date) ? finite(Date.parse(text)) : undefined;
    }
    case 'unix_s':
      return /^\d{1,12}(\.\d+)?$/.test(text) ? Math.round(Number(text) * 1000) : undefined;
    case 'unix_ms':
      return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
  }
}

/** False for 30 February, which Date would take for 1 or 2 March. */
function isCalendarDate(date: string): boolean {
  const ms = Date.parse(`${date}T00:00:00Z`);
  return Number.isFinite(ms) && new Date(ms).toISOString().startsWith(date);
}

function finite(ms: number): number | undefined {
  return Number.isFinite(ms) ? ms : undefined;
}
