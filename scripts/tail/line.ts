import { styleText } from 'node:util';
import type { TailEvent } from './follow.ts';

const COLOURS = {
  'generation.succeeded': 'green',
  'generation.failed': 'red',
  'generation.expired': 'red',
  'generation.blocked': 'yellow',
  'generation.retried': 'yellow',
  'generation.cancelled': 'yellow',
} as const;
const WIDTHS = { time: 12, type: 22, model: 29, kind: 18, ms: 9, cost: 9 };

/** What the columns of `lineOf` are. */
export const HEADING = columns(
  { time: 'time UTC', type: 'type', model: 'model', kind: 'kind', ms: 'ms', cost: 'cost' },
  'id',
);

/** An event as one line of aligned columns; without colours where the terminal has none. */
export function lineOf({ id, type, recordedAt, userKey, body }: TailEvent): string {
  const { model, kind, generationId, totalMs, queueMs, costUsdMicros, errorCode } = body;
  const line = columns(
    {
      time: recordedAt.slice(11, 23),
      type,
      model: textOf(model),
      kind: textOf(kind),
      ms: textOf(totalMs ?? queueMs),
      cost: typeof costUsdMicros === 'number' ? `$${(costUsdMicros / 1e6).toFixed(4)}` : '',
    },
    generationId === undefined ? `${id.slice(0, 12)}  ${aboutUser(userKey, body)}` : textOf(generationId),
  );
  const withError = errorCode === undefined ? line : `${line}  ${textOf(errorCode)}`;
  const colour = Object.hasOwn(COLOURS, type) ? COLOURS[type as keyof typeof COLOURS] : undefined;
  return colour ? styleText(colour, withError) : withError;
}

/** An event about no generation: whose it is, and all that it says. */
function aboutUser(userKey: string, body: Record<string, unknown>): string {
  const says = Object.entries(body).map(([name, value]) => `${name}=${textOf(value)}`);
  return [`user ${userKey.slice(0, 8)}`, ...says].join('  ');
}

function columns({ time, type, model, kind, ms, cost }: Record<keyof typeof WIDTHS, string>, rest: string): string {
  const left = [
    time.padEnd(WIDTHS.time),
    type.padEnd(WIDTHS.type),
    model.padEnd(WIDTHS.model),
    kind.padEnd(WIDTHS.kind),
  ];
  return [...left, ms.padStart(WIDTHS.ms), cost.padStart(WIDTHS.cost), rest].join('  ').trimEnd();
}

/** What somebody reported may hold control characters, which would write to the terminal. */
function textOf(value: unknown): string {
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value ?? '');
  return text.replaceAll(/\p{Cc}/gu, ' ');
}
