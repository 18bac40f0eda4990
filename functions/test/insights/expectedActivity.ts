import type { Found } from '../../src/core/insights/business/schema.ts';
import { DAY, isIn, type Span, type Told } from './expected.ts';

const ACTIVE = new Set([
  ...['session.started', 'feature.used', 'page.viewed'],
  ...['generation.requested', 'generation.opened', 'generation.downloaded'],
]);

/** Whether it shows that its user was there: a reported end does, since nothing else tells of the request. */
const isActivity = ({ type, user, body }: Told) => user !== '' && (ACTIVE.has(type) || body.requestedAt !== undefined);

/** Who was active from one moment up to another. */
function usersActive(told: readonly Told[], span: Span): Set<string> {
  return new Set(told.filter((event) => isIn(event.atMs, span) && isActivity(event)).map(({ user }) => user));
}

export function expectedActiveUsers(told: readonly Told[], span: Span, throughMs: number): Found<'activeUsers'> {
  const found = {
    ...{ users: usersActive(told, span).size, days: 0 },
    ...{ dailyUsersSum: 0, weeklyUsersSum: 0, monthlyUsersSum: 0, weeklyUsersAtEnd: 0, monthlyUsersAtEnd: 0 },
  };
  for (let dayMs = span.startMs; dayMs < span.endMs && dayMs <= throughMs; dayMs += DAY) {
    const endMs = dayMs + DAY;
    found.days += 1;
    found.dailyUsersSum += usersActive(told, { startMs: dayMs, endMs }).size;
    found.weeklyUsersAtEnd = usersActive(told, { startMs: endMs - 7 * DAY, endMs }).size;
    found.monthlyUsersAtEnd = usersActive(told, { startMs: endMs - 30 * DAY, endMs }).size;
    found.weeklyUsersSum += found.weeklyUsersAtEnd;
    found.monthlyUsersSum += found.monthlyUsersAtEnd;
  }
  return found;
}

/** When each user signed up first. */
export function signups(told: readonly Told[]): Map<string, number> {
  const first = new Map<string, number>();
  for (const { type, atMs, user } of told)
    if (type === 'signup' && user !== '' && !first.has(user)) first.set(user, atMs);
  return first;
}

export function expectedRetention(
  told: readonly Told[],
  span: Span,
  granularity: 'week' | 'month',
): Found<'retention'> {
  const active = usersActive(told, span);
  const cohorts: Found<'retention'>['cohorts'] = [];
  let cohort = span;
  for (let periodsLater = 0; periodsLater < 12; periodsLater++) {
    const members = [...signups(told)].filter(([, atMs]) => isIn(atMs, cohort)).map(([user]) => user);
    if (members.length > 0) {
      const start = new Date(cohort.startMs).toISOString().slice(0, 10);
      const activeUsers = members.filter((user) => active.has(user)).length;
      cohorts.push({ start, periodsLater, users: members.length, activeUsers });
    }
    const { startMs: endMs } = cohort;
    const startOfMonth = new Date(endMs - 1);
    cohort = { endMs, startMs: granularity === 'week' ? endMs - 7 * DAY : startOfMonth.setUTCDate(1) };
    cohort.startMs -= cohort.startMs % DAY;
  }
  return { cohorts };
}

export function expectedFeatures(told: readonly Told[], span: Span): Found<'features'> {
  const uses = new Map<string, { users: Set<string>; events: number }>();
  for (const { type, atMs, user, body } of told) {
    if (type !== 'feature.used' || !isIn(atMs, span)) continue;
    const use = uses.get(body.feature) ?? { users: new Set(), events: 0 };
    uses.set(body.feature, use);
    use.events += 1;
    if (user !== '') use.users.add(user);
  }
  const features = [...uses].map(([feature, { users, events }]) => ({ feature, users: users.size, events }));
  features.sort((a, b) => b.users - a.users || b.events - a.events || (a.feature < b.feature ? -1 : 1));
  return { features: features.slice(0, 50) };
}
