/** Where Prometheus has another state than we have. */
export interface Difference {
  rule: string;
  atSec: number;
  ours: string;
  prometheus: string;
}

const UNIT_SEC: Readonly<Record<string, number>> = { h: 3_600, m: 60, s: 1 };

/** What promtool prints of tests that do not hold, as differences of single rules. */
export function differencesIn(output: string): Difference[] {
  const found: Difference[] = [];
  for (const block of output.split(/(?=expr: "ALERTS", time: )/)) {
    const time = /^expr: "ALERTS", time: ([\dhms]+)/.exec(block)?.[1];
    const [expected = '', got = ''] = block.split('got:');
    if (time === undefined) continue;
    const [ours, theirs] = [statesIn(expected), statesIn(got)];
    for (const rule of new Set([...ours.keys(), ...theirs.keys()])) {
      const [our, their] = [ours.get(rule) ?? 'inactive', theirs.get(rule) ?? 'inactive'];
      if (our !== their) found.push({ rule, atSec: secondsOf(time), ours: our, prometheus: their });
    }
  }
  return found;
}

function statesIn(text: string): Map<string, string> {
  const states = new Map<string, string>();
  for (const [, labels = ''] of text.matchAll(/\{([^}]*)\}/g)) {
    const label = (name: string) => new RegExp(`${name}=\\\\?"([^"\\\\]*)`).exec(labels)?.[1];
    const [rule, state] = [label('alertname'), label('alertstate')];
    if (rule !== undefined && state !== undefined) states.set(rule, state);
  }
  return states;
}

/** `1h2m3s` in seconds. */
function secondsOf(text: string): number {
  return [...text.matchAll(/(\d+)([hms])/g)].reduce(
    (sum, [, n, unit = 's']) => sum + Number(n) * (UNIT_SEC[unit] ?? 1),
    0,
  );
}
