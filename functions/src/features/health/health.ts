import { type ProbeResult, runProbe } from './probe.ts';
import { PROBES, PROVIDER_PROBES } from './probes.ts';

export type Status = 'healthy' | 'degraded' | 'unhealthy';

/** What anybody may know about the state of the system. */
export interface Health {
  status: Status;
  service: 'dailies';
  pipeline: 'video-generation';
  version: string;
  /** Each stage of a generation's way and whether it works now. */
  stages: { name: string; status: Status }[];
  /** What this installation offers; true only where it is there and works. */
  features: {
    multilingual: boolean;
    document_parsing: boolean;
    youtube_parsing: boolean;
    programmatic_api: boolean;
    state_persistence: boolean;
    auto_resume: boolean;
    templates: boolean;
  };
}

/** Probes every dependency and says how the pipeline is. Never rejects because of a dependency. */
export async function health(version: string): Promise<Health> {
  const [firestore, sweeper, tasks, storage, providers] = await Promise.all([
    runProbe(PROBES.firestore),
    runProbe(PROBES.sweeper),
    runProbe(PROBES.tasks),
    runProbe(PROBES.storage),
    Promise.all(PROVIDER_PROBES.map(runProbe)),
  ]);
  const provider = { ok: providers.some((p) => p.ok) };
  const stages = [
    { name: 'admission', status: statusOf(firestore) },
    { name: 'dispatch', status: statusOf(firestore, tasks) },
    { name: 'render', status: statusOf(firestore, tasks, provider) },
    { name: 'store', status: statusOf(firestore, tasks, storage) },
    { name: 'recovery', status: statusOf(firestore, sweeper) },
  ];
  return {
    status: !firestore.ok ? 'unhealthy' : stages.every((s) => s.status === 'healthy') ? 'healthy' : 'degraded',
    service: 'dailies',
    pipeline: 'video-generation',
    version,
    stages,
    features: {
      multilingual: false,
      document_parsing: false,
      youtube_parsing: false,
      programmatic_api: true,
      state_persistence: firestore.ok,
      auto_resume: firestore.ok && sweeper.ok,
      templates: false,
    },
  };
}

/** Each dependency with its latency and last error. */
export async function services(): Promise<Record<string, ProbeResult>> {
  const probes = [...Object.values(PROBES), ...PROVIDER_PROBES];
  const results = await Promise.all(probes.map(async (probe) => [probe.name, await runProbe(probe)] as const));
  return Object.fromEntries(results);
}

function statusOf(...needed: readonly Pick<ProbeResult, 'ok'>[]): Status {
  return needed.every((probe) => probe.ok) ? 'healthy' : 'unhealthy';
}
