import { isDeepStrictEqual } from 'node:util';
import type { ProtoValue } from '../change.ts';
import { fieldPathText } from '../values/field-path.ts';

type Fields = Record<string, ProtoValue>;

/** The field paths that differ between two versions of a document, down to the leaves of maps, sorted. */
export function changedFieldPaths(before: Fields, after: Fields): string[] {
  return changedNames(before, after).map(fieldPathText).sort();
}

function changedNames(before: Fields, after: Fields): string[][] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name) => {
    const [old, now] = [before[name], after[name]];
    if (isDeepStrictEqual(old, now)) return [];
    if (!old?.mapValue || !now?.mapValue) return [[name]];
    return changedNames(old.mapValue.fields ?? {}, now.mapValue.fields ?? {}).map((below) => [name, ...below]);
  });
}
