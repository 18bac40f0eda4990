import type { Message } from '../../core/alert/message.ts';
import { Cutter, oneLine, plain, safeUrl } from '../text.ts';
import { factsOf, headwordOf, IS_A_TEST, MAY_BE_REPEATED, momentOf } from '../words.ts';

// https://docs.slack.dev/reference/block-kit/blocks: 50 blocks, 150 characters in a header, 3,000 in a text, 2,000 in each of 10 fields.
const MAX_HEADER = 150;
const MAX_SECTION = 3_000;
const MAX_FIELD = 2_000;
const FIELDS_IN_SECTION = 10;
const MAX_FIELD_SECTIONS = 5;
const MAX_LINKS = 10;
const BETWEEN_LINKS = '  ·  ';

type Text = { type: 'plain_text'; text: string; emoji: false } | { type: 'mrkdwn'; text: string; verbatim: true };
export type SlackBlock =
  | { type: 'header'; text: Text }
  | { type: 'section'; text: Text }
  | { type: 'section'; fields: Text[] }
  | { type: 'context'; elements: Text[] };

/** What goes to a Slack webhook: `text` for notifications, `blocks` for the channel. */
export interface SlackMessage {
  text: string;
  blocks: SlackBlock[];
}

const MARKS: Record<string, string> = {
  ...{ CRITICAL: '🔴', WARNING: '🟠', INFO: '🔵' },
  ...{ RESOLVED: '🟢', ACKNOWLEDGED: '👤', TEST: '🧪' },
};

/** The message in Block Kit. What people or data wrote is plain text or escaped, so that it mentions nobody and links nowhere. */
export function renderSlack(message: Message): { slack: SlackMessage; shortened: boolean } {
  const cutter = new Cutter();
  const headword = headwordOf(message);
  const head = `${MARKS[headword] ?? ''} ${headword}: ${oneLine(message.title)}`.trim();
  const facts = factsOf(message);
  if (facts.length > FIELDS_IN_SECTION * MAX_FIELD_SECTIONS) cutter.shortened = true;
  const fields = facts
    .slice(0, FIELDS_IN_SECTION * MAX_FIELD_SECTIONS)
    .map(({ name, value }) => markdown(`*${escaped(name, 200, cutter)}*\n${escaped(value, 1_000, cutter)}`));
  const links = linksOf(message, cutter);
  const footnotes = [
    ...(message.test ? [IS_A_TEST] : []),
    ...(message.possiblyDuplicate ? [MAY_BE_REPEATED] : []),
    `${message.rule.name} · ${momentOf(message.at)}`,
  ];
  const blocks: SlackBlock[] = [
    { type: 'header', text: plainText(escaped(head, MAX_HEADER, cutter)) },
    { type: 'section', text: plainText(escaped(plain(message.sentence) || '-', MAX_SECTION, cutter)) },
    ...inGroups(fields, FIELDS_IN_SECTION).map((group) => ({ type: 'section' as const, fields: group })),
    ...(links.length > 0 ? [{ type: 'section' as const, text: markdown(links.join(BETWEEN_LINKS)) }] : []),
    { type: 'context', elements: footnotes.map((note) => plainText(escaped(oneLine(note), 300, cutter))) },
  ];
  return { slack: { text: escaped(head, MAX_FIELD, cutter), blocks }, shortened: cutter.shortened };
}

/** Those that fit into one text, in order. */
function linksOf(message: Message, cutter: Cutter): string[] {
  const links: string[] = [];
  let length = 0;
  for (const { label, url } of message.links) {
    const href = safeUrl(url);
    if (!href) continue;
    const link = `<${href.replaceAll('&', '&amp;')}|${escaped(oneLine(label), 60, cutter)}>`;
    if (links.length === MAX_LINKS || length + link.length > MAX_SECTION) {
      cutter.shortened = true;
      continue;
    }
    links.push(link);
    length += link.length + BETWEEN_LINKS.length;
  }
  return links;
}

const plainText = (text: string): Text => ({ type: 'plain_text', text, emoji: false });
/** `verbatim` keeps Slack from making links and mentions of its own. */
const markdown = (text: string): Text => ({ type: 'mrkdwn', text, verbatim: true });

/** Slack's three special characters as entities: without them there is no link, mention or command. Cuts between characters only. */
function escaped(text: string, max: number, cutter: Cutter): string {
  let kept = cutter.cut(text, max);
  while (entities(kept).length > max)
    kept = cutter.cut(kept, kept.length - Math.ceil((entities(kept).length - max) / 5));
  return entities(kept);
}

function entities(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function inGroups<T>(items: T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size));
}
