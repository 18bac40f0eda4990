import type { Message } from '../../core/alert/message.ts';
import { cut, oneLine, safeUrl } from '../text.ts';
import { headwordOf } from '../words.ts';

/** 3GPP TS 23.038: the characters that fit 160 in one message; those of `EXTENDED` count twice. */
const GSM =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const EXTENDED = '^{}\\[~]|€';
const GSM_LIMIT = 160;
/** Any other character makes all of them take 16 bits: two parts of 67. */
const UNICODE_LIMIT = 134;
/** Longer ones leave no room for words. */
const MAX_LINK = 90;

/** What typography has and GSM has not. */
const SIMPLER: Record<string, string> = {
  ...{ '…': '...', '–': '-', '—': '-', '“': '"', '”': '"', '‘': "'", '’': "'", '·': '-', '×': 'x', '→': '->' },
  ...{ '≥': '>=', '≤': '<=', '\u00a0': ' ', '\u202f': ' ', '\u2009': ' ', '−': '-' },
};

/** The text of a message to a phone: one part where the characters allow it, two at most; the first link is never cut. */
export function renderSms(message: Message): { text: string; shortened: boolean } {
  const link = message.links.map(({ url }) => safeUrl(url)).find((url) => url && septets(url) <= MAX_LINK);
  const words = simpler(oneLine(`Dailies ${headwordOf(message)}: ${message.title}`));
  const limit = isGsm(`${words}${link ?? ''}`) ? GSM_LIMIT : UNICODE_LIMIT;
  const room = limit - (link ? septets(link) + 1 : 0);
  const text = septets(words) <= room ? words : shortenedTo(words, room);
  return { text: link ? `${text} ${link}` : text, shortened: text !== words };
}

const simpler = (text: string) => text.replace(/[^\n\x20-\x7e]/gu, (character) => SIMPLER[character] ?? character);
const isGsm = (text: string) => [...text].every((character) => (GSM + EXTENDED).includes(character));

/** Places that a text takes. */
function septets(text: string): number {
  return text.length + [...text].filter((character) => EXTENDED.includes(character)).length;
}

function shortenedTo(words: string, room: number): string {
  const ending = isGsm(words) ? '...' : '…';
  let length = Math.min(words.length, room - ending.length);
  while (length > 0 && septets(words.slice(0, length)) > room - ending.length) length--;
  return `${cut(words, length + 1).slice(0, -1)}${ending}`;
}
