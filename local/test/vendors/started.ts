import { GenerateVideosOperation, GoogleGenAI } from '@google/genai';
import { MovableClock } from '../../clock.ts';
import { type RunningStorage, startStorage } from '../../storage/server.ts';
import { type RunningVendors, startVendors, type VendorsOptions } from '../../vendors/server.ts';

export const PROJECT_ID = 'demo-vendors';
export const BUCKET = 'demo-vendors-output';
export const MODEL = 'veo-3.1-generate-001';

/** Storage and vendors on one clock that stands still, and an unmodified @google/genai pointed at them. */
export interface Started {
  clock: MovableClock;
  storage: RunningStorage;
  vendors: RunningVendors;
  ai: GoogleGenAI;
  /** Replaces the script. */
  script(rules: unknown): Promise<void>;
  /** Starts a generation and returns its operation's name. */
  generate(prompt: string, config?: object, model?: string): Promise<string>;
  /** Polls an operation that is known by name only, as another process would. */
  poll(name: string): Promise<GenerateVideosOperation>;
  getJson(path: string): Promise<Record<string, unknown>>;
  stop(): Promise<void>;
}

export async function startWithClient(options: Partial<VendorsOptions> = {}): Promise<Started> {
  const clock = new MovableClock({ running: false });
  const storage = await startStorage({ projectId: PROJECT_ID, buckets: [BUCKET], clock });
  const vendors = await startVendors({ projectId: PROJECT_ID, clock, storageUrl: storage.url, ...options });
  const ai = createClient(vendors.url, storage.serviceAccountFile);
  return {
    clock,
    storage,
    vendors,
    ai,
    script: async (rules) => {
      await fetch(`${vendors.url}/__vendors/veo/script`, { method: 'DELETE' });
      const answer = await fetch(`${vendors.url}/__vendors/veo/script`, {
        method: 'POST',
        body: JSON.stringify(rules),
      });
      if (!answer.ok) throw new Error(((await answer.json()) as { error: Error }).error.message);
    },
    generate: async (prompt, config = {}, model = MODEL) => {
      const { name } = await ai.models.generateVideos({ model, source: { prompt }, config });
      return String(name);
    },
    poll: (name) => {
      const operation = new GenerateVideosOperation();
      operation.name = name;
      return ai.operations.getVideosOperation({ operation });
    },
    getJson: async (path) => (await (await fetch(vendors.url + path)).json()) as Record<string, unknown>,
    stop: async () => {
      await vendors.stop();
      await storage.stop();
      clock.stop();
    },
  };
}

/** The client as production makes it, but for the address; the environment is left alone after its credentials are read. */
export function createClient(baseUrl: string, credentialsFile: string, project = PROJECT_ID): GoogleGenAI {
  return new GoogleGenAI({
    vertexai: true,
    project,
    location: 'us-central1',
    httpOptions: { baseUrl },
    googleAuthOptions: { keyFilename: credentialsFile },
  });
}

/** The refusal a client saw: HTTP status, and Google's words for it. */
export async function refusalOf(attempt: Promise<unknown>): Promise<{ status: number; rpc: string; message: string }> {
  const error = await attempt.then(
    () => new Error('it was not refused'),
    (reason: Error & { status?: number }) => reason,
  );
  const { status } = error as { status?: number };
  if (status === undefined) throw error;
  const { error: body } = JSON.parse(error.message) as { error: { message: string; status: string } };
  return { status, rpc: body.status, message: body.message };
}
