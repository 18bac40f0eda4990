import type { EventBody } from '../../src/core/events/schema.ts';
import type { RowEvent } from '../../src/core/warehouse/row.ts';

const DAY_MS = 86_400_000;
const ENDS = ['succeeded', 'failed', 'blocked', 'expired', 'cancelled'];
const DONE = ['session.started', 'page.viewed', 'feature.used', 'generation.opened', 'generation.downloaded'];
const NAMES = ['new', 'power', 'active', 'at_risk', 'dormant'];

/** One period of UTC days; the end is the day after the last. */
export interface Span {
  start: string;
  end: string;
}

type Body = Partial<EventBody<'generation.failed'>> & { endedAt?: Date; amountUsdMicros?: number };

/** An event as these definitions need it: told in loops, with nothing shared with the SQL. */
interface Told {
  type: string;
  user: string;
  ms: number;
  isGeneration: boolean;
  isActivity: boolean;
  event: RowEvent;
  body: Body;
}

const told = (event: RowEvent): Told => {
  const body = event.body as Body;
  const isGeneration = event.type === 'generation.requested' || body.requestedAt !== undefined;
  const ms = (body.endedAt ?? event.occurredAt).getTime();
  const isActivity = event.userKey !== '' && (isGeneration || DONE.includes(event.type));
  return { type: event.type, user: event.userKey, ms, isGeneration, isActivity, event, body };
};

/** Everything that is said of users' behaviour, computed from the events one by one. */
export class ExpectedBehaviour {
  readonly #ofDay: Map<number, Told[]>;
  readonly #ofUser: Map<string, Told[]>;

