/** What tells the series of a metric apart, in the order in which it is shown. */
export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  labels: Labels;
  value: number;
}

/** A series of a histogram. */
export interface HistogramSample {
  labels: Labels;
  /** How many values are at most a bound, both rising. */
  counts: readonly { bound: number; count: number }[];
  /** How many there are. */
  count: number;
  sum: number;
}

/** A metric with all its series. Names and label names are ours and need no check. */
export type Family = { name: string; help: string } & (
  | { type: 'counter' | 'gauge'; samples: readonly Sample[] }
  | { type: 'histogram'; samples: readonly HistogramSample[] }
);

/** By https://prometheus.io/docs/instrumenting/exposition_formats/ (text format). */
export const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Metrics in Prometheus's text format; one without series is left out. */
export function exposition(families: readonly Family[]): string {
  return families
    .filter(({ samples }) => samples.length > 0)
    .map((family) => {
      const { name, help, type } = family;
      const head = [`# HELP ${name} ${escaped(help)}`, `# TYPE ${name} ${type}`];
      return `${[...head, ...linesOf(family)].join('\n')}\n`;
    })
    .join('');
}

function linesOf(family: Family): string[] {
  const { name } = family;
  if (family.type !== 'histogram') return family.samples.map(({ labels, value }) => line(name, labels, value));
  return family.samples.flatMap(({ labels, counts, count, sum }) => [
    ...counts.map((part) => line(`${name}_bucket`, { ...labels, le: String(part.bound) }, part.count)),
    line(`${name}_bucket`, { ...labels, le: '+Inf' }, count),
    line(`${name}_sum`, labels, sum),
    line(`${name}_count`, labels, count),
  ]);
}

function line(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text).replaceAll('"', '\\"')}"`);
  return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}`;
}

const escaped = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
