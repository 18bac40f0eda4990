import { readFileSync } from 'node:fs';

const FILE = new URL('../../../dashboards/grafana/dailies.json', import.meta.url);

export interface Panel {
  id: number;
  type: string;
  title: string;
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: { expr: string; interval?: string }[];
}

/** The Grafana dashboard, as the file has it. */
export function dashboard(): { panels: Panel[]; templating: { list: { name: string; definition?: string }[] } } {
  return JSON.parse(readFileSync(FILE, 'utf8'));
}

/** Every query of the dashboard, with everything chosen. */
export function queries(): string[] {
  const all = dashboard().panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
  return all.map((expr) => expr.replaceAll('$__rate_interval', '5m').replaceAll(/\$\w+/g, '.*'));
}
