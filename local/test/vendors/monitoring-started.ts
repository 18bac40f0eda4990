import assert from 'node:assert/strict';
import { MovableClock } from '../../clock.ts';
import { startVendors } from '../../vendors/server.ts';

export const NOON = Date.parse('2040-01-01T12:00:00Z');
export const HOUR_MS = 3_600_000;
export const iso = (ms: number) => new Date(ms).toISOString();

interface Answer {
  status: number;
  // The tests assert what is in it.
  // biome-ignore lint/suspicious/noExplicitAny: the body is whatever was answered
  body: any;
}

/** The stand-in for Cloud Monitoring at noon, called as its REST API is. */
export interface Called {
  call(method: string, path: string, body?: unknown, token?: string): Promise<Answer>;
  write(...timeSeries: object[]): Promise<Answer>;
  /** Describes `custom.googleapis.com/x/tasks`, a gauge of whole numbers by queue, with whatever differs. */
  describeMetric(change?: object): Promise<Answer>;
  /** The points of two hours. */
  list(filter: string): Promise<Answer>;
  /** Forgets everything but that metric. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

export async function startMonitoring(): Promise<Called> {
  const clock = new MovableClock({ startAtMs: NOON, running: false });
  const vendors = await startVendors({ projectId: 'demo-m', clock });
  const call: Called['call'] = async (method, path, body, token = 'Bearer any') => {
    const answer = await fetch(`${vendors.url}/${path}`, {
      ...{ method, headers: { Authorization: token } },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
  };
  const project = 'v3/projects/demo-m';
  const describeMetric = (change: object = {}) =>
    call('POST', `${project}/metricDescriptors`, {
      ...{ type: 'custom.googleapis.com/x/tasks', metricKind: 'GAUGE', valueType: 'INT64', unit: '1' },
      ...{ labels: [{ key: 'queue' }], ...change },
    });
  return {
    call,
    describeMetric,
    write: (...timeSeries) => call('POST', `${project}/timeSeries`, { timeSeries }),
    list(filter) {
      const query = new URLSearchParams({
        ...{ filter, 'interval.startTime': iso(NOON - HOUR_MS), 'interval.endTime': iso(NOON + HOUR_MS) },
      });
      return call('GET', `${project}/timeSeries?${query}`);
    },
    async reset() {
      for (const path of ['__vendors/monitoring', '__vendors/monitoring/script']) await call('DELETE', path);
      assert.equal((await describeMetric()).status, 200);
    },
    async stop() {
      await vendors.stop();
      clock.stop();
    },
  };
}
