import { PRINCIPALS } from './expected.ts';
import type { Cell, Row, Verified } from './verify.ts';

const LEGEND = `+ let in, - kept out, ! not as it should be; first about one's own, then about somebody else's`;

/** The table as text, one route a line, and what is wrong below it. */
export function printed({ rows, faults }: Verified): string {
  const names = PRINCIPALS.map((name) => name.replace('key:', 'k:'));
  const width = Math.max(...rows.map(({ route }) => route.length));
  const heading = ['', ...names].map((name, i) => (i === 0 ? ''.padEnd(width) : name.padEnd(widthOf(name)))).join(' ');
  const lines = rows.map(({ route, cells }) =>
    [route.padEnd(width), ...PRINCIPALS.map((name, i) => pair(cells[name]).padEnd(widthOf(names[i] ?? '')))].join(' '),
  );
  const tried = rows.flatMap(({ cells }) => PRINCIPALS.flatMap((name) => Object.values(cells[name]))).length;
  const sum = `${rows.length} routes, ${PRINCIPALS.length} principals, ${tried} requests: ${faults.length} not as they should be`;
  return [heading, ...lines, '', LEGEND, ...faults.map((fault) => `FAIL  ${fault}`), sum].join('\n');
}

const widthOf = (name: string) => Math.max(2, name.length);

function pair({ own, another }: Row['cells'][(typeof PRINCIPALS)[number]]): string {
  return `${sign(own)}${another ? sign(another) : ''}`;
}

function sign({ ok, got }: Cell): string {
  if (!ok) return '!';
  return [401, 403, 404].includes(got) ? '-' : '+';
}
