import { AppError } from '../errors.ts';

/** Where a viewer of the log stands. */
export interface Position {
  /** The time of record of the last event offered to them, in microseconds since the epoch. */
  recordedAtMicros: number;
  /** One instance's unbroken time of listening. */
  run: string;
  /** How many events that run had heard, this one included. */
  seq: number;
}

const POSITION = /^(\d{1,16})-([a-z0-9]{1,16})-(\d{1,12})$/;

/** The position as the `id` of a server-sent event; opaque to callers. */
export function positionText({ recordedAtMicros, run, seq }: Position): string {
  return `${recordedAtMicros}-${run}-${seq}`;
}

/** The position that such an id names. Throws `invalid_request` for what is none of ours. */
export function positionOf(text: string): Position {
  const [, micros, run, seq] = POSITION.exec(text) ?? [];
  const recordedAtMicros = Number(micros);
  if (run === undefined || !Number.isSafeInteger(recordedAtMicros)) {
    const problems = [{ path: 'last-event-id', message: 'unknown' }];
    throw new AppError('invalid_request', 'The Last-Event-ID is not one of ours.', problems);
  }
  return { recordedAtMicros, run, seq: Number(seq) };
}
