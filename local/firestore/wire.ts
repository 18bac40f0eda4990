/** google.firestore.v1 as proto-loader hands it over: longs and enums as strings, bytes as Buffers; what is absent on the wire is absent here. */

export type ProtoTimestamp = { seconds: string; nanos: number };

export interface StoredDocument {
  /** `projects/P/databases/D/documents/…` */
  name: string;
  fields: Fields;
  createTime: ProtoTimestamp;
  updateTime: ProtoTimestamp;
}

export type Fields = Record<string, ProtoValue>;

/** Exactly one of its fields is set. */
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
  mapValue?: { fields?: Fields };
}

export type DocumentMask = { fieldPaths?: string[] };
export type TransactionOptions = { readOnly?: { readTime?: ProtoTimestamp } };
export type FieldReference = { fieldPath: string };
export type Direction = 'ASCENDING' | 'DESCENDING';
export type Cursor = { values?: ProtoValue[]; before?: boolean };

export interface FieldTransform {
  fieldPath: string;
  setToServerValue?: string;
  increment?: ProtoValue;
  maximum?: ProtoValue;
  minimum?: ProtoValue;
  appendMissingElements?: { values?: ProtoValue[] };
  removeAllFromArray?: { values?: ProtoValue[] };
}

export interface Write {
  update?: { name: string; fields?: Fields };
  delete?: string;
  transform?: { document: string; fieldTransforms?: FieldTransform[] };
  updateMask?: DocumentMask;
  updateTransforms?: FieldTransform[];
  currentDocument?: { exists?: boolean; updateTime?: ProtoTimestamp };
}

export interface CommitResult {
  writeResults: { updateTime?: ProtoTimestamp; transformResults?: ProtoValue[] }[];
  commitTime: ProtoTimestamp;
}

/** How a read says which state it wants to see. */
export interface Consistency {
  transaction?: Buffer;
  newTransaction?: TransactionOptions;
  readTime?: ProtoTimestamp;
}

export interface Filter {
  compositeFilter?: { op?: string; filters?: Filter[] };
  fieldFilter?: { field: FieldReference; op: string; value: ProtoValue };
  unaryFilter?: { op: string; field: FieldReference };
}

export interface StructuredQuery {
  select?: { fields?: FieldReference[] };
  from?: { collectionId?: string; allDescendants?: boolean }[];
  where?: Filter;
  orderBy?: { field: FieldReference; direction?: Direction }[];
  startAt?: Cursor;
  endAt?: Cursor;
  offset?: number;
  limit?: { value?: number };
  findNearest?: unknown;
}

export interface Aggregation {
  alias?: string;
  count?: { upTo?: { value?: string } };
  sum?: { field: FieldReference };
  avg?: { field: FieldReference };
}

/** What a client asks for on a Listen stream. */
export interface ListenRequest {
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
