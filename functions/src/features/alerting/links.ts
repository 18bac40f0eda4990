import type { Episode, TimelineEntry } from '../../core/alert/episode.ts';
import { alertMetric, isAlertMetric } from '../../core/alert/metric.ts';
import type { Group, Observation } from '../../core/alert/observation.ts';
import type { Rule } from '../../core/alert/rule.ts';
import { PUBLIC_URL, RUNBOOK_BASE_URL } from '../../params.ts';

export interface Link {
  label: string;
  url: string;
}

/** What whoever is called may want to open: the episode, the data that it rests on, the runbook. */
export function linksOf(rule: Rule, { id, group }: Episode, { observation }: TimelineEntry): Link[] {
  const site = PUBLIC_URL.value().replace(/\/+$/, '');
  const links: Link[] = [];
  if (site) {
    links.push({ label: 'Episode', url: `${site}/api/v1/alerts/${encodeURIComponent(id)}` });
    if (observation && hasHistory(rule)) {
      links.push({ label: 'Data', url: `${site}/api/v1/performance?${windowOf(rule, group, observation)}` });
    }
  }
  const runbook = runbookOf(rule.runbookUrl);
  if (runbook) links.push({ label: 'Runbook', url: runbook });
  return [...links, ...rule.actions];
}

/** Signals are asked for at the moment: there is nothing to look them up in. */
const hasHistory = ({ metric }: Rule) => isAlertMetric(metric) && alertMetric(metric).source === 'rollup';

/** Exactly the window that was judged, narrowed as the rule and the group of the episode are. */
function windowOf({ filters }: Rule, group: Group, { fromMs, toMs }: Observation): URLSearchParams {
  const [from, to] = [new Date(fromMs).toISOString(), new Date(toMs).toISOString()];
  const { pattern: _code, target: _service, ...dimensions } = group;
  return new URLSearchParams({ from, to, granularity: granularityFor(toMs - fromMs), ...filters, ...dimensions });
}

/** The finest that gives at most 400 points. */
function granularityFor(lengthMs: number): string {
  const minutes = lengthMs / 60_000;
  if (minutes <= 360) return '1m';
  return minutes <= 4 * 1_440 ? '15m' : minutes <= 16 * 1_440 ? '1h' : '1d';
}

/** A whole address stays; a path is one of this repository, whose folder docs is at RUNBOOK_BASE_URL. */
function runbookOf(runbookUrl: string | undefined): string | undefined {
  if (!runbookUrl) return undefined;
  if (/^https?:\/\//.test(runbookUrl)) return runbookUrl;
  const base = RUNBOOK_BASE_URL.value();
  return base ? `${base.replace(/\/+$/, '')}/${runbookUrl.replace(/^\/*(docs\/)?/, '')}` : undefined;
}
