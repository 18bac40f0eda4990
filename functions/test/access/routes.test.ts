import assert from 'node:assert/strict';
import { ROUTES } from '../../src/core/access/routes.ts';
import { app } from '../../src/http/app.ts';
import { assertAllListed } from '../../src/http/describeAccess.ts';
import { liveApp } from '../../src/http/live/app.ts';
import { router } from '../../src/http/router.ts';

interface Operation {
  security?: Record<string, string[]>[];
  responses: Record<string, unknown>;
}

describe('the route table', () => {
  it('has an entry for each route of the apps, and no other', () => {
    const all = [...app.routes, ...liveApp().routes];
    const routes = all.filter(({ method }) => method !== 'ALL').map(({ method, path }) => `${method} ${path}`);
    assert.deepEqual(Object.keys(ROUTES).sort(), [...new Set(routes)].sort());
  });

  it('lets no app start that has a route which it does not know', () => {
    const more = router();
    more.get('/api/v1/models', (c) => c.text('known'));
    assertAllListed(more);
    more.post('/api/v1/models', (c) => c.text('unknown'));
    assert.throws(() => assertAllListed(more), /not in core\/access\/routes\.ts: POST \/api\/v1\/models$/);
  });

  it('lets no app start with an address that takes every method; middleware is before all of them', () => {
    const more = router();
    more.use((_, next) => next());
    assertAllListed(more);
    more.all('/api/v1/anything', (c) => c.text('open'));
    assert.throws(() => assertAllListed(more), /not in core\/access\/routes\.ts: ALL \/api\/v1\/anything$/);
  });

  it('is what the description of the API says', () => {
    const { paths = {} } = app.getOpenAPI31Document({ openapi: '3.1.0', info: { title: 't', version: '1' } });
    const operation = (path: string, method: 'get' | 'post') => paths[path]?.[method] as unknown as Operation;
    assert.deepEqual(operation('/api/v1/health', 'get').security, []);
    assert.deepEqual(operation('/api/v1/models', 'get').security, [{ idToken: [] }, { apiKey: [] }]);
    assert.deepEqual(operation('/api/v1/generations', 'post').security, [{ idToken: [] }, { apiKey: ['generate'] }]);
    assert.deepEqual(operation('/api/v1/api-keys', 'post').security, [{ idToken: [] }]);
    for (const path of ['/api/v1/generations', '/api/v1/admin/generations/{id}/replay']) {
      assert.ok(operation(path, 'post').responses['402'], path);
    }
    for (const [path, methods] of Object.entries(paths)) {
      for (const { security, responses } of Object.values(methods as Record<string, Operation>)) {
        const expected = security?.length === 0 ? ['429'] : ['401', '403', '429', '503'];
        for (const status of expected) assert.ok(responses[status], `${path} ${status}`);
      }
    }
  });
});
