import { services } from '../../health/index.ts';
import type { Signal } from './signal.ts';

/** 1 for each dependency whose probe fails now, else 0. */
export const serviceDown: Signal = async () =>
  Object.entries(await services()).map(([target, { ok }]) => ({ group: { target }, value: ok ? 0 : 1, n: 1 }));
