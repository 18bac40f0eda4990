const LOCAL_PROJECT = 'demo-dailies';
const DEFAULT_PORT = 5_000;

/** Options of every command that works on a system's data. */
export const CONNECT_USAGE = `  --local         a system that \`npm start\` runs on this machine
  --port N        the port of its site (default ${DEFAULT_PORT})
  --project ID    a real project, with the credentials of this shell (gcloud auth application-default login)`;

export const CONNECT_OPTIONS = {
  local: { type: 'boolean' },
  port: { type: 'string' },
  project: { type: 'string' },
} as const;

/** Where to find the system that a command is about. */
export interface Target {
  local?: boolean | undefined;
  /** Of a local site. */
  port?: string | undefined;
  project?: string | undefined;
}

/**
 * Lets the Google clients of this process find the system, by the environment. What the environment says already is left as
 * it is. Throws when no system is named, or the local one does not answer.
 */
export async function connect({ local, port, project }: Target): Promise<void> {
  if (local) return connectLocally(port === undefined ? DEFAULT_PORT : Number(port));
  const id = project ?? process.env.GCLOUD_PROJECT;
  if (!id) throw new Error('name a system: --local or --project ID');
  process.env.GCLOUD_PROJECT = id;
}

async function connectLocally(port: number): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${port}/__local/clock`).catch(() => undefined);
  if (!answer?.ok) throw new Error(`no system answers on port ${port}; start one with: npm start`);
  const { nowMs } = (await answer.json()) as { nowMs: number };
  const aheadMs = nowMs - Math.round(performance.timeOrigin + performance.now());
  Object.assign(process.env, {
    GCLOUD_PROJECT: LOCAL_PROJECT,
    FIRESTORE_EMULATOR_HOST: `127.0.0.1:${port + 1}`,
    FIREBASE_AUTH_EMULATOR_HOST: `127.0.0.1:${port + 2}`,
    CLOUD_TASKS_EMULATOR_HOST: `127.0.0.1:${port}`,
    METADATA_SERVER_DETECTION: 'none',
  });
  const clock = {
    [Symbol.for('dailies.clock')]: () => Math.round(performance.timeOrigin + performance.now()) + aheadMs,
  };
  Object.assign(globalThis, clock);
}
