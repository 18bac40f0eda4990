import type { MethodDefinition, ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';
import type { Backend } from '../engine/read.ts';
import { firestoreService } from '../protos.ts';
import { streaming, unary } from './call.ts';
import { listCollectionIds, listDocuments } from './lists.ts';
import { partitionQuery } from './partitions.ts';
import { batchGet, runAggregation, runQuery } from './reads.ts';
import { batchWrite, beginTransaction, commit, MAX_REQUEST_BYTES, rollback, TOO_LARGE } from './writes.ts';

/** The service with a limit on the size of commits. */
export const limitedService: ServiceDefinition = {
  ...firestoreService,
  Commit: limited(firestoreService.Commit as MethodDefinition<object, object>),
  BatchWrite: limited(firestoreService.BatchWrite as MethodDefinition<object, object>),
};

function limited(method: MethodDefinition<object, object>): MethodDefinition<object, object> {
  const requestDeserialize = (bytes: Buffer): object =>
    bytes.length > MAX_REQUEST_BYTES ? TOO_LARGE : method.requestDeserialize(bytes);
  return { ...method, requestDeserialize };
}

/** The methods of google.firestore.v1.Firestore that the client library calls; Listen stands apart. */
export function firestoreMethods(backend: Backend): UntypedServiceImplementation {
  return {
    BatchGetDocuments: streaming(backend, batchGet),
    ListDocuments: unary(backend, listDocuments),
    ListCollectionIds: unary(backend, listCollectionIds),
    BeginTransaction: unary(backend, beginTransaction),
    Commit: unary(backend, commit),
    Rollback: unary(backend, rollback),
    BatchWrite: unary(backend, batchWrite),
    RunQuery: streaming(backend, runQuery),
    RunAggregationQuery: streaming(backend, runAggregation),
    PartitionQuery: unary(backend, partitionQuery),
  };
}
