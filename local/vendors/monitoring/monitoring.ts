import type { IncomingMessage, ServerResponse } from 'node:http';
import type { MovableClock } from '../../clock.ts';
import { readJson, sendJson } from '../../storage/http.ts';
import type { AccessCheck } from '../access.ts';
import { GoogleError } from '../google-errors.ts';
import { Faults, meet, readFaultRules } from '../notifications/fault.ts';
import { readDashboard } from './dashboard.ts';
import { Descriptors, readDescriptor } from './descriptor.ts';
import { listed } from './list.ts';
import { Named } from './named.ts';
import { readPolicy } from './policy.ts';
import { SeriesStore } from './series-store.ts';
import { readTimeSeries } from './time-series.ts';

const CALL = /^\/(v[13])\/projects\/([^/]+)\/(metricDescriptors|timeSeries|alertPolicies|dashboards)(?:\/(.+))?$/;

/** The part of Cloud Monitoring's REST API that this project uses, refusing what it refuses; and what was written, to look at. */
export class Monitoring {
  readonly #clock: MovableClock;
  readonly #checkAccess: AccessCheck;
  readonly #faults = new Faults();
  readonly #descriptors = new Descriptors();
  readonly #series = new SeriesStore(this.#descriptors);
  readonly #policies = new Named('alertPolicies');
  readonly #dashboards = new Named('dashboards');

  constructor(clock: MovableClock, checkAccess: AccessCheck) {
    this.#clock = clock;
    this.#checkAccess = checkAccess;
  }

  /** Answers a call of the API, a script of faults or the list of what was written; false when the request is for none of them. */
  async answer(request: IncomingMessage, response: ServerResponse, url: URL): Promise<boolean> {
    if (url.pathname === '/__vendors/monitoring/script') return this.#answerScript(request, response);
    if (url.pathname === '/__vendors/monitoring') return this.#answerList(request, response);
    const [, version, project = '', collection = '', id] = CALL.exec(url.pathname) ?? [];
    if (version !== (collection === 'dashboards' ? 'v1' : 'v3')) return false;
    await this.#checkAccess(request);
    const body = await readJson(request);
    let answer: unknown;
    await meet(this.#faults.take(JSON.stringify(body) ?? ''), response, this.#clock, {
      accept: () => {
        answer = this.#call({ method: request.method ?? '', project, collection, id, query: url.searchParams, body });
      },
      answer: () => sendJson(response, 200, answer),
      refuse: ({ status, message = 'The service is currently unavailable.' }) => {
        throw new GoogleError(status, message);
      },
    });
    return true;
  }

  #call({ method, project, collection, id, query, body }: Call): unknown {
    const named = { alertPolicies: this.#policies, dashboards: this.#dashboards }[collection];
    if (named) {
      const read = (json: unknown) =>
        collection === 'dashboards' ? readDashboard(json, this.#descriptors) : readPolicy(json, this.#descriptors);
      const answer = named.call({ method, project, id, query, body, read });
      if (answer !== undefined) return answer;
    } else if (collection === 'metricDescriptors') {
      if (method === 'POST' && id === undefined) return this.#descriptors.put(readDescriptor(body));
      if (method === 'GET' && id === undefined) return { metricDescriptors: this.#descriptors.all() };
      if (method === 'GET' && id !== undefined) return this.#descriptor(id);
    } else if (id === undefined) {
      if (method === 'POST') return this.#series.write(readTimeSeries(body), this.#clock.now()) ?? {};
      if (method === 'GET') return listed(this.#series.all(), query);
    }
    throw new GoogleError(404, `The local Cloud Monitoring does not know ${method} ${collection}/${id ?? ''}.`);
  }

  #descriptor(type: string): unknown {
    const found = this.#descriptors.get(decodeURIComponent(type));
    if (!found) throw new GoogleError(404, `Could not find descriptor for metric '${type}'.`);
    return found;
  }

  async #answerScript(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    if (request.method === 'POST') {
      const rules = readFaultRules(await readJson(request));
      this.#faults.add(rules);
      sendJson(response, 200, { added: rules.length });
    } else if (request.method === 'DELETE') {
      this.#faults.clear();
      response.writeHead(204).end();
    } else if (request.method === 'GET') sendJson(response, 200, { rules: this.#faults.list() });
    else return false;
    return true;
  }

  #answerList(request: IncomingMessage, response: ServerResponse): boolean {
    if (request.method === 'DELETE') {
      for (const part of [this.#series, this.#descriptors, this.#policies, this.#dashboards]) part.clear();
      response.writeHead(204).end();
    } else if (request.method === 'GET') {
      const iso = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms).toISOString());
      const series = this.#series.all().map(({ metric, metricKind, points }) => ({
        ...{ metric: metric.type, labels: metric.labels, metricKind },
        points: points.map(({ startMs, endMs, value }) => ({ startTime: iso(startMs), endTime: iso(endMs), value })),
      }));
      const [policies, dashboards] = [this.#policies.all(), this.#dashboards.all()];
      sendJson(response, 200, { descriptors: this.#descriptors.all(), series, policies, dashboards });
    } else return false;
    return true;
  }
}

interface Call {
  method: string;
  project: string;
  collection: string;
  id: string | undefined;
  query: URLSearchParams;
  body: unknown;
}
