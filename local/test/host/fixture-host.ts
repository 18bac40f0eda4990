import { fileURLToPath } from 'node:url';
import { MovableClock } from '../../clock.ts';
import { type Host, type HostOptions, startHost } from '../../host/index.ts';

export const PROJECT = 'demo-host';
export const FIXTURE_DIR = fileURLToPath(new URL('./fixture', import.meta.url));
export const START_MS = Date.parse('2026-03-10T12:00:30Z');

const RAN = Symbol.for('host-fixture.ran');

export interface FixtureHost {
  host: Host;
  clock: MovableClock;
  /** What the fixture's functions recorded since the last call, those that carry `key` only. */
  ran(key?: string): Record<string, unknown>[];
  /** Waits until something that carries `key` was recorded. */
  waitForRun(key: string): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
}

/** Starts a host over the fixture functions, with a clock that stands at START_MS unless told otherwise. */
export async function startFixture(options: Partial<HostOptions> = {}): Promise<FixtureHost> {
  const clock = options.clock ?? new MovableClock({ startAtMs: START_MS, running: false });
  const host = await startHost({
    projectId: PROJECT,
    functionsDir: FIXTURE_DIR,
    firebaseJson: `${FIXTURE_DIR}/firebase.json`,
    onWarning: () => undefined,
    ...options,
    clock,
  });
  takeRan();
  return {
    host,
    clock,
    ran: (key) => takeRan().filter((entry) => key === undefined || key in entry),
    async waitForRun(key) {
      const found: Record<string, unknown>[] = [];
      await until(() => {
        found.push(...takeRan().filter((entry) => key in entry));
        return found.length > 0;
      });
      return found;
    },
    async stop() {
      await host.stop();
      clock.stop();
    },
  };
}

function takeRan(): Record<string, unknown>[] {
  const shared = globalThis as { [RAN]?: Record<string, unknown>[] };
  const entries = shared[RAN] ?? [];
  shared[RAN] = [];
  return entries;
}

/** The direct URL of a fixture function. */
export function direct(host: Host, name: string, path = ''): string {
  return `${host.url}/${PROJECT}/us-central1/${name}${path}`;
}

/** The JSON of an answer, untyped on purpose: tests look at what is there. */
export async function json(answer: Response) {
  return JSON.parse(await answer.text());
}

/** Waits until `condition` holds, for at most two seconds. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + 2_000;
  while (!(await condition())) {
    if (performance.now() > giveUpAt) throw new Error('did not come true within 2 s');
    await new Promise((done) => setTimeout(done, 2));
  }
}
