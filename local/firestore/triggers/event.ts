import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { isDeepStrictEqual } from 'node:util';
import type { DocumentChange } from '../change.ts';
import { fieldPathText } from '../values/field-path.ts';
import type { Fields } from '../wire.ts';
import type { TriggerRegistration } from './registry.ts';

interface MessageType {
  fromObject(object: object): object;
  encode(message: object): { finish(): Uint8Array };
}

const require = createRequire(import.meta.url);
// The package's exports hide its protos, so the file is named from the package's folder.
const protos = require(
  `${require.resolve('firebase-functions').replace(/lib[\\/].*$/, '')}protos/compiledFirestore.js`,
);
const DocumentEventData: MessageType = protos.google.events.cloud.firestore.v1.DocumentEventData;

/** Encodes google.events.cloud.firestore.v1.DocumentEventData: both sides of a change, and what changed in an update. */
export function encodeEventData({ before, after }: DocumentChange): Uint8Array {
  const data = {
    ...(after && { value: after }),
    ...(before && { oldValue: before }),
    ...(before && after && { updateMask: { fieldPaths: changedFieldPaths(before.fields, after.fields) } }),
  };
  return DocumentEventData.encode(DocumentEventData.fromObject(data)).finish();
}

/** The field paths that differ between two versions of a document, down to the leaves of maps, sorted. */
export function changedFieldPaths(before: Fields, after: Fields, prefix = ''): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const changed = Array.from(names).flatMap((name) => {
    const [old, now] = [before[name], after[name]];
    const path = prefix + fieldPathText([name]);
    if (isDeepStrictEqual(old, now)) return [];
    if (!old?.mapValue || !now?.mapValue) return [path];
    return changedFieldPaths(old.mapValue.fields ?? {}, now.mapValue.fields ?? {}, `${path}.`);
  });
  return changed.sort();
}

/** What a change was, seen from outside. */
export function changeKind({ before, after }: DocumentChange): 'created' | 'updated' | 'deleted' {
  if (!after) return 'deleted';
  return before ? 'updated' : 'created';
}

/** The headers of a new event: CloudEvents 1.0 in HTTP binary mode with Firestore's extension attributes. */
export function newEventHeaders(
  change: DocumentChange,
  { eventType, namespace }: TriggerRegistration,
  { projectId, nowMs }: { projectId: string; nowMs: number },
): Record<string, string> {
  const { database, path } = change;
  return {
    'content-type': 'application/protobuf',
    'ce-specversion': '1.0',
    'ce-id': randomUUID(),
    'ce-type': eventType,
    'ce-source': `//firestore.googleapis.com/projects/${projectId}/databases/${database}`,
    'ce-subject': headerSafe(`documents/${path}`),
    'ce-time': commitTime(change, nowMs),
    'ce-document': headerSafe(path),
    'ce-project': projectId,
    'ce-database': database,
    'ce-namespace': namespace,
    'ce-location': 'us-central1',
    ...(eventType.endsWith('.withAuthContext') && { 'ce-authtype': 'system' }),
  };
}

/** A delete carries no time of its own, so the clock's is taken. */
function commitTime({ after }: DocumentChange, nowMs: number): string {
  if (!after) return new Date(nowMs).toISOString();
  const { seconds, nanos } = after.updateTime;
  const wholeSeconds = new Date(Number(seconds) * 1000).toISOString().slice(0, -5);
  return `${wholeSeconds}.${String(nanos).padStart(9, '0').slice(0, 6)}Z`;
}

/** The CloudEvents HTTP binding percent-encodes what a header cannot carry. */
function headerSafe(value: string): string {
  return value.replace(/[^\x21-\x7e]|["%]/gu, (character) => encodeURIComponent(character));
}