  constructor(events: readonly RowEvent[]) {
    const all = events.map(told);
    this.#ofDay = Map.groupBy(all, ({ ms }) => Math.floor(ms / DAY_MS));
    this.#ofUser = Map.groupBy(
      all.filter(({ user }) => user !== ''),
      ({ user }) => user,
    );
  }

  segments({ start, end }: Span) {
    const users = [...this.#ofUser.keys()];
    const now = new Map(users.map((user) => [user, this.segmentOf(user, end)]));
    const before = new Map(users.map((user) => [user, this.segmentOf(user, start)]));
    const within = this.#within(start, end);
    const segments = NAMES.map((segment) => {
      const members = new Set(users.filter((user) => now.get(user) === segment));
      const theirs = within.filter(({ user }) => members.has(user));
      const ended = theirs.filter((each) => ENDS.some((end) => each.type === `generation.${end}`));
      const corrections = theirs.filter(({ type }) => type === 'generation.corrected');
      const ran = ended.filter(({ type }) => /succeeded|failed|expired/.test(type)).length;
      const succeeded = ended.filter(({ type }) => type.endsWith('succeeded')).length;
      const amount = (type: string) =>
        sum(theirs.filter((each) => each.type === type).map((e) => e.body.amountUsdMicros));
      return {
        segment,
        users: members.size,
        generations: ended.length,
        ...(ran > 0 && { successRate: { value: succeeded / ran, n: ran } }),
        money: {
          netUsdMicros: amount('payment.succeeded') - amount('payment.refunded'),
          costUsdMicros:
            sum(ended.map((each) => each.body.costUsdMicros)) + sum(corrections.map((c) => this.#change(c))),
        },
      };
    });
    const moves = ['unseen', ...NAMES].map((from) => ({
      from,
      to: Object.fromEntries(
        NAMES.map((to) => [
          to,
          users.filter((user) => now.get(user) === to && (before.get(user) ?? 'unseen') === from).length,
        ]),
      ),
    }));
    return { users: sum(segments.map(({ users }) => users)), segments: withoutSmall(segments), moves };
  }

  activity({ start, end }: Span) {
    const active = Map.groupBy(this.#active(start, end), ({ user }) => user);
    const counts = (of: (each: Told) => boolean) => [...active.values()].map((theirs) => theirs.filter(of).length);
    const generations = counts(({ isGeneration }) => isGeneration);
    const sessions = counts(({ type }) => type === 'session.started');
    const perUser = (values: number[]) => ({ mean: sum(values) / values.length, deciles: decilesOf(values) });
    return {
      users: active.size,
      generations: sum(generations),
      usersGenerating: generations.filter((n) => n > 0).length,
      sessions: sum(sessions),
      usersWithSession: sessions.filter((n) => n > 0).length,
      ...(active.size > 0 && { generationsPerUser: perUser(generations), sessionsPerUser: perUser(sessions) }),
    };
  }

  preferences({ start, end }: Span) {
    const asked = this.#active(start, end).filter(({ isGeneration }) => isGeneration);
    const choices = (of: (each: Told) => string) => {
      const users = Map.groupBy(asked, ({ user }) => user);
      const preferred = [...users.values()].map((theirs) => mostFrequent(theirs.map(of)));
      return [...Map.groupBy(asked, of)]
        .map(([name, those]) => ({
          name,
          generations: those.length,
          generationsShare: those.length / asked.length,
          users: new Set(those.map(({ user }) => user)).size,
          preferredBy: preferred.filter((favourite) => favourite === name).length,
          preferredShare: preferred.filter((favourite) => favourite === name).length / users.size,
        }))
        .sort((a, b) => b.generations - a.generations || (a.name < b.name ? -1 : 1));
    };
    return {
      models: choices(({ event }) => (event.cellKey ?? '').split('/').slice(0, -1).join('/')),
      kinds: choices(({ body }) => body.kind ?? ''),
      styles: choices(({ body }) => body.style ?? 'none'),
    };
  }

  hours({ start, end }: Span) {
    const found = { actions: new Array<number>(168).fill(0), users: new Array<number>(168).fill(0) };
    const hourOf = (ms: number) => {
      const at = new Date(ms);
      return ((at.getUTCDay() + 6) % 7) * 24 + at.getUTCHours();
    };
    for (const [hour, those] of Map.groupBy(this.#active(start, end), ({ ms }) => hourOf(ms))) {
      found.actions[hour] = those.length;
      found.users[hour] = new Set(those.map(({ user }) => user)).size;
    }
    return found;
  }

  firstGenerations({ start, end }: Span) {
    const firsts = [...this.#ofUser.values()].flatMap((theirs) => {
      const first = (of: (each: Told) => boolean) => Math.min(...theirs.filter(of).map(({ ms }) => ms));
      const asked = first(({ isGeneration }) => isGeneration);
      const signedUp = first(({ type }) => type === 'signup');
      return asked >= Date.parse(start) && asked < Date.parse(end) ? [{ asked, signedUp }] : [];
    });
    const waits = firsts.filter(({ asked, signedUp }) => signedUp <= asked).map((each) => each.asked - each.signedUp);
    return {
      users: firsts.length,
      usersAfterSignup: waits.length,
      ...(waits.length > 0 && { meanMs: sum(waits) / waits.length, decilesMs: decilesOf(waits) }),
    };
  }

  /** At the end of the day before `end`; undefined: not seen yet. */
  segmentOf(user: string, end: string): string | undefined {
    const endMs = Date.parse(end);
    const seen = (this.#ofUser.get(user) ?? []).filter(({ ms }) => ms < endMs);
    if (seen.length === 0) return undefined;
    const daysAgo = ({ ms }: Told) => Math.floor((endMs - 1 - ms) / DAY_MS);
    const active = seen.filter(({ isActivity }) => isActivity).map(daysAgo);
    const first = Math.max(...seen.map(daysAgo));
    const last = active.length > 0 ? Math.min(...active) : first;
    if (last >= 29) return 'dormant';
    if (last >= 15) return 'at_risk';
    if (first <= 14) return 'new';
    return new Set(active.filter((days) => days <= 27)).size >= 10 ? 'power' : 'active';
  }

  #within(start: string, end: string): Told[] {
    const within: Told[] = [];
    for (let day = Date.parse(start) / DAY_MS; day < Date.parse(end) / DAY_MS; day++) {
      within.push(...(this.#ofDay.get(day) ?? []));
    }
    return within;
  }

  #active(start: string, end: string): Told[] {
    return this.#within(start, end).filter(({ isActivity }) => isActivity);
  }

  /** What a correction changes of the cost, where the end that it corrects is told. */
  #change({ user, ms, body, event }: Told): number {
    const ended = this.#ofUser
      .get(user)
      ?.some(
        (each) => each.body.generationId === body.generationId && each.ms === ms && each.body.attempts !== undefined,
      );
    const { changes } = event.body as EventBody<'generation.corrected'>;
    return ended
      ? sum(changes.filter((c) => c.measure === 'costUsdMicros').map(({ from, to }) => to - (from ?? 0)))
      : 0;
  }
}

type Segment = { segment: string; users: number; money: object };

/** Hides the smallest segments until those hidden are nobody or five together. */
function withoutSmall(segments: Segment[]) {
  const hidden: Segment[] = [];
  for (const next of [...segments].sort((a, b) => a.users - b.users)) {
    const users = sum(hidden.map((each) => each.users));
    if (next.users < 5 || (users > 0 && users < 5)) hidden.push(next);
  }
  return segments.map(({ money, ...rest }) =>
    hidden.some((h) => h.segment === rest.segment) ? rest : { ...rest, money },
  );
}

function mostFrequent(names: string[]): string {
  const counts = [...Map.groupBy(names, (name) => name)].map(([name, all]) => ({ name, n: all.length }));
  counts.sort((a, b) => b.n - a.n || (a.name < b.name ? -1 : 1));
  return counts[0]?.name ?? '';
}

export const sum = (values: readonly (number | undefined)[]) =>
  values.reduce<number>((total, value) => total + (value ?? 0), 0);

/** The smallest value that at least k tenths do not exceed. */
export function decilesOf(values: readonly number[]): number[] {
  const sorted = [...values].sort((a, b) => a - b);
  return [1, 2, 3, 4, 5, 6, 7, 8, 9].map((k) => sorted[Math.ceil((sorted.length * k) / 10) - 1] ?? 0);
}

/** How many numbers there are in a value. */
export function countNumbers(value: unknown): number {
  if (typeof value === 'number') return 1;
  if (value === null || typeof value !== 'object') return 0;
  return sum(Object.values(value).map(countNumbers));
}
