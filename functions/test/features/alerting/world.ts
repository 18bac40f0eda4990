import { AsyncLocalStorage } from 'node:async_hooks';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WriteBatch } from 'firebase-admin/firestore';
import { MovableClock } from '../../../../local/clock.ts';
import { type BilledOperations, type RunningFirestore, startFirestore } from '../../../../local/firestore/index.ts';
import { CLOCK } from '../../../../local/host/index.ts';
import { endFirebaseApps } from '../../../../local/stack/firebase-apps.ts';
import { INDEXES_FILE, PROJECT_ID } from '../../../../local/stack/project.ts';
import { DEFAULT_RULES } from '../../../src/core/alert/defaultRules.ts';
import { type Rule, type RuleInput, ruleSchema } from '../../../src/core/alert/rule.ts';
import { bucketAt } from '../../../src/core/rollup/bucket.ts';
import { AT, type Cell, type Counter, emptyCell, mergeCells } from '../../../src/core/rollup/cell.ts';
import { encodeCells } from '../../../src/core/rollup/codec.ts';
import { documentId } from '../../../src/core/rollup/document.ts';
import { alertRules } from '../../../src/platform/alerts.ts';
import { projectionState } from '../../../src/platform/collections.ts';
import { firestore } from '../../../src/platform/firestore.ts';

export const START_MS = Date.parse('2040-01-01T12:00:00Z');
export const MINUTE_MS = 60_000;
/** Through the log is counted this long behind the real time. */
const SETTLE_MS = 10_000;

/**
 * At a commit the process dies, before or after it; or it stands still there until it is let go; or the commit goes through, its
 * answer is lost, and Firestore's client tries again, as it does.
 */
export type Fate =
  | { side: 'before' | 'after' | 'unanswered' }
  | { side: 'held'; gate: Promise<void>; reached?: () => void };

export class Crash extends Error {}

/** A Firestore, a queue that takes everything, a clock that stands still: what the alerting feature needs to run alone. */
export class World {
  readonly clock = new MovableClock({ startAtMs: START_MS, running: false });
  /** What was enqueued. */
  readonly tasks: { queue: string; data: Record<string, string>; at: string | undefined }[] = [];
  #firestore: RunningFirestore | undefined;
  #tasks: Server | undefined;
  #fate = new AsyncLocalStorage<{ fate: Fate | undefined; after: number; dead?: boolean }>();
  #prototype = WriteBatch.prototype as unknown as { _commit(...args: unknown[]): Promise<unknown> };
  #commit = this.#prototype._commit;
  #env: Record<string, string | undefined> = {};

