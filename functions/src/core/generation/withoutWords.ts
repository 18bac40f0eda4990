/** A shorter quote than this stays: it stands in many a sentence, and tells nothing. */
const MIN_CHARS = 8;
const STANDS_FOR_THEM = '[…]';

/**
 * A provider's message without what it quotes of the user's words: all of them or a part, as they are or escaped once or
 * twice as JSON is.
 */
export function withoutWords(message: string, words: readonly string[]): string {
  const known = new Set(words.flatMap(spellingsOf).flatMap(piecesOf));
  const isQuoted: boolean[] = Array(message.length).fill(false);
  for (const [at, piece] of piecesOf(message).entries()) if (known.has(piece)) isQuoted.fill(true, at, at + MIN_CHARS);
  let told = '';
  for (let at = 0; at < message.length; at++) {
    if (!isQuoted[at]) told += message[at];
    else if (!isQuoted[at - 1]) told += STANDS_FOR_THEM;
  }
  return told;
}

function spellingsOf(words: string): string[] {
  const once = JSON.stringify(words).slice(1, -1);
  return [...new Set([words, once, JSON.stringify(once).slice(1, -1)])];
}

/** Every run of `MIN_CHARS` characters, by where it begins. */
function piecesOf(text: string): string[] {
  const count = Math.max(0, text.length - MIN_CHARS + 1);
  return Array.from({ length: count }, (_, at) => text.slice(at, at + MIN_CHARS));
}
