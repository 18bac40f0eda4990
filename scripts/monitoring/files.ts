import { readdir, readFile } from 'node:fs/promises';

const FOLDER = new URL('../../dashboards/monitoring/', import.meta.url);
const NAME = /^([a-z][a-z0-9-]*)\.(dashboard|policy)\.json$/;

/** A dashboard or an alert policy, as its file has it: in the JSON of the API. */
export interface MonitoringFile {
  /** What the file is called before its first dot. */
  slug: string;
  kind: 'dashboard' | 'policy';
  path: string;
  json: Record<string, unknown>;
}

/** The files of dashboards/monitoring, in order of name. Throws for a name that says neither dashboard nor policy, and for what is no JSON. */
export async function monitoringFiles(): Promise<MonitoringFile[]> {
  const names = (await readdir(FOLDER)).sort();
  return Promise.all(
    names.map(async (name) => {
      const [, slug, kind] = NAME.exec(name) ?? [];
      if (slug === undefined || (kind !== 'dashboard' && kind !== 'policy'))
        throw new Error(`dashboards/monitoring/${name} is neither X.dashboard.json nor X.policy.json`);
      const text = await readFile(new URL(name, FOLDER), 'utf8');
      return { slug, kind, path: `dashboards/monitoring/${name}`, json: JSON.parse(text) };
    }),
  );
}

const DURATION = /^(\d+)s$/;
const DURATIONS = new Set(['alignmentPeriod', 'duration', 'autoClose', 'minAlignmentPeriod', 'period']);

/** The same as Google's clients take it: durations are objects there, and in JSON texts such as `60s`. */
export function asMessage(json: unknown, key = ''): unknown {
  if (Array.isArray(json)) return json.map((each) => asMessage(each));
  if (typeof json === 'object' && json !== null) {
    return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, asMessage(value, name)]));
  }
  const [, seconds] = DURATIONS.has(key) ? (DURATION.exec(String(json)) ?? []) : [];
  return seconds === undefined ? json : { seconds: Number(seconds), nanos: 0 };
}
