import type { BadRow } from '../mapping/map-row.ts';
import type { Check, DriveReport } from './report.ts';

const SHOWN_BAD_ROWS = 20;

/** The report as a person reads it. */
export function printed(report: DriveReport): string {
  const { outcomes, checks, polls, seenLateMs, billed, scheduleRuns, asked, clockMs, wallMs, rowsPerSec, bad } = report;
  return [
    table(
      ['kind', 'in the file', 'file', 'system'],
      outcomes.map(({ kind, inFile, file, system }) => [
        kind,
        inFile,
        String(file),
        Object.entries(system)
          .map(([state, count]) => `${state} ${count}`)
          .join(', '),
      ]),
    ),
    ...checks.map(checkLine),
    '',
    `polls a generation: mean ${polls.mean}, p50 ${polls.p50}, p95 ${polls.p95}, max ${polls.max}`,
    `render seen late by: mean ${seenLateMs.mean} ms, p95 ${seenLateMs.p95} ms, max ${seenLateMs.max} ms`,
    `${asked} rows, ${days(clockMs)} of their time in ${(wallMs / 1000).toFixed(1)} s: ${rowsPerSec} rows/s, ${scheduleRuns} schedule runs`,
    '',
    table(
      ['billed a generation', 'reads', 'writes', 'deletes'],
      Object.entries(billed).map(([name, each]) => [name, ...[each.reads, each.writes, each.deletes].map(String)]),
    ),
    ...(bad.length > 0 ? [printedBadRows(bad)] : []),
  ].join('\n');
}

/** The rows that cannot be used, the first of them with their reasons. */
export function printedBadRows(bad: readonly BadRow[]): string {
  const lines = bad.slice(0, SHOWN_BAD_ROWS).map(({ line, reason }) => `  line ${line}: ${reason}`);
  const more = bad.length > SHOWN_BAD_ROWS ? [`  … and ${bad.length - SHOWN_BAD_ROWS} more`] : [];
  return [`${bad.length} rows cannot be used:`, ...lines, ...more].join('\n');
}

export function checkLine({ name, ok, found }: Check): string {
  return `${ok ? 'ok  ' : 'FAIL'}  ${name}: ${found}`;
}

export function table(header: string[], rows: string[][]): string {
  const widths = header.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: string[]) =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(header), ...rows.map(line), ''].join('\n');
}

function days(ms: number): string {
  return ms < 86_400_000 ? `${(ms / 3_600_000).toFixed(1)} hours` : `${(ms / 86_400_000).toFixed(1)} days`;
}
