/** Control characters, and the marks with which text is made to look like other text; line breaks and tabs are apart. */
const UNSEEN = /(?![\n\t])[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/** Text as it may go anywhere: well-formed, without control characters; line breaks stay. */
export function plain(text: string): string {
  return text.toWellFormed().replace(/\r\n?/g, '\n').replace(UNSEEN, '').replaceAll('\t', ' ');
}

/** The same on one line. */
export function oneLine(text: string): string {
  return plain(text).replace(/\s+/g, ' ').trim();
}

/** At most `max` UTF-16 units, ending in an ellipsis where something was cut; never half a character. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const end = max - 1;
  const splitsPair = /[\ud800-\udbff]/.test(text.charAt(end - 1));
  return `${text.slice(0, splitsPair ? end - 1 : end)}…`;
}

/** Cuts, and remembers whether it ever had to. */
export class Cutter {
  shortened = false;

  /** See `cut`. */
  cut(text: string, max: number): string {
    this.shortened ||= text.length > max;
    return cut(text, max);
  }
}

/** An address that may be made a link; undefined for any other scheme. */
export function safeUrl(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, href } = new URL(url);
  return protocol === 'https:' || protocol === 'http:' ? href.replaceAll('|', '%7C') : undefined;
}
