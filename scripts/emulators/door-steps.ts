import { type Answer, callerOf } from './caller.ts';
import type { Step } from './step.ts';

export const refusal = ({ status, body }: Answer) => ({ status, code: body.code });

/** What meets somebody who comes in from outside. */
export const DOOR_STEPS: readonly Step[] = [
  {
    name: 'the site, with its headers',
    expected: { status: 200, frames: 'DENY', isPage: true },
    async run({ place }) {
      const page = await fetch(place.site);
      const isPage = (await page.text()).includes('<title>Dailies</title>');
      return { status: page.status, frames: page.headers.get('x-frame-options'), isPage };
    },
  },
  {
    name: 'a redirect of the site',
    expected: { status: 302, to: '/api/v1/openapi.json' },
    async run({ place }) {
      const { status, headers } = await fetch(`${place.site}/docs/api`, { redirect: 'manual' });
      return { status, to: headers.get('location') };
    },
  },
  {
    name: 'no token',
    expected: { status: 401, code: 'unauthenticated' },
    run: async ({ nobody }) => refusal(await nobody('GET', '/generations')),
  },
  {
    name: 'a token that is none',
    expected: { status: 401, code: 'unauthenticated' },
    run: async ({ place }) =>
      refusal(await callerOf(place, { Authorization: 'Bearer e30.e30.' })('GET', '/generations')),
  },
  {
    name: 'a path that is none',
    expected: { status: 404, code: 'not_found' },
    run: async ({ users }) => refusal(await users.ann('GET', '/nowhere')),
  },
  {
    name: 'a user asks for numbers',
    expected: { status: 403, code: 'forbidden' },
    run: async ({ users }) => refusal(await users.ann('GET', '/summary')),
  },
  {
    name: 'a new user',
    expected: { status: 200, tier: 'free', availableCredits: 200, heldCredits: 0 },
    async run({ users }) {
      const { status, body } = await users.ann('GET', '/me');
      const { tier, availableCredits, heldCredits } = body;
      return { status, tier, availableCredits, heldCredits };
    },
  },
];
