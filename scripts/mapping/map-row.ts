import { findModel } from '../../functions/src/core/catalogue/models.ts';
import type { Kind } from '../../functions/src/core/catalogue/schema.ts';
import { checkAgainstModel, type GenerationRequest } from '../../functions/src/core/generation/request.ts';
import { unitInterval } from '../../functions/src/core/hash.ts';
import type { Mapping, RecordedOutcome } from './schema.ts';
import { parseTime } from './time.ts';

/** One request as the file tells it, in this system's terms. */
export interface RecordedRequest {
  /** Line of the file where the record ends, the header being line 1. */
  line: number;
  requestedAtMs: number;
  user: string;
  kind: Kind;
  model: string;
  outcome: RecordedOutcome;
  /** How long it took; undefined only where the outcome is `never`. */
  tookMs: number | undefined;
  videos: number;
  promptChars: number | undefined;
  negativePromptChars: number | undefined;
  /** What all requests have in common. */
  constants: Mapping['constants'];
}

/** A line that cannot be used. */
export interface BadRow {
  line: number;
  reason: string;
}

/** Longest run time believed. */
const MAX_TOOK_MS = 7 * 24 * 3_600_000;

class Unusable extends Error {}

/** Reads one record by the mapping: a request, or why it is none. Pure. */
export function mapRow(
  mapping: Mapping,
  record: Readonly<Record<string, string>>,
  line: number,
): RecordedRequest | BadRow {
  try {
    return requestOf(mapping, (column) => record[column]?.trim() ?? '', line);
  } catch (error) {
    if (error instanceof Unusable) return { line, reason: error.message };
    throw error;
  }
}

export const isBadRow = (row: RecordedRequest | BadRow): row is BadRow => 'reason' in row;

type Field = (column: string) => string;

function requestOf(mapping: Mapping, field: Field, line: number): RecordedRequest {
  const { requestedAt, user, promptChars, negativePromptChars } = mapping;
  const time = field(requestedAt.column);
  const requestedAtMs = parseTime(time, requestedAt.format, requestedAt.utcOffset);
  if (requestedAtMs === undefined) throw unusable(requestedAt.column, time, `no time like ${requestedAt.format}`);
  const userName = field(user.column);
  if (userName === '') throw unusable(user.column, userName, 'no user');
  const kind = translated(mapping.kind, field);
  const outcome = translated(mapping.outcome, field);
  const request: RecordedRequest = {
    line,
    requestedAtMs,
    user: userName,
    kind,
    model: modelOf(mapping.model, kind, field),
    outcome,
    tookMs: tookMsOf(mapping.duration, outcome, field),
    videos: videosOf(mapping.videos, field),
    promptChars: promptChars && countOf(promptChars.column, field),
    negativePromptChars: negativePromptChars && countOf(negativePromptChars.column, field),
    constants: mapping.constants,
  };
  checkModel(request);
  return request;
}

type Rule<T> = { value: T } | { column: string; map: Record<string, T>; default?: T | undefined };

function translated<T>(rule: Rule<T>, field: Field): T {
  if ('value' in rule) return rule.value;
  const text = field(rule.column);
  const value = Object.hasOwn(rule.map, text) ? rule.map[text] : rule.default;
  if (value === undefined) throw unusable(rule.column, text, `none of ${Object.keys(rule.map).join(', ')}`);
  return value;
}

function modelOf(rule: Mapping['model'], kind: Kind, field: Field): string {
  if ('value' in rule || !rule.spread) return translated(rule, field);
  const text = field(rule.column);
  if (Object.hasOwn(rule.map, text)) return translated(rule, field);
  const offering = rule.spread.filter((id) => findModel(id)?.kinds.includes(kind));
  const model = offering[Math.floor(unitInterval(`model/${text}`) * offering.length)];
  if (model === undefined) throw new Unusable(`no model of the spread offers ${kind}`);
  return model;
}

function tookMsOf({ column, unit }: Mapping['duration'], outcome: RecordedOutcome, field: Field): number | undefined {
  const text = field(column);
  if (text === '' && outcome === 'never') return undefined;
  const tookMs = Math.round(numberOf(column, text) * (unit === 's' ? 1000 : 1));
  if (tookMs > MAX_TOOK_MS) throw unusable(column, text, 'over a week');
  return tookMs;
}

function videosOf(rule: Mapping['videos'], field: Field): number {
  const asked = rule && countOf(rule.column, field);
  if (!rule || asked === undefined) return 1;
  return asked >= 1 && asked <= rule.max ? asked : rule.otherwise;
}

function countOf(column: string, field: Field): number | undefined {
  const text = field(column);
  if (text === '') return undefined;
  const count = numberOf(column, text);
  if (!Number.isInteger(count)) throw unusable(column, text, 'no whole number');
  return count;
}

function numberOf(column: string, text: string): number {
  if (!/^\d{1,15}(\.\d+)?$/.test(text)) throw unusable(column, text, 'no number from 0 up');
  return Number(text);
}

/** Refuses here what the API would refuse anyway, with the line at hand. */
function checkModel({ model: id, kind, videos, constants }: RecordedRequest): void {
  const model = findModel(id);
  const picture = { mimeType: 'image/png', base64: '' } as const;
  const request: GenerationRequest = {
    ...{ model: id, prompt: '', videos, ...constants },
    ...(kind === 'image_to_video' && { image: picture }),
    ...(kind === 'reference_to_video' && { referenceImages: [picture] }),
  };
  const [problem] = model ? checkAgainstModel(request, model) : [];
  if (problem) throw new Unusable(`${problem.path}: ${problem.message}`);
}

function unusable(column: string, text: string, why: string): Unusable {
  return new Unusable(`${column}: ${JSON.stringify(text.slice(0, 40))} is ${why}`);
}
