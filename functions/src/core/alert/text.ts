/** Control characters and the marks with which text is made to look like other text. */
const UNSEEN = /[\p{Cc}\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+/gu;

/** Text for one line of a sentence: well-formed, nothing unseen in it, at most `max` characters. */
export function plainLine(text: string, max = 100): string {
  const line = text.toWellFormed().replace(UNSEEN, ' ').replace(/\s+/g, ' ').trim();
  const characters = [...line];
  return characters.length <= max ? line : `${characters.slice(0, max - 1).join('')}…`;
}
