import assert from 'node:assert/strict';
import { loadFunctions, sdkVersion } from '../../host/functions/load.ts';
import { FIXTURE_DIR } from './fixture-host.ts';

/** These internals of firebase-functions are pinned: after an upgrade, look at them again and then at this test. */
describe('host: what it takes from inside firebase-functions', () => {
  it('is the version that was looked at', () => {
    assert.equal(sdkVersion(FIXTURE_DIR), '7.4.0');
  });

  it('is a manifest of this shape', async () => {
    const { stack, exports } = await loadFunctions(FIXTURE_DIR);
    const wire = JSON.parse(JSON.stringify(stack));
    assert.deepEqual(wire.endpoints.work.taskQueueTrigger, {
      retryConfig: {
        maxAttempts: 5,
        minBackoffSeconds: 10,
        maxBackoffSeconds: 60,
        maxDoublings: 2,
        maxRetrySeconds: null,
      },
      rateLimits: { maxConcurrentDispatches: null, maxDispatchesPerSecond: null },
    });
    assert.deepEqual(wire.endpoints.berlin.scheduleTrigger, {
      schedule: '30 2 * * *',
      timeZone: 'Europe/Berlin',
      retryConfig: {},
    });
    assert.deepEqual(wire.endpoints.noted.eventTrigger, {
      eventType: 'google.cloud.firestore.document.v1.written',
      eventFilters: { database: '(default)', namespace: '(default)' },
      eventFilterPathPatterns: { document: 'notes/{noteId}' },
      retry: true,
    });
    assert.deepEqual(wire.endpoints.echo.httpsTrigger, {});
    assert.deepEqual(wire.endpoints['group-hello'].callableTrigger, {});
    assert.equal(wire.endpoints['group-hello'].entryPoint, 'group.hello');
    assert.deepEqual(wire.params, [
      { name: 'GREETING', type: 'string', default: 'hello' },
      { name: 'SITE', type: 'string', default: 'https://{{ params.PROJECT_ID }}.web.app' },
      { name: 'LIMIT', type: 'int', default: 7 },
      { name: 'COLOURS', type: 'list', default: ['blue'] },
      { name: 'API_KEY', type: 'secret' },
    ]);
    assert.deepEqual(wire.requiredAPIs.map(({ api }: { api: string }) => api).sort(), [
      'cloudscheduler.googleapis.com',
      'cloudtasks.googleapis.com',
    ]);
    for (const name of ['echo', 'work', 'berlin', 'noted']) assert.equal(typeof exports[name], 'function');
  });
});
