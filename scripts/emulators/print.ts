import { table } from '../drive/print.ts';
import type { Row } from './compare.ts';

const MAX_CELL = 44;

/** The rows as a table, and below it each difference in full. */
export function printed(rows: readonly Row[]): string {
  const wrong = rows.filter(({ equal }) => !equal);
  return [
    table(
      ['step', 'ours', 'official', 'equal'],
      rows.map(({ step, ours, official, equal }) => [step, brief(ours), brief(official), equal ? 'yes' : 'NO']),
    ),
    ...wrong.map(({ step, ours, official, expected }) =>
      [`NO  ${step}`, `      ours      ${ours}`, `      official  ${official}`, `      expected  ${expected}`].join(
        '\n',
      ),
    ),
    `${rows.length - wrong.length} of ${rows.length} steps are equal`,
  ].join('\n');
}

function brief(json: string): string {
  const text = json
    .replaceAll('"', '')
    .replace(/^\{(.*)\}$/, '$1')
    .replace(/([:,])(?=\S)/g, '$1 ');
  return text.length > MAX_CELL ? `${text.slice(0, MAX_CELL - 1)}…` : text;
}
