import { mkdirSync } from 'node:fs';
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
  const { createApp, AgentProjectState } = loadAuthEmulator();
  const state = new AgentProjectState(projectId);
  const kept = openAccounts(dataDir);
  kept?.attach(state);
  const states = new Map<string, ProjectState>([[projectId, state]]);
  const app = await createApp(projectId, SINGLE_PROJECT_MODE_NO_WARNING, states);
  const server = await listen(app, port);
  return {
    host: `127.0.0.1:${server.port}`,
    port: server.port,
    stop: async () => {
      await server.stop();
      kept?.close();
    },
  };
}

function openAccounts(dataDir: string | undefined): KeptAccounts | undefined {
  if (dataDir === undefined) return undefined;
  mkdirSync(dataDir, { recursive: true });
  return new KeptAccounts(join(dataDir, 'accounts.sqlite'));
}