  async start(channels: readonly object[]): Promise<void> {
    await endFirebaseApps();
    (globalThis as { [CLOCK]?: () => number })[CLOCK] = () => this.clock.now();
    this.#firestore = await startFirestore({ projectId: PROJECT_ID, clock: this.clock, indexesFile: INDEXES_FILE });
    this.#tasks = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        this.#note(request.url ?? '', Buffer.concat(chunks).toString());
        response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
      });
    });
    await new Promise<void>((done) => this.#tasks?.listen(0, '127.0.0.1', done));
    const { port } = this.#tasks.address() as AddressInfo;
    this.#setEnv({
      ...{ FIRESTORE_EMULATOR_HOST: this.#firestore.host, GCLOUD_PROJECT: PROJECT_ID },
      ...{ CLOUD_TASKS_EMULATOR_HOST: `127.0.0.1:${port}`, ALERT_CHANNELS: JSON.stringify(channels) },
      ...{
        PUBLIC_URL: 'https://dailies.example.test',
        WEBHOOK_ALLOW_PRIVATE: 'true',
        METADATA_SERVER_DETECTION: 'none',
      },
    });
    const [fates, commit] = [this.#fate, this.#commit];
    this.#prototype._commit = async function (...args) {
      const plan = fates.getStore();
      if (plan?.dead) throw new Crash();
      const fate = plan && plan.after-- === 0 ? plan.fate : undefined;
      if (fate?.side === 'held') {
        fate.reached?.();
        await fate.gate;
      }
      const dies = fate?.side === 'before' || fate?.side === 'after';
      if (plan && plan.dead === false) plan.dead = dies;
      if (fate?.side === 'before') throw new Crash();
      const answer = await commit.apply(this, args);
      if (fate?.side === 'after') throw new Crash();
      if (fate?.side !== 'unanswered') return answer;
      if ((args[0] as { transactionId?: unknown }).transactionId) throw Object.assign(new Error('gone'), { code: 14 });
      return commit.apply(this, args);
    };
  }

  async stop(): Promise<void> {
    this.#prototype._commit = this.#commit;
    await endFirebaseApps();
    delete (globalThis as { [CLOCK]?: () => number })[CLOCK];
    for (const [name, value] of Object.entries(this.#env)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    await new Promise((done) => (this.#tasks ? this.#tasks.close(done) : done(undefined)));
    this.#tasks?.closeAllConnections();
    await this.#firestore?.stop();
    this.clock.stop();
  }

  /** Does `work`; its commit number `after` (from 0) meets the fate. A crash is no error here: the process is gone. */
  async meeting(fate: Fate | undefined, after: number, work: () => Promise<unknown>): Promise<void> {
    const plan = { fate, after, dead: false };
    try {
      await this.#fate.run(plan, work);
    } catch (error) {
      if (!plan.dead) throw error;
    }
  }

  /** The same for a process that lives on: its commit fails, and `work` may reject. */
  failing<T>(fate: Fate | undefined, after: number, work: () => Promise<T>): Promise<T> {
    return this.#fate.run({ fate, after }, work);
  }

  /** `work` stands still just before its first commit, until `meanwhile` is done. */
  async interrupted(work: () => Promise<unknown>, meanwhile: () => Promise<unknown>): Promise<void> {
    const { promise: gate, resolve: release } = Promise.withResolvers<void>();
    const { promise: there, resolve: reached } = Promise.withResolvers<void>();
    const working = this.meeting({ side: 'held', gate, reached }, 0, work);
    await Promise.race([there, working.then(() => Promise.reject(new Error('it commits nothing')))]);
    await meanwhile();
    release();
    await working;
  }

  reset(): void {
    this.#firestore?.reset();
    this.tasks.length = 0;
  }

  /** Billed operations since `resetUsage`. */
  usage(): BilledOperations {
    return this.#firestore?.usage().total ?? { reads: 0, writes: 0, deletes: 0 };
  }

  resetUsage(): void {
    this.#firestore?.resetUsage();
  }

  /** Puts these rules in, and none of the defaults. */
  async putRules(rules: readonly RuleInput[]): Promise<Rule[]> {
    const parsed = rules.map((rule) => ruleSchema.parse(rule));
    const batch = firestore().batch();
    for (const rule of parsed) {
      const origin = { id: rule.slug, version: 1, origin: 'api', updatedAt: new Date(0), updatedBy: 'system' } as const;
      batch.set(alertRules().doc(rule.slug), { ...rule, ...origin });
    }
    batch.set(projectionState('alerts'), { revision: 0, seeded: DEFAULT_RULES.map(({ slug }) => slug) });
    await batch.commit();
    return parsed;
  }

  /** Lets the log be counted up to now, less the usual ten seconds. */
  async countUp(throughMs = this.clock.now() - SETTLE_MS): Promise<void> {
    await projectionState('aggregate').set({
      ...{ version: 1, bucketsVersion: 1, latestVersion: 1, through: new Date(throughMs), ahead: 0 },
      ...{ manifests: [], recountMismatchCount: 0, recountMismatches: [] },
    });
  }

  /** The next minute of the data is this, and it is counted: time goes on until then. */
  async nextMinute(byProvider: Readonly<Record<string, Partial<Record<Counter, number>>>>): Promise<void> {
    const startMs = Math.ceil((this.clock.now() + 1) / MINUTE_MS) * MINUTE_MS;
    await this.putMinute(startMs, byProvider);
    this.clock.moveTo(startMs + 2 * MINUTE_MS);
    await this.countUp();
  }

  /** Puts the rollup of one minute in place: counters by provider. */
  async putMinute(
    startMs: number,
    byProvider: Readonly<Record<string, Partial<Record<Counter, number>>>>,
  ): Promise<void> {
    const cells = new Map<string, Cell>();
    const total = emptyCell();
    for (const [provider, counters] of Object.entries(byProvider)) {
      const cell = emptyCell();
      for (const [name, n] of Object.entries(counters)) cell.counters[AT[name as Counter]] = n;
      cells.set(provider, cell);
      mergeCells(total, cell);
    }
    cells.set('*', total);
    const bucket = bucketAt(startMs, '1m');
    const document = {
      granularity: '1m',
      zone: 'UTC',
      start: new Date(startMs),
      part: 'head',
      cells: encodeCells(cells),
    };
    await firestore().collection('system_performance_metrics').doc(documentId(bucket, 'head')).set(document);
  }

  #note(url: string, body: string): void {
    const queue = /queues\/([^/]+)\/tasks/.exec(url)?.[1] ?? url;
    const { task } = JSON.parse(body);
    const data = JSON.parse(Buffer.from(task.httpRequest.body, 'base64').toString()).data;
    this.tasks.push({ queue, data, at: task.scheduleTime });
  }

  #setEnv(values: Record<string, string>): void {
    for (const [name, value] of Object.entries(values)) {
      this.#env[name] = process.env[name];
      process.env[name] = value;
    }
  }
}
