import { randomUUID } from 'node:crypto';
import { PAGERDUTY_KEY } from './accounts.ts';
import type { Inbox, Incident } from './inbox.ts';
import { type Answer, isObject, objectIn, retryAfter, type Vendor } from './vendor.ts';

const ACTIONS = ['trigger', 'acknowledge', 'resolve'];
const SEVERITIES = ['critical', 'error', 'warning', 'info'];
const HEADWORDS: Record<string, string> = { acknowledge: 'ACKNOWLEDGED', resolve: 'RESOLVED' };

/** PagerDuty's Events API v2, with the state of its incidents. */
export const pagerduty: Vendor = {
  maxBytes: 512 * 1024,
  handles: (path) => path === '/v2/enqueue',
  judge({ body, nowMs }) {
    const event = objectIn(body);
    const wrong = event ? problemsOf(event) : ['JSON is invalid'];
    if (!event || wrong.length > 0) return { refused: invalid(wrong) };
    const action = String(event.event_action);
    const dedupKey = typeof event.dedup_key === 'string' ? event.dedup_key : randomUUID().replaceAll('-', '');
    const { summary = '', severity = '' } = isObject(event.payload) ? event.payload : {};
    const at = new Date(nowMs).toISOString();
    return {
      arrival: {
        ...{ kind: 'pagerduty', to: 'service', key: dedupKey, content: { ...event, routing_key: '(hidden)' } },
        headword: HEADWORDS[action] ?? String(severity).toUpperCase(),
        title: String(summary),
      },
      answer: { status: 202, body: { status: 'success', message: 'Event processed', dedup_key: dedupKey } },
      effect: (inbox) => change(inbox, { action, dedupKey, title: String(summary), severity: String(severity), at }),
    };
  },
  refusal(fault) {
    const { status, message = status === 429 ? 'Too many requests' : 'Internal error' } = fault;
    const body = { status: status === 429 ? 'throttle exceeded' : 'error', message };
    return { status, body, headers: retryAfter(fault) };
  },
};

function problemsOf({ routing_key, event_action, dedup_key, payload }: Record<string, unknown>): string[] {
  const wrong: string[] = [];
  if (typeof routing_key !== 'string' || !/^[0-9A-Za-z]{32}$/.test(routing_key))
    wrong.push("'routing_key' is missing or of the wrong length");
  else if (routing_key !== PAGERDUTY_KEY) wrong.push("'routing_key' is invalid");
  if (!ACTIONS.includes(String(event_action))) wrong.push("'event_action' is missing or invalid");
  if (dedup_key !== undefined && (typeof dedup_key !== 'string' || dedup_key.length > 255))
    wrong.push("'dedup_key' is too long");
  if (event_action !== 'trigger') return dedup_key === undefined ? [...wrong, "'dedup_key' is missing"] : wrong;
  if (!isObject(payload)) return [...wrong, "'payload' is missing"];
  if (typeof payload.summary !== 'string' || payload.summary === '')
    wrong.push("'payload.summary' is missing or blank");
  else if (payload.summary.length > 1_024) wrong.push("'payload.summary' is too long");
  if (typeof payload.source !== 'string' || payload.source === '') wrong.push("'payload.source' is missing or blank");
  if (!SEVERITIES.includes(String(payload.severity))) wrong.push("'payload.severity' is invalid");
  return wrong;
}

function invalid(errors: string[]): Answer {
  return { status: 400, body: { status: 'invalid event', message: 'Event object is invalid', errors } };
}

interface Step {
  action: string;
  dedupKey: string;
  title: string;
  severity: string;
  at: string;
}

/** An open incident takes all three; without one a trigger opens one, and the others change nothing. */
function change(inbox: Inbox, { action, dedupKey, title, severity, at }: Step): void {
  const found = inbox.incident(dedupKey);
  const open = found && found.state !== 'resolved' ? found : undefined;
  if (action === 'trigger') {
    const opened: Incident = open ?? {
      dedupKey,
      state: 'triggered',
      title,
      severity,
      triggers: 0,
      openedAt: at,
      changedAt: at,
    };
    inbox.putIncident({ ...opened, title, severity, triggers: opened.triggers + 1, changedAt: at });
  } else if (open) {
    inbox.putIncident({ ...open, state: action === 'resolve' ? 'resolved' : 'acknowledged', changedAt: at });
  }
}
