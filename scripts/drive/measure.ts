import type { RecordedRequest } from '../mapping/map-row.ts';
import { send } from './api.ts';
import type { AskedFor } from './replay.ts';

/** What the system measured of one generation, as its own user is told. */
export interface Measured {
  /** Null while it has not ended. */
  outcome: string | null;
  requestedAt: string;
  renderMs?: number;
  renderUncertaintyMs?: number;
  attempts: number;
  polls: number;
  videosDelivered: number;
}

/** A recorded request and what the system says of it. */
export interface Compared {
  request: RecordedRequest;
  measured: Measured;
}

const AT_ONCE = 8;

/** Reads the metrics of every generation through the API. Throws when one cannot be read. */
export async function measureAll(
  url: string,
  asked: readonly AskedFor[],
  tokenOf: (user: string) => Promise<string>,
): Promise<Compared[]> {
  const compared: Compared[] = [];
  const waiting = asked.entries();
  const worker = async () => {
    for (const [index, { request, generationId }] of waiting) {
      if (generationId === undefined) continue;
      const token = await tokenOf(request.user);
      const { status, body } = await send(`${url}/api/v1/generations/${generationId}/metrics`, { token });
      if (status !== 200) throw new Error(`the metrics of line ${request.line} answered ${status}`);
      compared[index] = { request, measured: body as Measured };
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return compared.filter((each) => each !== undefined);
}

/** Tasks left in any queue. */
export async function tasksLeft(url: string): Promise<number> {
  const { body } = await send(`${url}/__local/tasks`);
  const { queues } = body as { queues: { depth: number; inFlight: number }[] };
  return queues.reduce((sum, { depth }) => sum + depth, 0);
}
