import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';

/** Whether this machine has Debian's prometheus. */
export const hasPrometheus = () => spawnSync('prometheus', ['--version']).status === 0;

export interface Prometheus {
  /** The samples that a query finds now; rejects when it is no query. */
  query(expression: string): Promise<{ metric: Record<string, string>; value: [number, string] }[]>;
  stop(): Promise<void>;
}

/** A Prometheus that scrapes one address, once a second, with a bearer token. */
export async function startPrometheus(url: string, token: string): Promise<Prometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'dailies-prometheus-'));
  const port = await freePort();
  const { host, pathname, protocol } = new URL(url);
  const job = {
    ...{ job_name: 'dailies', metrics_path: pathname, scheme: protocol.slice(0, -1) },
    ...{ scrape_interval: '1s', scrape_timeout: '1s', authorization: { credentials: token } },
    static_configs: [{ targets: [host] }],
  };
  const config = join(folder, 'prometheus.yml');
  writeFileSync(config, stringify({ scrape_configs: [job] }));
  mkdirSync(join(folder, 'data'));
  const options = [`--config.file=${config}`, `--storage.tsdb.path=${join(folder, 'data')}`, '--log.level=error'];
  const child = spawn('prometheus', [...options, `--web.listen-address=127.0.0.1:${port}`], { stdio: 'ignore' });
  return {
    async query(expression) {
      const answer = await fetch(`http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(expression)}`);
      const { status, data, error } = (await answer.json()) as { status: string; data: { result: [] }; error?: string };
      if (status !== 'success') throw new Error(`${expression}: ${error}`);
      return data.result;
    },
    async stop() {
      await ended(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill();
  });
}

/** A port that nobody listens on. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
