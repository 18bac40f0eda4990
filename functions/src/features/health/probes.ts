import { now } from '../../platform/clock.ts';
import { projectionState } from '../../platform/collections.ts';
import { DEPTH_LIMIT, queueState } from '../../platform/queues.ts';
import { listObjects } from '../../platform/storage.ts';
import { PROVIDERS } from '../../providers/index.ts';
import { QUEUES } from '../generation/index.ts';
import type { Probe } from './probe.ts';

/** The sweeper runs each minute; three missed runs mean that it does not run. */
const SWEEPER_LATE_MS = 180_000;

const firestore: Probe = {
  name: 'firestore',
  check: async () => {
    await projectionState('sweeper').get();
    return {};
  },
};

const sweeper: Probe = {
  name: 'sweeper',
  check: async () => {
    const ranAt = (await projectionState('sweeper').get()).get('ranAt')?.toDate();
    if (!(ranAt instanceof Date)) throw new Error('has not run yet');
    const lateMs = now().getTime() - ranAt.getTime();
    if (lateMs > SWEEPER_LATE_MS) throw new Error(`last ran ${Math.round(lateMs / 1_000)} s ago`);
    return { lastRanAt: ranAt.toISOString() };
  },
};

const tasks: Probe = {
  name: 'tasks',
  check: async () => {
    const states = await Promise.all(QUEUES.map(queueState));
    const details = states.map(({ depth, paused }, i) => {
      const tasks = depth === DEPTH_LIMIT ? `at least ${depth}` : `${depth}`;
      return [QUEUES[i] ?? '', paused ? `${tasks} tasks, paused` : `${tasks} tasks`];
    });
    return Object.fromEntries(details);
  },
};

const storage: Probe = {
  name: 'storage',
  check: async () => {
    await listObjects('videos/', 1);
    return {};
  },
};

const providers: Probe[] = Object.entries(PROVIDERS).map(([api, provider]) => ({
  name: `provider:${api}`,
  check: async () => {
    await provider.ping();
    return {};
  },
}));

/** One probe for each thing that the system depends on. */
export const PROBES = { firestore, sweeper, tasks, storage } as const;
export const PROVIDER_PROBES: readonly Probe[] = providers;
