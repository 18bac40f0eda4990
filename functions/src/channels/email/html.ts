import type { Severity } from '../../core/alert/rule.ts';

/** What an e-mail says; all plain text, and addresses that were checked. */
export interface Letter {
  headword: string;
  severity: Severity;
  title: string;
  sentence: string;
  rule: string;
  description: string;
  facts: readonly { name: string; value: string }[];
  links: readonly { label: string; url: string }[];
  notes: readonly string[];
  /** When it was decided to tell, in words. */
  at: string;
}

const SEVERITY_COLOURS: Record<Severity, string> = { critical: '#b42318', warning: '#b54708', info: '#175cd3' };
const HEADWORD_COLOURS: Record<string, string> = { RESOLVED: '#067647', ACKNOWLEDGED: '#475467', TEST: '#5925dc' };
const FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

/** The letter as HTML for mail programs: one table, styles inline, no picture and nothing loaded. */
export function letterHtml(letter: Letter): string {
  const { headword, severity, title, sentence, rule, description, facts, links, notes, at } = letter;
  const colour = HEADWORD_COLOURS[headword] ?? SEVERITY_COLOURS[severity];
  const cell = (style: string, content: string) => `<tr><td style="padding:${style}">${content}</td></tr>`;
  const rows = [
    `<tr><td style="background:${colour};padding:14px 28px;color:#ffffff;font-size:13px;font-weight:700;letter-spacing:.08em">${escaped(headword)}</td></tr>`,
    cell('24px 28px 0', `<h1 style="margin:0;font-size:21px;line-height:1.35;color:#101828">${escaped(title)}</h1>`),
    cell('12px 28px 0', `<p style="margin:0;font-size:15px;line-height:1.6;color:#344054">${lines(sentence)}</p>`),
    ...(facts.length > 0 ? [cell('20px 28px 0', factTable(facts))] : []),
    ...(links.length > 0 ? [cell('22px 28px 0', buttons(links, colour))] : []),
    cell('24px 28px 24px', footer({ rule, description, notes, at })),
  ];
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escaped(title)}</title></head>
<body style="margin:0;padding:24px 12px;background:#f2f4f7;${FONT}">
<table role="presentation" align="center" width="100%" cellpadding="0" cellspacing="0" style="max-width:600px;margin:0 auto;background:#ffffff;border:1px solid #e4e7ec;border-radius:10px;border-collapse:separate;overflow:hidden">
${rows.join('\n')}
</table>
</body>
</html>`;
}

function factTable(facts: Letter['facts']): string {
  const rows = facts.map(
    ({ name, value }) =>
      `<tr><td style="padding:7px 16px 7px 0;font-size:13px;color:#667085;vertical-align:top;white-space:nowrap;border-top:1px solid #eaecf0">${escaped(name)}</td>` +
      `<td style="padding:7px 0;font-size:14px;color:#101828;border-top:1px solid #eaecf0;word-break:break-word">${escaped(value)}</td></tr>`,
  );
  return `<table role="presentation" width="100%" cellpadding="0" cellspacing="0">${rows.join('')}</table>`;
}

function buttons(links: Letter['links'], colour: string): string {
  return links
    .map(({ label, url }, n) => {
      const look = n === 0 ? `background:${colour};color:#ffffff` : 'background:#ffffff;color:#344054';
      const edge = n === 0 ? colour : '#d0d5dd';
      return `<a href="${escaped(url)}" style="display:inline-block;margin:0 8px 8px 0;padding:9px 16px;border-radius:6px;border:1px solid ${edge};font-size:14px;font-weight:600;text-decoration:none;${look}">${escaped(label)}</a>`;
    })
    .join('');
}

function footer({ rule, description, notes, at }: Pick<Letter, 'rule' | 'description' | 'notes' | 'at'>) {
  const parts = [
    `<strong>${escaped(rule)}</strong>${description ? `<br>${lines(description)}` : ''}`,
    `Told at ${escaped(at)}.`,
    ...notes.map(escaped),
  ];
  return `<div style="border-top:1px solid #eaecf0;padding-top:16px;font-size:12px;line-height:1.6;color:#667085">${parts.join('<br><br>')}</div>`;
}

const lines = (text: string) => escaped(text).replaceAll('\n', '<br>');

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text as HTML shows it, also in an attribute in double quotes. */
function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
