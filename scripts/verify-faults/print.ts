import { TERMINAL_STATES } from '../../functions/src/core/generation/outcome.ts';
import { checkLine, table } from '../drive/print.ts';
import type { FaultRow, FaultsReport } from './report.ts';

const usd = (micros: number) => `$${(micros / 1e6).toFixed(2)}`;

/** The report as a person reads it. */
export function printed({
  rows,
  total,
  checks,
  kills,
  orphans,
  jobs,
  cost,
  storageFaults,
  wallMs,
}: FaultsReport): string {
  const cells = ({ kind, generations, ends, attempts, polls }: FaultRow) => [
    kind,
    ...[generations, ...TERMINAL_STATES.map((end) => ends[end] ?? 0), attempts, polls].map((n) =>
      n ? String(n) : '·',
    ),
  ];
  const killCells = kills.map(({ at, underWay, cutSubmits }, index) => [
    `${index + 1}`,
    at,
    ...['queued', 'submitting', 'running', 'storing'].map((state) => String(underWay[state] ?? 0)),
    String(cutSubmits.length),
  ]);
  return [
    table(['fault', 'generations', ...TERMINAL_STATES, 'attempts', 'polls'], [...rows, total].map(cells)),
    table(['kill', 'at', 'queued', 'submitting', 'running', 'storing', 'submits cut off'], killCells),
    ...checks.map(checkLine),
    '',
    `${jobs} jobs at the provider; rendered for nobody: ${orphans.kill} after a kill, ${orphans.fault} after a fault that hid the acceptance, ${orphans.lost} that the provider lost`,
    `cost at list prices ${usd(cost.costUsdMicros)}; of it waste ${usd(cost.wasteUsdMicros)}, possible waste besides ${usd(cost.possibleWasteUsdMicros)}`,
    `${total.generations} generations, ${kills.length} kills, ${storageFaults} calls of Cloud Storage failed, ${(wallMs / 1000).toFixed(1)} s`,
  ].join('\n');
}
