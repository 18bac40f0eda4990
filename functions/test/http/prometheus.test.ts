import assert from 'node:assert/strict';
import type { Stack } from '../../../local/stack/in-process.ts';
import { type Client, capturedLogs, clientFor, frozenStack, type Logs } from '../stack/harness.ts';
import { queries } from './grafana.ts';
import { report, reported } from './ingest/reports.ts';
import { hasPrometheus, type Prometheus, startPrometheus } from './prometheus.ts';

const MINUTE_MS = 60_000;
const TRIES = 300;

/** Only where there is Debian's prometheus. */
if (hasPrometheus()) {
  describe("Debian's prometheus", function () {
    this.timeout(90_000);
    let stack: Stack;
    let logs: Logs;
    let admin: Client;
    let prometheus: Prometheus;

    before(async () => {
      logs = capturedLogs();
      stack = await frozenStack();
      admin = await clientFor(stack, 'admin', { role: 'admin' });
      const { body } = await admin.call('POST', '/api-keys', { name: 'prometheus', scopes: ['scrape'] });
      await tell('one');
      prometheus = await startPrometheus(`${stack.url}/api/v1/metrics`, body.key);
    });
    after(async () => {
      await prometheus?.stop();
      await stack?.stop();
      logs?.restore();
    });

    const iso = (byMs: number) => new Date(stack.clock.now() + byMs).toISOString();
    async function tell(id: string): Promise<void> {
      await reported(admin, report(id, { requestedAt: iso(-60_000), endedAt: iso(-30_000) }));
      await stack.host.advanceBy(2 * MINUTE_MS);
    }
    /** The one value that a query finds, once it is as wanted. */
    async function becomes(expression: string, wanted: number): Promise<void> {
      let said: unknown;
      for (let tries = 0; tries < TRIES; tries++) {
        said = await prometheus.query(expression).catch(String);
        if (Array.isArray(said) && Number(said[0]?.value[1]) === wanted) return;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      assert.fail(`${expression} is not ${wanted}: ${JSON.stringify(said)}`);
    }

    it('scrapes it with a key of scope scrape', async () => {
      await becomes('up{job="dailies"}', 1);
      await becomes('sum(video_generation_total{outcome="succeeded"})', 1);
      await becomes('histogram_quantile(0.5, sum by (le) (video_generation_duration_seconds_bucket)) > 20', 25);
    });

    it('sees it rise', async () => {
      await tell('two');
      await becomes('sum(video_generation_total{outcome="succeeded"})', 2);
      await becomes('sum(resets(video_generation_total[1m]))', 0);
    });

    it('answers every query of the Grafana dashboard', async () => {
      const answers = await Promise.all(queries().map((expression) => prometheus.query(expression)));
      assert.ok(answers.filter((found) => found.length > 0).length > 8);
    });
  });
}
