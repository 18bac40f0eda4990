import type { ProtoTimestamp, ProtoValue, StoredDocument } from './change.ts';

/** The requests of google.firestore.v1 as proto-loader hands them over: what is absent on the wire is absent here. */
export interface DocumentMask {
  fieldPaths?: string[];
}

export interface Precondition {
  exists?: boolean;
  updateTime?: ProtoTimestamp;
}

export interface FieldTransform {
  fieldPath: string;
  setToServerValue?: 'REQUEST_TIME' | 'SERVER_VALUE_UNSPECIFIED';
  increment?: ProtoValue;
  maximum?: ProtoValue;
  minimum?: ProtoValue;
  appendMissingElements?: { values?: ProtoValue[] };
  removeAllFromArray?: { values?: ProtoValue[] };
}

export interface WriteDocument {
  name: string;
  fields?: Record<string, ProtoValue>;
}

export interface Write {
  update?: WriteDocument;
  delete?: string;
  transform?: { document: string; fieldTransforms?: FieldTransform[] };
  updateMask?: DocumentMask;
  updateTransforms?: FieldTransform[];
  currentDocument?: Precondition;
}

export interface WriteResult {
  updateTime?: ProtoTimestamp;
  transformResults?: ProtoValue[];
}

export interface TransactionOptions {
  readOnly?: { readTime?: ProtoTimestamp };
  readWrite?: { retryTransaction?: Buffer };
}

/** How a read says which state it wants to see. */
export interface Consistency {
  transaction?: Buffer;
  newTransaction?: TransactionOptions;
  readTime?: ProtoTimestamp;
}

export type FieldOperator =
  | 'LESS_THAN'
  | 'LESS_THAN_OR_EQUAL'
  | 'GREATER_THAN'
  | 'GREATER_THAN_OR_EQUAL'
  | 'EQUAL'
  | 'NOT_EQUAL'
  | 'ARRAY_CONTAINS'
  | 'IN'
  | 'ARRAY_CONTAINS_ANY'
  | 'NOT_IN';

export interface FieldReference {
  fieldPath: string;
}

export interface Filter {
  compositeFilter?: { op?: 'AND' | 'OR'; filters?: Filter[] };
  fieldFilter?: { field: FieldReference; op: FieldOperator; value: ProtoValue };
  unaryFilter?: { op: 'IS_NAN' | 'IS_NULL' | 'IS_NOT_NAN' | 'IS_NOT_NULL'; field: FieldReference };
}

export type Direction = 'ASCENDING' | 'DESCENDING';

export interface Cursor {
  values?: ProtoValue[];
  before?: boolean;
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

export type { ProtoTimestamp, ProtoValue, StoredDocument };
