import type { MethodDefinition, ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';
import { firestoreService } from '../protos.ts';
import { streaming, unary } from './call.ts';
import * as commits from './commits.ts';
import { type Backend, batchGet, getDocument } from './documents.ts';
import { listCollectionIds, listDocuments } from './lists.ts';
import { partitionQuery, runAggregation, runQuery } from './queries.ts';

/** The service with requests that say how large they were on the wire. */
export const sizedService: ServiceDefinition = {
  ...firestoreService,
  Commit: sized(firestoreService.Commit),
  BatchWrite: sized(firestoreService.BatchWrite),
} as ServiceDefinition;

function sized(method: MethodDefinition<object, object> | undefined) {
  if (!method) throw new Error('the Firestore protos lack a method');
  const requestDeserialize = (bytes: Buffer): object =>
    bytes.length > commits.MAX_REQUEST_BYTES
      ? { sizeBytes: bytes.length }
      : { ...method.requestDeserialize(bytes), sizeBytes: bytes.length };
  return { ...method, requestDeserialize };
}

/** Every method of google.firestore.v1.Firestore but Listen, which stands apart. */
export function firestoreMethods(backend: Backend): UntypedServiceImplementation {
  const bound =
    <Request, Caller, Response>(method: (backend: Backend, request: Request, caller: Caller) => Response) =>
    (request: Request, caller: Caller): Response =>
      method(backend, request, caller);
  return {
    GetDocument: unary(bound(getDocument)),
    BatchGetDocuments: streaming(bound(batchGet)),
    ListDocuments: unary(bound(listDocuments)),
    ListCollectionIds: unary(bound(listCollectionIds)),
    CreateDocument: unary(bound(commits.createDocument)),
    UpdateDocument: unary(bound(commits.updateDocument)),
    DeleteDocument: unary(bound(commits.deleteDocument)),
    BeginTransaction: unary(bound(commits.beginTransaction)),
    Commit: unary(bound(commits.commit)),
    Rollback: unary(bound(commits.rollback)),
    BatchWrite: unary(bound(commits.batchWrite)),
    RunQuery: streaming(bound(runQuery)),
    RunAggregationQuery: streaming(bound(runAggregation)),
    PartitionQuery: unary(bound(partitionQuery)),
  };
}
