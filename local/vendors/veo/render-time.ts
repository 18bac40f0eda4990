import { createHash } from 'node:crypto';

/** Veo's stated bounds: 11 s at best, 6 min at peak. */
const MIN_RENDER_MS = 11_000;
const MAX_RENDER_MS = 360_000;
const LOG_SPREAD = 0.35;
const RESOLUTION_FACTOR: Record<string, number> = { '720p': 1, '1080p': 1.4, '4k': 2.2 };

/** A plausible render time: log-normal about the model's median, longer for more pixels. The same `seedText`, the same time. */
export function drawRenderMs(medianRenderMs: number, resolution: string, seedText: string): number {
  const factor = RESOLUTION_FACTOR[resolution] ?? 1;
  const renderMs = medianRenderMs * factor * Math.exp(LOG_SPREAD * standardNormal(seedText));
  return Math.round(Math.min(MAX_RENDER_MS, Math.max(MIN_RENDER_MS, renderMs)));
}

/** Box and Muller's transform over two uniforms taken from a hash. */
function standardNormal(seedText: string): number {
  const digest = createHash('sha256').update(seedText).digest();
  const uniform = (offset: number) => (digest.readUInt32BE(offset) + 1) / (2 ** 32 + 1);
  return Math.sqrt(-2 * Math.log(uniform(0))) * Math.cos(2 * Math.PI * uniform(4));
}
