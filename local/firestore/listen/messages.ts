import type { ProtoTimestamp, StoredDocument } from '../change.ts';
import type { StructuredQuery } from '../wire.ts';

/** What a client asks for on a Listen stream. */
export interface ListenRequest {
  database?: string;
  addTarget?: TargetRequest;
  removeTarget?: number;
}

export interface TargetRequest {
  targetId?: number;
  query?: { parent?: string; structuredQuery?: StructuredQuery };
  documents?: { documents?: string[] };
  resumeToken?: Buffer;
  readTime?: ProtoTimestamp;
  once?: boolean;
}

export interface TargetChange {
  targetChangeType: 'NO_CHANGE' | 'ADD' | 'REMOVE' | 'CURRENT' | 'RESET';
  targetIds?: number[];
  cause?: { code: number; message: string };
  resumeToken?: Buffer;
  readTime?: ProtoTimestamp;
}

/** What the server says on a Listen stream: exactly one of the fields is set. */
export interface ListenResponse {
  targetChange?: TargetChange;
  documentChange?: { document: StoredDocument; targetIds: number[] };
  documentDelete?: { document: string; removedTargetIds: number[]; readTime: ProtoTimestamp };
  documentRemove?: { document: string; removedTargetIds: number[]; readTime: ProtoTimestamp };
}
