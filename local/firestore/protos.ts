import { createRequire } from 'node:module';
import path from 'node:path';
import { loadSync, type MethodDefinition, type ServiceDefinition } from '@grpc/proto-loader';
import type { StoredDocument } from './wire.ts';

const require = createRequire(import.meta.url);

function protoFolder(): string {
  const fromAdmin = createRequire(require.resolve('firebase-admin/app'));
  return path.join(path.dirname(fromAdmin.resolve('@google-cloud/firestore')), '../protos');
}

const definitions = loadSync('google/firestore/v1/firestore.proto', {
  includeDirs: [protoFolder()],
  longs: String,
  enums: String,
});

/** google.firestore.v1.Firestore, from the protos that the client library itself ships. */
export const firestoreService = definitions['google.firestore.v1.Firestore'] as ServiceDefinition;

const documentCodec = firestoreService.GetDocument as MethodDefinition<unknown, StoredDocument>;

/** A document in protobuf encoding, as it is stored. */
export function encodeDocument(document: StoredDocument): Buffer {
  return documentCodec.responseSerialize(document);
}

export function decodeDocument(bytes: Uint8Array): StoredDocument {
  const document = documentCodec.responseDeserialize(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  document.fields ??= {};
  return document;
}
