import type { Verb } from '../../core/alert/effect.ts';
import type { Message } from '../../core/alert/message.ts';
import { Cutter, plain, safeUrl } from '../text.ts';

const MAX_TEXT = 4_000;
const MAX_ENTRIES = 60;

/** The JSON body that a receiver gets; a field may be added under the same version, never changed. */
export interface WebhookBody {
  schemaVersion: 1;
  type: `alert.${'triggered' | 'acknowledged' | 'resolved' | 'updated'}`;
  /** Repeated by each attempt: the key to recognise a repetition by. */
  messageId: string;
  /** The same for all messages of an episode. */
  episodeKey: string;
  test: boolean;
  possiblyDuplicate: boolean;
  severity: string;
  reason: string;
  title: string;
  sentence: string;
  rule: { slug: string; name: string; description: string };
  group: Record<string, string>;
  labels: Record<string, string>;
  facts: { name: string; value: string }[];
  links: { label: string; url: string }[];
  beganAt: string;
  at: string;
}

const TYPES: Record<Verb, WebhookBody['type']> = {
  ...{ trigger: 'alert.triggered', acknowledge: 'alert.acknowledged' },
  ...{ resolve: 'alert.resolved', update: 'alert.updated' },
};

/** The body for a message. Texts are data in it: whoever shows them escapes them. */
export function renderWebhook(message: Message): { body: WebhookBody; shortened: boolean } {
  const cutter = new Cutter();
  const text = (value: string) => cutter.cut(plain(value), MAX_TEXT);
  const some = <T>(items: readonly T[]) => {
    if (items.length > MAX_ENTRIES) cutter.shortened = true;
    return items.slice(0, MAX_ENTRIES);
  };
  const texts = (record: Readonly<Record<string, string>>) =>
    Object.fromEntries(some(Object.entries(record)).map(([name, value]) => [text(name), text(value)]));
  const { rule } = message;
  const body: WebhookBody = {
    schemaVersion: 1,
    type: TYPES[message.verb],
    messageId: message.messageId,
    episodeKey: message.dedupKey,
    test: message.test ?? false,
    possiblyDuplicate: message.possiblyDuplicate ?? false,
    severity: message.severity,
    reason: message.reason,
    title: text(message.title),
    sentence: text(message.sentence),
    rule: { slug: rule.slug, name: text(rule.name), description: text(rule.description) },
    group: texts(message.group),
    labels: texts(message.labels),
    facts: some(message.facts).map(({ name, value }) => ({ name: text(name), value: text(value) })),
    links: some(message.links).flatMap(({ label, url }) => (safeUrl(url) ? [{ label: text(label), url }] : [])),
    beganAt: message.beganAt,
    at: message.at,
  };
  return { body, shortened: cutter.shortened };
}
