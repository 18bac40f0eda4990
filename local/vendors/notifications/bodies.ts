import type { Received } from './inbox.ts';
import { unescaped } from './slack.ts';
import { isObject } from './vendor.ts';

/** What arrived as HTML, as its reader sees it. All of it is escaped. */
export function bodyOf({ kind, content }: Received): string {
  if (!isObject(content)) return json(content);
  switch (kind) {
    case 'email':
      return emailBody(content);
    case 'slack':
      return slackBody(content);
    case 'sms':
      return `<div class="bubble">${escaped(String(content.body))}</div>`;
    case 'pagerduty':
      return pagerdutyBody(content);
    case 'webhook':
      return json(content);
  }
}

function emailBody({ content }: Record<string, unknown>): string {
  const parts = Array.isArray(content) ? content.filter(isObject) : [];
  const html = parts.find(({ type }) => type === 'text/html')?.value;
  if (typeof html === 'string')
    return `<iframe sandbox="allow-popups" loading="lazy" title="e-mail" srcdoc="${escaped(opensOutside(html))}"></iframe>`;
  return `<pre>${escaped(String(parts[0]?.value ?? ''))}</pre>`;
}

/** As mail programs have it: a link opens beside the mail, not in it. */
const opensOutside = (html: string) => html.replaceAll('<a href=', '<a target="_blank" rel="noreferrer" href=');

function slackBody({ blocks, text }: Record<string, unknown>): string {
  const shown = (Array.isArray(blocks) ? blocks.filter(isObject) : []).map((block) => {
    if (Array.isArray(block.fields))
      return `<div class="fields">${block.fields.map((each) => `<div>${slackText(each)}</div>`).join('')}</div>`;
    if (Array.isArray(block.elements)) return `<p class="small">${block.elements.map(slackText).join(' · ')}</p>`;
    return block.type === 'header' ? `<h3>${slackText(block.text)}</h3>` : `<p>${slackText(block.text)}</p>`;
  });
  return `<div class="slack">${shown.length > 0 ? shown.join('') : `<p>${escaped(unescaped(String(text)))}</p>`}</div>`;
}

/** mrkdwn as far as our messages use it: bold lines and links. */
function slackText(value: unknown): string {
  if (!isObject(value)) return '';
  const text = String(value.text);
  if (value.type !== 'mrkdwn') return escaped(unescaped(text));
  return text
    .split(/(<[^<>|]+\|[^<>]*>)/)
    .map((part) => {
      const [, url, label] = /^<(https?:[^<>|]+)\|([^<>]*)>$/.exec(part) ?? [];
      if (url) return `<a href="${escaped(unescaped(url))}" rel="noreferrer">${escaped(unescaped(label ?? ''))}</a>`;
      return escaped(unescaped(part)).replace(/^\*(.+)\*$/gm, '<strong>$1</strong>');
    })
    .join('');
}

function pagerdutyBody(event: Record<string, unknown>): string {
  const { payload, links, event_action, dedup_key } = event;
  const about = `<p class="small">${escaped(String(event_action))} · ${escaped(String(dedup_key ?? ''))}</p>`;
  if (!isObject(payload)) return about;
  const details = Object.entries(isObject(payload.custom_details) ? payload.custom_details : {});
  const fields = details.map(
    ([name, value]) => `<div><strong>${escaped(name)}</strong>\n${escaped(String(value))}</div>`,
  );
  const linked = (Array.isArray(links) ? links.filter(isObject) : []).map(
    ({ href, text }) => `<a href="${escaped(webUrl(href))}" rel="noreferrer">${escaped(String(text ?? href))}</a>`,
  );
  return `<h3>${escaped(String(payload.summary))}</h3><div class="fields">${fields.join('')}</div><p>${linked.join(' · ')}</p>${about}`;
}

const webUrl = (href: unknown) => (/^https?:/.test(String(href)) ? String(href) : '#');

const json = (value: unknown) => `<pre>${escaped(JSON.stringify(value, null, 2))}</pre>`;

/** Text as HTML shows it, also in an attribute in double quotes. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
