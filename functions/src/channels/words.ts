import type { Message } from '../core/alert/message.ts';
import { oneLine } from './text.ts';

/** The word that a message begins with: its severity, or that it is over. */
export function headwordOf({ verb, severity, test }: Message): string {
  if (test) return 'TEST';
  if (verb === 'resolve') return 'RESOLVED';
  if (verb === 'acknowledge') return 'ACKNOWLEDGED';
  return severity.toUpperCase();
}

/** The facts of a message with group and labels, as names with values on one line each. */
export function factsOf({ facts, group, labels }: Message): { name: string; value: string }[] {
  const rest = [...Object.entries(group), ...Object.entries(labels)].map(([name, value]) => ({ name, value }));
  return [...facts, ...rest].map(({ name, value }) => ({ name: oneLine(name), value: oneLine(value) }));
}

/** An ISO 8601 moment as people read it: `2040-01-01 14:05 UTC`. */
export function momentOf(iso: string): string {
  return `${iso.slice(0, 16).replace('T', ' ')} UTC`;
}

/** Said where a message may arrive twice. */
export const MAY_BE_REPEATED = 'This message may reach you twice: it is not known whether an earlier attempt arrived.';
export const IS_A_TEST = 'This is a test. Nothing is wrong.';
