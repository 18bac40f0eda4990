import type { Found } from '../../src/core/insights/business/schema.ts';
import { isIn, median, type Span, type Told } from './expected.ts';

interface Open {
  category: string;
  openedMs: number;
  closedMs: number | undefined;
}

/** Each stretch in which a ticket was open: from the first opened to the next closed. */
function stretches(told: readonly Told[]): Open[] {
  const found: Open[] = [];
  const open = new Map<string, Open>();
  for (const { type, atMs, body } of told) {
    if (type !== 'support.ticket') continue;
    const running = open.get(body.ticketId);
    if (body.status === 'opened' && !running) {
      const stretch = { category: body.category ?? 'uncategorised', openedMs: atMs, closedMs: undefined };
      open.set(body.ticketId, stretch);
      found.push(stretch);
    }
    if (body.status === 'closed' && running) {
      running.closedMs = atMs;
      open.delete(body.ticketId);
    }
  }
  return found;
}

export function expectedTickets(told: readonly Told[], span: Span): Found<'tickets'> {
  // What closes it later is not known at the end of the period, and does not matter to it.
  const all = stretches(told);
  const names = [...new Set(all.map(({ category }) => category))];
  const of = (category?: string) => {
    const mine = all.filter((stretch) => category === undefined || stretch.category === category);
    const closings = mine.filter(({ closedMs }) => closedMs !== undefined && isIn(closedMs, span));
    const openAt = (ms: number) =>
      mine.filter(({ openedMs, closedMs }) => openedMs < ms && (closedMs ?? Infinity) >= ms);
    const medianOpenMs = median(closings.map(({ openedMs, closedMs = 0 }) => closedMs - openedMs));
    return {
      opened: mine.filter(({ openedMs }) => isIn(openedMs, span)).length,
      closed: closings.length,
      ...{ openAtStart: openAt(span.startMs).length, openAtEnd: openAt(span.endMs).length },
      ...(medianOpenMs !== undefined && { medianOpenMs }),
    };
  };
  const categories = names
    .map((category) => ({ category, ...of(category) }))
    .filter(({ opened, closed, openAtStart }) => opened + closed + openAtStart > 0)
    .sort((a, b) => b.opened - a.opened || (a.category < b.category ? -1 : 1));
  return { ...of(), categories: categories.slice(0, 20) };
}
