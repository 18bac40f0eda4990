import type { Written } from '../../core/monitoring/due.ts';
import { projectionState } from '../../platform/collections.ts';
import { commitUnlessChanged, Timestamp, type Version } from '../../platform/firestore.ts';

/** `projection_state/monitoring`: which minutes were written, and which descriptors. */
export interface Fence {
  written: Written;
  /** The hash of the descriptors that Cloud Monitoring has; undefined: perhaps none. */
  described: string | undefined;
  /** Which state of the document this is; undefined: it is not there. */
  version: Version | undefined;
}

const fenceRef = () => projectionState('monitoring');

/** The fence as it is. A read. */
export async function readFence(): Promise<Fence> {
  const snapshot = await fenceRef().get();
  return {
    written: { countedMs: msIn(snapshot.get('countedTo')), presentMs: msIn(snapshot.get('presentAt')) },
    described: snapshot.get('described'),
    version: snapshot.updateTime,
  };
}

/** Notes what is about to be written, if nobody else has noted anything since the fence was read; else false. A write. */
export async function moveFence({ version }: Fence, { written, described }: Omit<Fence, 'version'>): Promise<boolean> {
  const fields = {
    ...{ countedTo: new Date(written.countedMs), presentAt: new Date(written.presentMs) },
    ...(described !== undefined && { described }),
  };
  const moved = await commitUnlessChanged((batch) => {
    if (version) batch.update(fenceRef(), fields, { lastUpdateTime: version });
    else batch.create(fenceRef(), fields);
  });
  return moved !== undefined;
}

const msIn = (value: unknown) => (value instanceof Timestamp ? value.toMillis() : 0);
