import type { IncomingMessage, ServerResponse } from 'node:http';
import type { MovableClock } from '../../clock.ts';
import { readJson, readText, sendJson } from '../../storage/http.ts';
import { CheckError } from '../checked.ts';
import { Faults, meet, readFaultRules } from './fault.ts';
import type { ChannelKind, Inbox } from './inbox.ts';
import { inboxPage } from './page.ts';
import { pagerduty } from './pagerduty.ts';
import { receiver } from './receiver.ts';
import { sendgrid } from './sendgrid.ts';
import { slack } from './slack.ts';
import { twilio } from './twilio.ts';
import type { Answer, Vendor } from './vendor.ts';

const VENDORS: Record<string, Vendor> = { sendgrid, slack, twilio, pagerduty, webhook: receiver };
const KINDS: readonly ChannelKind[] = ['email', 'slack', 'sms', 'webhook', 'pagerduty'];
const MAX_LISTED = 1_000;
const MAX_ON_PAGE = 200;

/** The vendors that messages go out through, their scripted faults, and the inbox of what arrived. */
export class Notifications {
  readonly #inbox: Inbox;
  readonly #clock: MovableClock;
  readonly #faults = new Map(Object.keys(VENDORS).map((name) => [name, new Faults()]));

  constructor(inbox: Inbox, clock: MovableClock) {
    this.#inbox = inbox;
    this.#clock = clock;
  }

  /** Answers a vendor's call, a script or the inbox; false when the request is for none of them. */
  async answer(request: IncomingMessage, response: ServerResponse, url: URL): Promise<boolean> {
    const [, name] = /^\/__vendors\/([a-z]+)\/script$/.exec(url.pathname) ?? [];
    const faults = name === undefined ? undefined : this.#faults.get(name);
    if (faults) return answerScript(request, response, faults);
    if (url.pathname === '/__vendors/inbox' || url.pathname === '/__vendors/inbox.html') {
      return this.#answerInbox(request, response, url);
    }
    const found = Object.entries(VENDORS).find(([, vendor]) => vendor.handles(url.pathname));
    if (!found || request.method !== 'POST') return false;
    await this.#answerVendor(request, response, url, ...found);
    return true;
  }

  async #answerVendor(request: IncomingMessage, response: ServerResponse, url: URL, name: string, vendor: Vendor) {
    let body: string;
    try {
      body = await readText(request, vendor.maxBytes);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const refusal = vendor.refusal({ status: 413, message: 'Payload too large' }, this.#clock.now());
      // The rest of the body is still on its way, so nothing else can follow on this connection.
      return reply(response, { ...refusal, headers: { ...refusal.headers, Connection: 'close' } });
    }
    const verdict = vendor.judge({ url, headers: request.headers, body, nowMs: this.#clock.now() });
    if ('refused' in verdict) return reply(response, verdict.refused);
    await meet(this.#faults.get(name)?.take(body) ?? {}, response, this.#clock, {
      accept: () => {
        this.#inbox.add(verdict.arrival, this.#clock.now());
        verdict.effect?.(this.#inbox);
      },
      answer: () => reply(response, verdict.answer),
      refuse: (fault) => reply(response, vendor.refusal(fault, this.#clock.now())),
    });
  }

  /** `?after=` the seq of the last one seen, `?limit=` (at most 1000), `?kind=`; the page shows the latest first. */
  #answerInbox(request: IncomingMessage, response: ServerResponse, url: URL): boolean {
    const kind = KINDS.find((each) => each === url.searchParams.get('kind'));
    if (request.method === 'DELETE') {
      this.#inbox.clear();
      response.writeHead(204).end();
    } else if (request.method !== 'GET') return false;
    else if (url.pathname.endsWith('.html')) {
      const page = inboxPage({
        ...{ messages: this.#inbox.latest(MAX_ON_PAGE, kind), total: this.#inbox.count(), kind },
        incidents: this.#inbox.incidents(MAX_ON_PAGE),
      });
      response.writeHead(200, PAGE_HEADERS).end(page);
    } else {
      const [after, limit] = [wholeIn(url, 'after', 0), wholeIn(url, 'limit', MAX_LISTED)];
      const messages = this.#inbox.list(after, Math.min(limit, MAX_LISTED), kind);
      sendJson(response, 200, { total: this.#inbox.count(), messages, incidents: this.#inbox.incidents(MAX_LISTED) });
    }
    return true;
  }
}

/** Mails are shown in frames without rights; nothing is loaded from anywhere. */
const PAGE_HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy':
    "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; base-uri 'none'; form-action 'none'",
  'Cache-Control': 'no-store',
};

async function answerScript(request: IncomingMessage, response: ServerResponse, faults: Faults): Promise<boolean> {
  if (request.method === 'POST') {
    const rules = readFaultRules(await readJson(request));
    faults.add(rules);
    sendJson(response, 200, { added: rules.length });
  } else if (request.method === 'GET') sendJson(response, 200, { rules: faults.list() });
  else if (request.method === 'DELETE') {
    faults.clear();
    response.writeHead(204).end();
  } else return false;
  return true;
}

function reply(response: ServerResponse, { status, body, headers = {} }: Answer): void {
  if (typeof body === 'string') response.writeHead(status, { 'Content-Type': 'text/html', ...headers }).end(body);
  else if (body === undefined) response.writeHead(status, headers).end();
  else sendJson(response, status, body, headers);
}

function wholeIn(url: URL, name: string, fallback: number): number {
  const value = Number(url.searchParams.get(name) ?? fallback);
  if (!Number.isInteger(value) || value < 0) throw new CheckError(`${name} must be a whole number.`);
  return value;
}
