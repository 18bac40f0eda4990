import type { Verb } from './effect.ts';
import type { ReasonCode } from './episode.ts';
import type { Severity } from './rule.ts';

/** What every channel is told; each renders it in its own way. Plain text throughout: channels escape it. */
export interface Message {
  /** The same for all messages of an episode: PagerDuty's dedup key. */
  dedupKey: string;
  /** This message's own key, repeated by every attempt. */
  messageId: string;
  verb: Verb;
  severity: Severity;
  reason: ReasonCode;
  /** One line: what and how bad, such as "Success rate 88.2 % (limit 95 %), veo". */
  title: string;
  /** Why now, in a sentence. */
  sentence: string;
  rule: { slug: string; name: string; description: string };
  group: Readonly<Record<string, string>>;
  labels: Readonly<Record<string, string>>;
  /** Facts to show as a list: value, limit, sample, window, since when. */
  facts: readonly { name: string; value: string }[];
  /** ISO 8601. */
  beganAt: string;
  at: string;
  links: readonly { label: string; url: string }[];
  /** Set on an attempt after one whose outcome is not known. */
  possiblyDuplicate?: boolean;
  test?: boolean;
}
