import { startStack } from '../../local/stack/in-process.ts';
import { callerOf } from './call.ts';
import { EXPECTED, type Expected, PRINCIPALS, type PrincipalName, type Things } from './expected.ts';
import { makePrincipals, type Principal } from './principals.ts';

/** What one principal got from one route, and should have got. */
export interface Cell {
  expected: number;
  got: number;
  ok: boolean;
}

/** One route and how it treated everybody. */
export interface Row {
  route: string;
  cells: Record<PrincipalName, { own: Cell; another?: Cell }>;
}

export interface Verified {
  rows: Row[];
  /** Everything that is not as it should be; empty when all is well. */
  faults: string[];
}

const START_MS = Date.parse('2040-01-01T12:00:00.000Z');
const MINUTE_MS = 60_000;
/** What is only looked at comes first, and what removes things comes last. */
const ORDER = ['GET', 'PUT', 'PATCH', 'POST', 'DELETE'];
const NAMELESS: readonly PrincipalName[] = ['anonymous', 'key:expired', 'key:revoked'];
const DENIALS: Record<number, readonly unknown[]> = {
  401: ['unauthenticated'],
  403: ['forbidden', 'suspended'],
  404: ['not_found'],
};

/** Every route that the apps have, such as `GET /api/v1/models`. */
export async function routesOfTheApp(): Promise<string[]> {
  const { app } = await import('../../functions/src/http/app.ts');
  const { liveApp } = await import('../../functions/src/http/live/app.ts');
  const all = [...app.routes, ...liveApp().routes];
  const routes = all.filter(({ method }) => method !== 'ALL').map(({ method, path }) => `${method} ${path}`);
  const rank = (route: string) => ORDER.indexOf(route.split(' ')[0] ?? '');
  return [...new Set(routes)].sort((a, b) => rank(a) - rank(b));
}

/** Routes that nobody has written an expectation for, and expectations whose route is gone. */
export function unmatched(routes: readonly string[], expected: Readonly<Record<string, Expected>>): string[] {
  return [
    ...routes.filter((route) => !Object.hasOwn(expected, route)).map((route) => `${route}: nothing says who may`),
    ...Object.keys(expected)
      .filter((route) => !routes.includes(route))
      .map((route) => `${route}: there is no such route`),
  ];
}

/** Starts a stack and lets everybody try every route, on their own things and on somebody else's. */
export async function verifyAccess(): Promise<Verified> {
  const routes = await routesOfTheApp();
  const faults = unmatched(routes, EXPECTED);
  const rows: Row[] = [];
  const stack = await startStack({ startAtMs: START_MS, running: false, warehouse: true });
  try {
    const { principals, stranger } = await makePrincipals(stack);
    for (const route of routes) {
      const expected = EXPECTED[route];
      if (!expected) continue;
      rows.push(await tryRoute(stack.url, route, expected, principals, stranger));
      // The next route begins with a new minute of requests for everybody.
      await stack.host.advanceBy(MINUTE_MS);
    }
  } finally {
    await stack.stop();
  }
  return { rows, faults: [...faults, ...rows.flatMap(faultsOf)] };
}

async function tryRoute(
  url: string,
  route: string,
  expected: Expected,
  principals: Record<PrincipalName, Principal>,
  stranger: Things,
): Promise<Row> {
  const call = callerOf(url);
  const [method = '', path = ''] = route.split(' ');
  const tryOne = async (headers: Record<string, string>, of: Things, status: number): Promise<Cell> => {
    const { path: asked = path, body } = expected.ask?.(of) ?? {};
    const answer = await call(method, asked, headers, body);
    const isSaidSo = DENIALS[status]?.includes(answer.body.code) ?? true;
    return { expected: status, got: answer.status, ok: answer.status === status && isSaidSo };
  };
  const cells: Partial<Row['cells']> = {};
  for (const name of PRINCIPALS) {
    const { headers, own } = principals[name];
    const another = expectedOf(expected, name, 'another');
    cells[name] = {
      ...(another !== undefined && { another: await tryOne(headers, stranger, another) }),
      own: await tryOne(headers, own, expectedOf(expected, name, 'own') ?? expected.own),
    };
  }
  return { route, cells: cells as Row['cells'] };
}

function expectedOf(expected: Expected, name: PrincipalName, whose: 'own' | 'another'): number | undefined {
  if (whose === 'another' && expected.another === undefined) return undefined;
  if (!expected.who.includes(name)) return NAMELESS.includes(name) ? 401 : 403;
  if (whose === 'own') return expected.own;
  return name === 'admin' ? (expected.anotherForAdmin ?? expected.another) : expected.another;
}

function faultsOf({ route, cells }: Row): string[] {
  return PRINCIPALS.flatMap((name) =>
    (['own', 'another'] as const).flatMap((whose) => {
      const cell = cells[name][whose];
      return !cell || cell.ok ? [] : [`${route}, ${name}, ${whose}: expected ${cell.expected}, got ${cell.got}`];
    }),
  );
}
