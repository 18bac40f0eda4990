import { isDeepStrictEqual } from 'node:util';
import { measure } from '../../functions/src/core/generation/measure.ts';
import { TERMINAL_STATES } from '../../functions/src/core/generation/outcome.ts';
import { isTerminal } from '../../functions/src/core/generation/state.ts';
import type { Check } from '../drive/report.ts';
import { checkAll } from './check.ts';
import type { Observed } from './observe.ts';

const TERMINAL_EVENTS = new Set<string>(TERMINAL_STATES.map((state) => `generation.${state}`));

/** Every request became one generation, and each came to one end that is told once and measured once. */
export function checkEnds({ asked, kills, generations, events, metrics, tasks }: Observed): Check[] {
  const all = [...generations.values()];
  const told = Map.groupBy(events, ({ generationId }) => generationId);
  const toldWrong = all.flatMap(({ id, state }) => {
    const types = (told.get(id) ?? []).map(({ type }) => type);
    const ends = types.filter((type) => TERMINAL_EVENTS.has(type));
    const once = types.filter((type) => type === 'generation.requested').length === 1;
    return once && ends.length === 1 && ends[0] === `generation.${state}` ? [] : `${id} ${state}: ${types.join(' ')}`;
  });
  const measuredWrong = all.flatMap((generation) => {
    const stored = metrics.get(generation.id);
    return stored && isDeepStrictEqual(stored, measure(generation)) ? [] : generation.id;
  });
  const twins = asked.filter(({ wish }) => wish.twin);
  const cut = new Set(kills.flatMap(({ cutSubmits }) => cutSubmits.map((key) => key.split('/')[0])));
  const judged = asked.flatMap(({ wish, ids: [id] }) => {
    const generation = id === undefined ? undefined : generations.get(id);
    // A user who cancels, or a submit that was cut off, may lead to any end.
    if (!generation || generation.cancelRequestedAt || cut.has(generation.id)) return [];
    return { wish, generation };
  });
  return [
    checkAll(
      'every request was taken in',
      asked.length,
      asked.flatMap(({ wish, refusals, ids }) => (ids.length > 0 ? [] : `#${wish.number} ${refusals.join()}`)),
    ),
    checkAll('one generation a request, twins too', generations.size, [
      ...twins.flatMap(({ wish, ids }) => (ids.length === 2 && ids[0] === ids[1] ? [] : `#${wish.number}`)),
      ...(generations.size === asked.length ? [] : [`${generations.size} generations of ${asked.length} requests`]),
    ]),
    checkAll(
      'every generation ended',
      all.length,
      all.flatMap(({ id, state }) => (isTerminal(state) ? [] : `${id} ${state}`)),
    ),
    checkAll(
      'as its fault must end it',
      judged.length,
      judged.flatMap(({ wish, generation: { id, state, error } }) =>
        wish.kind.ends.some((end) => end === state) ? [] : `${id} (${wish.kind.name}) ${state} ${error?.code ?? ''}`,
      ),
    ),
    { name: 'no task left', ok: tasks === 0, found: String(tasks) },
    checkAll('its request and its end told once', all.length, toldWrong),
    checkAll('measured once, as its document says', metrics.size, [
      ...measuredWrong,
      ...(metrics.size === all.length ? [] : [`${metrics.size} metrics of ${all.length} generations`]),
    ]),
  ];
}
