import { createHash } from 'node:crypto';
import type { Message } from '../../core/alert/message.ts';
import { Cutter, oneLine, plain, safeUrl } from '../text.ts';
import { factsOf, IS_A_TEST } from '../words.ts';

// https://developer.pagerduty.com/docs/events-api-v2: limits of the event.
const MAX_SUMMARY = 1_024;
const MAX_DEDUP_KEY = 255;
const MAX_DETAIL = 2_000;
const MAX_DETAILS = 60;
const MAX_LINKS = 20;

export type EventAction = 'trigger' | 'acknowledge' | 'resolve';

/** An event of the Events API v2. */
export interface PagerdutyEvent {
  routing_key: string;
  event_action: EventAction;
  dedup_key: string;
  payload?: {
    summary: string;
    source: string;
    severity: 'critical' | 'warning' | 'info';
    timestamp: string;
    component?: string;
    group: string;
    class: string;
    custom_details: Record<string, string>;
  };
  links?: { href: string; text: string }[];
  client?: string;
  client_url?: string;
}

/** The event that a message becomes. Only a trigger says what it is about; an update is a trigger of the same incident. */
export function renderEvent(message: Message, routingKey: string): { event: PagerdutyEvent; shortened: boolean } {
  const event_action = message.verb === 'update' ? 'trigger' : message.verb;
  const envelope = { routing_key: routingKey, event_action, dedup_key: dedupKeyOf(message.dedupKey) };
  if (event_action !== 'trigger') return { event: envelope, shortened: false };
  const cutter = new Cutter();
  const links = message.links.flatMap(({ label, url }) => {
    const href = safeUrl(url);
    return href ? [{ href, text: cutter.cut(oneLine(label), 100) }] : [];
  });
  const component = Object.values(message.group).map(oneLine).join(', ');
  const payload = {
    summary: cutter.cut(oneLine(message.test ? `${IS_A_TEST} ${message.title}` : message.title), MAX_SUMMARY),
    source: 'dailies',
    severity: message.severity,
    timestamp: message.beganAt,
    ...(component && { component: cutter.cut(component, 500) }),
    group: 'dailies',
    class: cutter.cut(oneLine(message.rule.slug), 100),
    custom_details: detailsOf(message, cutter),
  };
  const client_url = links[0]?.href;
  const event: PagerdutyEvent = {
    ...envelope,
    payload,
    links: links.slice(0, MAX_LINKS),
    client: 'Dailies',
    ...(client_url && { client_url }),
  };
  return { event, shortened: cutter.shortened };
}

function detailsOf(message: Message, cutter: Cutter): Record<string, string> {
  const details: [string, string][] = [
    ['What', plain(message.sentence)],
    ['Rule', plain(message.rule.name)],
    ...(message.rule.description ? [['About the rule', plain(message.rule.description)] as [string, string]] : []),
    ...factsOf(message).map(({ name, value }) => [name, value] as [string, string]),
  ];
  if (details.length > MAX_DETAILS) cutter.shortened = true;
  const byName = new Map<string, string>();
  for (const [name, value] of details.slice(0, MAX_DETAILS))
    byName.set(freeName(name, byName, cutter), cutter.cut(value, MAX_DETAIL));
  return Object.fromEntries(byName);
}

/** A label may be called as a fact is; neither hides the other. */
function freeName(name: string, taken: ReadonlyMap<string, string>, cutter: Cutter): string {
  const short = cutter.cut(name, 100);
  for (let n = 2, free = short; ; free = `${short} (${n++})`) if (!taken.has(free)) return free;
}

/** The key itself, or its hash where it is longer than PagerDuty takes. */
function dedupKeyOf(key: string): string {
  return key.length <= MAX_DEDUP_KEY ? key : createHash('sha256').update(key).digest('hex');
}
