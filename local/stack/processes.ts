import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClockState } from '../clock.ts';
import { type Child, startChild } from './child.ts';
import { FIREBASE_JSON, FUNCTIONS_DIR, functionsEnv, type Neighbourhood, PROJECT_ID } from './project.ts';
import { migrateLocally } from './warehouse.ts';

export interface ProcessesOptions {
  /** Keeps everything there; without it a temporary folder is used and removed at the end. */
  dataDir?: string;
  /** 0 or absent: a free port. */
  ports?: { host?: number; firestore?: number; auth?: number; storage?: number; vendors?: number; bigquery?: number };
  clock?: ClockState;
  /** Params and anything else for the functions' environment. */
  env?: Record<string, string>;
  /** Gets what the functions log, line by line; without it that goes to standard output as it is. */
  onLogLine?: (line: string) => void;
  /** The same for the log lines of warnings and errors, which go to standard error. */
  onErrorLine?: (line: string) => void;
  /** Hears of a process that ended though nobody asked it to: its name, and its exit code (null when a signal ended it). */
  onPartEnded?: (name: string, code: number | null) => void;
  /** Gives up the start, or that of a restarted host. */
  signal?: AbortSignal;
}

/** The whole system in processes of its own: the functions host, what Google keeps (a migrated warehouse too), and the vendors. */
export interface Processes extends Neighbourhood {
  /** The web site and API; stays the same when the host is restarted. */
  url: string;
  /** Ends the host without warning, as a crash would. */
  killHost(): Promise<void>;
  /** Ends BigQuery without warning; what it had committed is still there when it starts again. */
  killBigQuery(): Promise<void>;
  /** Starts BigQuery again, on the same port. */
  restartBigQuery(): Promise<void>;
  /** Starts the host again, on the same port and at the clock's present reading. */
  restartHost(): Promise<void>;
  stop(): Promise<void>;
}

const main = (path: string) => new URL(`../${path}`, import.meta.url);

/** Starts everything. Rejects when a part cannot start or `signal` aborts; no process and no temporary folder is left then. */
export async function startProcesses(options: ProcessesOptions = {}): Promise<Processes> {
  const { ports = {}, clock, env = {}, signal } = options;
  signal?.throwIfAborted();
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'dailies-')));
  const started: Child<unknown>[] = [];
  const stop = async () => {
    for (const child of started.splice(0).reverse()) await child.stop();
    if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
  };
  const watched = <Ready>(name: string, child: Child<Ready>): Child<Ready> => {
    started.push(child);
    // One that is stopped on purpose is taken off the list before.
    child.ended.then((code) => {
      if (started.includes(child)) options.onPartEnded?.(name, code);
    });
    return child;
  };
  try {
    const startCloud = async () => {
      const cloud = watched(
        'cloud',
        await startChild<Omit<Neighbourhood, 'vendorsUrl' | 'bigQueryUrl'>>(
          main('stack/cloud-main.ts'),
          { dataDir, ports, clock },
          { signal },
        ),
      );
      const vendorsOptions = {
        ...{ projectId: PROJECT_ID, dataDir: join(dataDir, 'vendors'), storageUrl: cloud.ready.storageUrl },
        ...{ port: ports.vendors ?? 0, clock },
      };
      const vendors = watched(
        'vendors',
        await startChild<{ url: string }>(main('vendors/main.ts'), vendorsOptions, { signal }),
      );
      return { cloud, vendors };
    };
    const bigQueryAt = async (port: number, startAt: ClockState | undefined) =>
      watched(
        'bigquery',
        await startChild<{ url: string }>(
          main('bigquery/main.ts'),
          { projectId: PROJECT_ID, dataDir: join(dataDir, 'bigquery'), port, clock: startAt },
          { signal },
        ),
      );
    const startWarehouse = async () => {
      const child = await bigQueryAt(ports.bigquery ?? 0, clock);
      await migrateLocally(child.ready.url);
      return child;
    };
    const [{ cloud, vendors }, warehouse] = await both(startCloud(), startWarehouse());
    let bigQuery = warehouse;
    const neighbourhood: Neighbourhood = {
      ...cloud.ready,
      vendorsUrl: vendors.ready.url,
      bigQueryUrl: bigQuery.ready.url,
    };
    const { firestoreHost, storageUrl, vendorsUrl } = neighbourhood;
    const peers = [storageUrl, vendorsUrl, bigQuery.ready.url];
    const hostAt = async (port: number, startAt: ClockState | undefined) =>
      watched(
        'host',
        await startChild<{ url: string; port: number }>(main('host/main.ts'), hostOptions(port, startAt), {
          ...{ onLine: options.onLogLine, onErrorLine: options.onErrorLine, signal },
        }),
      );
    const hostOptions = (port: number, startAt: ClockState | undefined) => ({
      ...{ projectId: PROJECT_ID, functionsDir: FUNCTIONS_DIR, firebaseJson: FIREBASE_JSON },
      ...{ port, dataDir: join(dataDir, 'host'), firestoreHost, vendorsUrl, clockPeers: peers },
      ...(startAt && { clock: { startAtMs: startAt.nowMs, running: startAt.running } }),
      // A point a minute of each metric costs more than most of what tests are about.
      env: { ...functionsEnv(neighbourhood), CLOUD_MONITORING: 'false', ...env },
    });
    let host = await hostAt(ports.host ?? 0, clock);
    /** Takes a part off the list; false when it was not on it. */
    const released = (part: Child<unknown>) =>
      started.includes(part) && started.splice(started.indexOf(part), 1).length > 0;
    const clockReading = async () =>
      (await (await fetch(`http://${firestoreHost}/__firestore/clock`)).json()) as ClockState;
    return {
      ...neighbourhood,
      url: host.ready.url,
      async killHost() {
        if (released(host)) await host.kill();
      },
      async restartHost() {
        if (released(host)) await host.stop();
        host = await hostAt(host.ready.port, await clockReading());
      },
      async killBigQuery() {
        if (released(bigQuery)) await bigQuery.kill();
      },
      async restartBigQuery() {
        if (released(bigQuery)) await bigQuery.stop();
        bigQuery = await bigQueryAt(Number(new URL(bigQuery.ready.url).port), await clockReading());
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Both, once neither is under way any more, so that nothing starts after a failure has been dealt with. */
async function both<A, B>(a: Promise<A>, b: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([a, b]);
  return Promise.all([a, b]);
}
