import { accessOf } from '../../core/access/routes.ts';
import { AppError } from '../../core/errors.ts';
import type { LiveFilter } from '../../core/live/filter.ts';
import { frameText, HEARTBEAT } from '../../core/live/frame.ts';
import type { Position } from '../../core/live/position.ts';
import { watch } from '../../features/live/index.ts';
import { wallClock } from '../../platform/clock.ts';
import { logOf } from '../../platform/logs.ts';
import { frameStream } from './frameStream.ts';
import type { LiveLimits } from './limits.ts';
import { stillAllowed } from './stillAllowed.ts';

const log = logOf('live');
const encoder = new TextEncoder();

export interface LiveRequest {
  header: (name: string) => string | undefined;
  filter: LiveFilter;
  after?: Position;
  limits: LiveLimits;
}

/** Why a stream ends; the viewer is told, and may come back at once except where they are not let in. */
type Reason = 'overflow' | 'unavailable' | 'time_limit' | 'token_expired' | AppError['code'];

/** The body of one live stream, from `ready` to `bye`. Throws AppError when it cannot begin. */
export async function liveBody({ header, filter, after, limits }: LiveRequest): Promise<ReadableStream<Uint8Array>> {
  const access = accessOf('GET', '/api/v1/live');
  const { actor, expiresAt } = await stillAllowed(header, access);
  const released = new DisposableStack();
  const stream = frameStream(limits.waitingFrames, () => released.dispose());

  const end = (reason: Reason) => {
    const isSlow = reason === 'overflow';
    const frame = frameText({ event: isSlow ? 'overflow' : 'bye', data: { reason } });
    stream.end(encoder.encode(frame), isSlow, limits.lastWordMs);
    released.dispose();
  };
  const send = (frame: Uint8Array) => {
    if (!stream.send(frame)) end('overflow');
  };

  const watching = await watch({ actor, filter, retryMs: limits.retryMs, ...(after && { after }) }, { send, end });
  if (released.disposed) watching.stop();
  else {
    released.defer(watching.stop);
    const beat = () => {
      const position = watching.takePassed();
      send(encoder.encode(position ? frameText({ position, event: 'position', data: {} }) : HEARTBEAT));
    };
    const recheck = () => stillAllowed(header, access).catch((error: unknown) => end(refusal(error)));
    const leftMs = expiresAt ? expiresAt.getTime() - wallClock().getTime() : Number.POSITIVE_INFINITY;
    const [lastMs, reason] =
      leftMs < limits.longestMs ? [leftMs, 'token_expired' as const] : [limits.longestMs, 'time_limit' as const];
    for (const timer of [setInterval(beat, limits.heartbeatMs), setInterval(recheck, limits.recheckMs)]) {
      released.defer(() => clearInterval(timer));
    }
    const last = setTimeout(() => end(reason), lastMs);
    released.defer(() => clearTimeout(last));
  }
  return stream.body;
}

/** Why somebody may not watch any more, or that nobody can tell: then they come back and are asked again. */
function refusal(error: unknown): Reason {
  if (error instanceof AppError) return error.code;
  log.error('a viewer cannot be asked for anew', error);
  return 'unavailable';
}
