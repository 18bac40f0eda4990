import type { Message } from '../core/alert/message.ts';
import type { ChannelKind, Severity } from '../core/alert/rule.ts';

/** What became of one attempt to send. */
export type Delivery =
  | {
      ok: true;
      vendorId?: string;
      /** Something had to be cut to what the vendor takes; the cut is marked with an ellipsis. */
      possiblyShortened?: boolean;
    }
  | {
      ok: false;
      /** True: worth another attempt. */
      retry: boolean;
      /** False: the vendor refused, so it was not sent; true: it may have been. */
      uncertain: boolean;
      retryAfterMs?: number;
      /** The vendor's code or status. */
      code: string;
      /** Without secrets, at most 300 characters. */
      message: string;
    };

/** One channel that can be sent to, made from its settings. Never throws for what the vendor answers. */
export interface Channel {
  send(message: Message): Promise<Delivery>;
  /** Says "this is a test" and nothing else. */
  sendTest(message: Message): Promise<Delivery>;
}

/** How often the vendor lets one channel send; one of the two, or none for no limit. */
export interface ChannelRate {
  perSec?: number;
  perMin?: number;
}

/** A channel without its secrets. */
export interface ChannelInfo {
  id: string;
  kind: ChannelKind;
  /** Those that it is told of when nobody names it. */
  severities: readonly Severity[];
  rate: ChannelRate;
}
