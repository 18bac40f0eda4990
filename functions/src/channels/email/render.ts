import type { Message } from '../../core/alert/message.ts';
import { Cutter, oneLine, plain, safeUrl } from '../text.ts';
import { factsOf, headwordOf, IS_A_TEST, MAY_BE_REPEATED, momentOf } from '../words.ts';
import { type Letter, letterHtml } from './html.ts';

const MAX_SUBJECT = 150;
const MAX_SENTENCE = 4_000;
const MAX_FACTS = 60;
const MAX_VALUE = 1_000;

export interface RenderedEmail {
  subject: string;
  text: string;
  html: string;
}

/** The e-mail that a message becomes, as text and as HTML. */
export function renderEmail(message: Message): { email: RenderedEmail; shortened: boolean } {
  const cutter = new Cutter();
  const facts = factsOf(message);
  if (facts.length > MAX_FACTS) cutter.shortened = true;
  const letter: Letter = {
    headword: headwordOf(message),
    severity: message.severity,
    title: cutter.cut(oneLine(message.title), 300),
    sentence: cutter.cut(plain(message.sentence), MAX_SENTENCE),
    rule: cutter.cut(oneLine(message.rule.name), 200),
    description: cutter.cut(plain(message.rule.description), MAX_SENTENCE),
    facts: facts
      .slice(0, MAX_FACTS)
      .map(({ name, value }) => ({ name: cutter.cut(name, 100), value: cutter.cut(value, MAX_VALUE) })),
    links: message.links.flatMap(({ label, url }) => {
      const href = safeUrl(url);
      return href ? [{ label: cutter.cut(oneLine(label), 60), url: href }] : [];
    }),
    notes: [...(message.test ? [IS_A_TEST] : []), ...(message.possiblyDuplicate ? [MAY_BE_REPEATED] : [])],
    at: momentOf(message.at),
  };
  const subject = cutter.cut(`[${letter.headword}] ${oneLine(message.title)}`, MAX_SUBJECT);
  return { email: { subject, text: letterText(letter), html: letterHtml(letter) }, shortened: cutter.shortened };
}

function letterText(letter: Letter): string {
  const { headword, title, sentence, rule, description, facts, links, notes, at } = letter;
  return [
    `${headword}: ${title}`,
    sentence,
    facts.map(({ name, value }) => `${name}: ${value}`).join('\n'),
    links.map(({ label, url }) => `${label}: ${url}`).join('\n'),
    [`Rule: ${rule}`, description].filter(Boolean).join('\n'),
    `Told at ${at}.`,
    notes.join('\n'),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}
