import type { MetricView } from '../analytics/view.ts';
import type { Episode, TimelineEntry } from './episode.ts';
import { deliveryView } from './episodeView.ts';
import type { Notification } from './notification.ts';
import { plainLine } from './text.ts';

/** What a report is made from. */
export interface ReportParts {
  episode: Episode;
  timeline: readonly TimelineEntry[];
  deliveries: readonly Notification[];
  impact: { from: Date; to: Date; complete: boolean; metrics: Readonly<Record<string, MetricView>> } | null;
}

/** How long it took, by the clock; missing where it has not come to that. */
export function timesOf({ notifiedAt, acknowledgedAt, endedAt }: Episode) {
  const since = (at: Date | undefined) =>
    notifiedAt && at ? Math.max(0, at.getTime() - notifiedAt.getTime()) : undefined;
  const [toAcknowledgeMs, toResolveMs] = [since(acknowledgedAt), since(endedAt)];
  return {
    ...(toAcknowledgeMs !== undefined && { toAcknowledgeMs }),
    ...(toResolveMs !== undefined && { toResolveMs }),
  };
}

/** The report on an episode, in Markdown. What people wrote stays text: it cannot make headings, links or tables. */
export function reportMarkdown({ episode, timeline, deliveries, impact }: ReportParts): string {
  const { toAcknowledgeMs, toResolveMs } = timesOf(episode);
  const { resolution, group } = episode;
  const about = Object.entries(group).map(([name, value]) => `${name} ${value}`);
  return [
    `# ${plain(episode.ruleName)}${about.length > 0 ? ` (${plain(about.join(', '))})` : ''}`,
    '',
    ...table(
      ['', ''],
      [
        ['Alert', episode.id],
        ['State', `${episode.state}, ${episode.severity}; at worst ${episode.peakSeverity}`],
        ['Began, by the data', minute(episode.beganAt)],
        ['Over, by the data', episode.resolvedAt ? minute(episode.resolvedAt) : 'not yet'],
        ['First told', episode.notifiedAt ? second(episode.notifiedAt) : 'nobody'],
        ['Time to acknowledge', minutes(toAcknowledgeMs)],
        ['Time to resolve', minutes(toResolveMs)],
        ['Resolved by', resolution ? whoever(resolution.by) : '—'],
        ['Root cause', resolution?.rootCause ?? '—'],
        ['Resolution', resolution?.resolution ?? '—'],
      ],
    ),
    '',
    '## Impact',
    '',
    ...(impact ? impactTable(impact) : ['Not known, or no longer known that finely.']),
    '',
    '## Timeline',
    '',
    ...table(
      ['At', 'State', 'What', 'Who'],
      timeline.map(({ at, state, severity, sentence, note, by }) => [
        second(at),
        `${state}, ${severity}`,
        note === undefined ? sentence : `${sentence} — ${note}`,
        by ? whoever(by) : '',
      ]),
    ),
    '',
    '## Deliveries',
    '',
    ...table(
      ['At', 'Channel', 'What', 'State', 'Attempts'],
      deliveries
        .map(deliveryView)
        .map(({ createdAt, channel, verb, title, state, attempts, sentAt }) => [
          second(createdAt),
          channel,
          `${verb}: ${title}`,
          sentAt ? `${state} at ${second(sentAt)}` : state,
          String(attempts.length),
        ]),
    ),
    '',
  ].join('\n');
}

function impactTable({ from, to, complete, metrics }: NonNullable<ReportParts['impact']>): string[] {
  const rows = Object.entries(metrics).map(([name, { value, unit, n }]) => [
    name,
    value === null ? '—' : String(Math.round(value * 1e6) / 1e6),
    unit,
    String(n),
  ]);
  return [
    `From ${minute(from)} to ${minute(to)}${complete ? '' : ' so far'}.`,
    '',
    ...table(['Metric', 'Value', 'Unit', 'n'], rows),
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map(plain).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}

/** Text that Markdown shows as it is, in one line. */
function plain(text: string): string {
  if (text === '---') return text;
  return plainLine(text, Number.POSITIVE_INFINITY).replaceAll(/[\\`*_{}[\]<>#|!&~]/g, (sign) => `\\${sign}`);
}

function whoever(by: object | 'auto'): string {
  if (by === 'auto') return 'by itself';
  return 'uid' in by ? String(by.uid) : 'cli' in by ? String(by.cli) : '';
}

const minute = (at: Date) => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
const second = (at: Date) => `${at.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
const minutes = (ms: number | undefined) => (ms === undefined ? '—' : `${Math.round(ms / 6_000) / 10} min`);
