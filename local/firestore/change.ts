/** A document as the wire has it: proto-loader objects with longs and enums as strings, bytes as Buffers, no defaults. */
export interface StoredDocument {
  /** `projects/P/databases/D/documents/…` */
  name: string;
  fields: Record<string, ProtoValue>;
  createTime: ProtoTimestamp;
  updateTime: ProtoTimestamp;
}

export interface ProtoTimestamp {
  seconds: string;
  nanos: number;
}

/** google.firestore.v1.Value: exactly one of its fields is set. */
export interface ProtoValue {
  nullValue?: 'NULL_VALUE';
  booleanValue?: boolean;
  integerValue?: string;
  doubleValue?: number;
  timestampValue?: ProtoTimestamp;
  stringValue?: string;
  bytesValue?: Buffer;
  referenceValue?: string;
  geoPointValue?: { latitude: number; longitude: number };
  arrayValue?: { values?: ProtoValue[] };
  mapValue?: { fields?: Record<string, ProtoValue> };
}

/** What one commit did to one document: both sides, never both absent. */
export interface DocumentChange {
  /** Database id, `(default)` or a name. */
  database: string;
  /** Path below `documents/`, such as `generations/abc`. */
  path: string;
  before: StoredDocument | undefined;
  after: StoredDocument | undefined;
  /** Rises strictly with every commit of the server; the same for all changes of one commit. */
  commitVersion: bigint;
}

/** Someone who must see every commit. */
export interface CommitObserver {
  /**
   * Runs inside the SQLite transaction of the commit, so what it writes to the same database lives or dies with it.
   * Not called when the documents of a database are wiped.
   */
  inTransaction?(changes: readonly DocumentChange[]): void;
  /** Runs after the commit is durable, in commit order. Must not throw. */
  committed?(changes: readonly DocumentChange[]): void;
  /** Everything was wiped. */
  wiped?(): void;
}
