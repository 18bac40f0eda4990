import { bodyOf, escaped } from './bodies.ts';
import type { ChannelKind, Incident, Received } from './inbox.ts';

const STYLE = `
body{margin:0;background:#f2f4f7;color:#101828;font:15px/1.5 system-ui,sans-serif}
main{max-width:900px;margin:0 auto;padding:28px 16px 60px}
h1{font-size:24px;margin:0 0 4px} nav a{margin-right:14px;color:#475467;text-decoration:none} nav a.on{color:#101828;font-weight:700}
.note{color:#667085;font-size:14px}
article{background:#fff;border:1px solid #e4e7ec;border-radius:10px;margin:14px 0;overflow:hidden}
summary{display:flex;gap:10px;align-items:baseline;padding:12px 16px;cursor:pointer;list-style:none}
summary b{flex:1;font-weight:600;overflow-wrap:anywhere} time,.to{color:#667085;font-size:13px;white-space:nowrap}
.word{font-size:11px;font-weight:700;letter-spacing:.06em;color:#fff;background:#667085;border-radius:4px;padding:2px 7px}
.CRITICAL,.triggered{background:#b42318}.WARNING{background:#b54708}.INFO{background:#175cd3}.RESOLVED,.resolved{background:#067647}.TEST{background:#5925dc}
.kind{color:#475467;font-size:13px;width:74px}
.body{border-top:1px solid #eaecf0;padding:16px} iframe{width:100%;height:640px;border:0;resize:vertical}
.bubble{background:#e9f2ff;border-radius:16px;padding:10px 14px;max-width:380px;white-space:pre-wrap;overflow-wrap:anywhere}
.slack{border-left:4px solid #d0d5dd;padding-left:14px}.slack h3{margin:0 0 8px;font-size:17px}.slack p{margin:0 0 8px;white-space:pre-wrap;overflow-wrap:anywhere}
.fields{display:grid;grid-template-columns:1fr 1fr;gap:6px 20px;margin:8px 0}.fields div{white-space:pre-wrap;overflow-wrap:anywhere;font-size:14px}.small{color:#667085;font-size:12px}
pre{margin:0;font-size:12px;white-space:pre-wrap;overflow-wrap:anywhere} table{width:100%;border-collapse:collapse;font-size:14px} td,th{text-align:left;padding:7px 12px;border-top:1px solid #eaecf0}
`;

interface Shown {
  messages: readonly Received[];
  total: number;
  incidents: readonly Incident[];
  kind: ChannelKind | undefined;
}

/** The inbox as a page, the latest first. What arrived is escaped; an e-mail is in a sandboxed frame. */
export function inboxPage({ messages, total, incidents, kind }: Shown): string {
  const tabs = [undefined, 'email', 'slack', 'sms', 'pagerduty', 'webhook'].map((each) => {
    const on = each === kind ? ' class="on"' : '';
    return `<a${on} href="?${each ? `kind=${each}` : ''}">${each ?? 'all'}</a>`;
  });
  const shown = messages.map((message, n) => article(message, titleOf(message, incidents), n === 0)).join('');
  const open = incidents.filter(({ state }) => state !== 'resolved').length;
  const list = incidents.length > 0 ? incidentList(incidents, open) : '';
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Inbox</title><style>${STYLE}</style></head><body><main><h1>Inbox</h1>
<p class="note">${total} messages that the local stand-ins took; the latest come first, ${messages.length} are here. Times are UTC.</p><nav>${tabs.join('')}</nav>
${kind === undefined || kind === 'pagerduty' ? list : ''}${shown || '<p class="note">Nothing has arrived.</p>'}</main></body></html>`;
}

/** PagerDuty's later events name their incident by its key alone. */
function titleOf({ title, key }: Received, incidents: readonly Incident[]): string {
  return title || incidents.find(({ dedupKey }) => dedupKey === key)?.title || key || 'without a title';
}

function article(message: Received, heading: string, open: boolean): string {
  const { kind, headword, at, to } = message;
  return (
    `<article><details${open ? ' open' : ''}><summary><span class="kind">${kind}</span>` +
    `<span class="word ${/^[A-Z]+$/.test(headword) ? headword : ''}">${escaped(headword || '–')}</span><b>${escaped(heading)}</b>` +
    `<time>${escaped(at.slice(0, 19).replace('T', ' '))}</time></summary>` +
    `<div class="body"><p class="to">to ${escaped(to)}</p>${bodyOf(message)}</div></details></article>`
  );
}

function incidentList(incidents: readonly Incident[], open: number): string {
  const rows = incidents.map(
    ({ state, title, triggers, openedAt, changedAt }) =>
      `<tr><td><span class="word ${state}">${state}</span></td><td>${escaped(title)}</td><td>${triggers}</td>` +
      `<td><time>${escaped(openedAt.slice(0, 19).replace('T', ' '))}</time></td><td><time>${escaped(changedAt.slice(0, 19).replace('T', ' '))}</time></td></tr>`,
  );
  return `<article><details${open > 0 ? ' open' : ''}><summary><b>PagerDuty: ${open} open of ${incidents.length} incidents</b></summary><table><tr><th>State</th><th>Incident</th><th>Triggers</th><th>Opened</th><th>Changed</th></tr>${rows.join('')}</table></details></article>`;
}
