import { perApp } from '../../platform/app.ts';
import { now } from '../../platform/clock.ts';
import { withinLimit } from '../../platform/timeLimit.ts';

/** What a probe found. */
export interface ProbeResult {
  ok: boolean;
  /** Real milliseconds that the answer took. */
  latencyMs: number;
  checkedAt: string;
  details?: Record<string, string | number | boolean>;
  /** The last failure that this instance has seen, also when all is well again. */
  lastError?: { at: string; message: string };
}

export interface Probe {
  name: string;
  check(): Promise<Record<string, string | number | boolean>>;
}

const TIME_LIMIT_MS = 2_000;
const FRESH_MS = 10_000;

const lastErrors = perApp(() => new Map<string, { at: string; message: string }>());
const recent = perApp(() => new Map<string, { result: Promise<ProbeResult>; startedAtMs: number }>());

/** Runs a probe within 2 s; an answer younger than 10 s is used again, so that asking often costs nothing. */
export function runProbe(probe: Probe): Promise<ProbeResult> {
  const startedAtMs = performance.now();
  const cached = recent().get(probe.name);
  if (cached && startedAtMs - cached.startedAtMs < FRESH_MS) return cached.result;
  const result = measure(probe, startedAtMs);
  recent().set(probe.name, { result, startedAtMs });
  return result;
}

async function measure(probe: Probe, startedAtMs: number): Promise<ProbeResult> {
  const checkedAt = now().toISOString();
  const seen = () => ({ latencyMs: Math.round(performance.now() - startedAtMs), checkedAt });
  try {
    const details = await withinLimit(probe.check(), TIME_LIMIT_MS);
    const lastError = lastErrors().get(probe.name);
    return { ok: true, ...seen(), details, ...(lastError && { lastError }) };
  } catch (error) {
    // A failing dependency is exactly what a probe is there to report.
    const lastError = { at: checkedAt, message: describe(error) };
    lastErrors().set(probe.name, lastError);
    return { ok: false, ...seen(), lastError };
  }
}

function describe(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 200);
}
