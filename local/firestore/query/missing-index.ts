import { type FirestoreError, failedPrecondition } from '../errors.ts';
import type { IndexField } from '../index/definitions.ts';
import { type Condition, NAME_FIELD } from './conditions.ts';
import type { OrderField } from './order.ts';
import type { Query } from './query.ts';

/** Production's refusal, with what has to be added to firestore.indexes.json. */
export function missingIndex(
  { engine, database, collectionId: collectionGroup, scope: queryScope }: Query,
  fixed: readonly Condition[],
  suffix: readonly OrderField[],
): FirestoreError {
  const fields = [
    ...fixed.map(
      ({ fieldPath, operator }): IndexField =>
        operator === 'contains' ? { fieldPath, arrayConfig: 'CONTAINS' } : { fieldPath, order: 'ASCENDING' },
    ),
    ...suffix.map(({ fieldPath, direction }): IndexField => ({ fieldPath, order: direction })),
  ];
  const [previous, last] = fields.slice(-2);
  if (last?.fieldPath === NAME_FIELD && last.order === (previous?.order ?? 'ASCENDING')) fields.pop();
  const [only, second] = fields;
  const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const page = `https://console.firebase.google.com/v1/r/project/${engine.projectId}/firestore/databases/${database}/indexes`;
  if (only && !second) {
    const { fieldPath, ...kind } = only;
    const override = { collectionGroup, fieldPath, indexes: [{ ...kind, queryScope }] };
    const shortKind = only.arrayConfig ?? (only.order === 'DESCENDING' ? 'DESC' : 'ASC');
    return failedPrecondition(
      `The query requires a ${queryScope}_${shortKind} index for collection ${collectionGroup} and field ${fieldPath}. You can create it here: ${page}?create_exemption=${encoded(override)} In firestore.indexes.json, fieldOverrides: ${JSON.stringify(override)}`,
    );
  }
  const index = { collectionGroup, queryScope, fields };
  return failedPrecondition(
    `The query requires an index. You can create it here: ${page}?create_composite=${encoded(index)} In firestore.indexes.json, indexes: ${JSON.stringify(index)}`,
  );
}
