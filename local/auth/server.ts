import { mkdirSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { listen } from '../storage/http.ts';
import { loadAuthEmulator, type ProjectState, SINGLE_PROJECT_MODE_NO_WARNING } from './emulator-internals.ts';
import { KeptAccounts } from './kept-accounts.ts';

export interface AuthOptions {
  projectId: string;
  /** Default 0: any free port. */
  port?: number;
  /** Keeps accounts across restarts; without it they are in memory. */
  dataDir?: string;
}

export interface RunningAuth {
  /** Set FIREBASE_AUTH_EMULATOR_HOST to this: `127.0.0.1:PORT`, without a scheme. */
  host: string;
  port: number;
  stop(): Promise<void>;
}

/** Starts firebase-tools' Auth emulator in this process. Rejects when the port is taken. */
export async function startAuth({ projectId, port, dataDir }: AuthOptions): Promise<RunningAuth> {
  const { AgentProjectState } = loadAuthEmulator();
  const state = new AgentProjectState(projectId);
  const kept = openAccounts(dataDir);
  kept?.attach(state);
  const { app, states } = idle.get(projectId)?.pop() ?? (await makeApp(projectId));
  states.clear();
  states.set(projectId, state);
  const server = await listen(app, port);
  return {
    host: `127.0.0.1:${server.port}`,
    port: server.port,
    stop: async () => {
      await server.stop();
      kept?.close();
      idle.set(projectId, [...(idle.get(projectId) ?? []), { app, states }]);
    },
  };
}

/** An app of the emulator, and the accounts by project that it looks up at each request. */
interface EmulatorApp {
  app: RequestListener;
  states: Map<string, ProjectState>;
}

/** Apps that nobody uses any more, by project: to make one takes 0.7 s, for its OpenAPI document is compiled. */
const idle = new Map<string, EmulatorApp[]>();

async function makeApp(projectId: string): Promise<EmulatorApp> {
  const states = new Map<string, ProjectState>();
  return { app: await loadAuthEmulator().createApp(projectId, SINGLE_PROJECT_MODE_NO_WARNING, states), states };
}

function openAccounts(dataDir: string | undefined): KeptAccounts | undefined {
  if (dataDir === undefined) return undefined;
  mkdirSync(dataDir, { recursive: true });
  return new KeptAccounts(join(dataDir, 'accounts.sqlite'));
}
