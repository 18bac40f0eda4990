import { type FirestoreError, failedPrecondition } from '../errors.ts';
import type { IndexField } from '../index/definitions.ts';
import { type Condition, NAME_FIELD } from './conditions.ts';
import type { OrderField } from './order.ts';
import type { PlanInput } from './plan.ts';

/** Production's refusal, with what has to be added to firestore.indexes.json. */
export function missingIndex(
  { projectId, database, collectionId, scope }: PlanInput,
  fixed: readonly Condition[],
  suffix: readonly OrderField[],
): FirestoreError {
  const fields: IndexField[] = [
    ...fixed.map(
      ({ fieldPath, operator }): IndexField =>
        operator === 'contains' ? { fieldPath, arrayConfig: 'CONTAINS' } : { fieldPath, order: 'ASCENDING' },
    ),
    ...suffix.map(({ fieldPath, direction }): IndexField => ({ fieldPath, order: direction })),
  ];
  const last = fields.at(-1);
  const previous = fields.at(-2);
  if (last?.fieldPath === NAME_FIELD && last.order === (previous?.order ?? 'ASCENDING')) fields.pop();
  const [only, second] = fields;
  const console_ = `https://console.firebase.google.com/v1/r/project/${projectId}/firestore/databases/${database}/indexes`;
  if (only && !second) {
    const override = {
      collectionGroup: collectionId,
      fieldPath: only.fieldPath,
      indexes: [{ ...kindOf(only), queryScope: scope }],
    };
    return failedPrecondition(
      `The query requires a ${scope}_${only.arrayConfig ?? `${(only.order ?? 'ASCENDING').slice(0, -'ENDING'.length)}`} index for collection ${collectionId} and field ${only.fieldPath}. You can create it here: ${console_}?create_exemption=${encoded(override)} In firestore.indexes.json, fieldOverrides: ${JSON.stringify(override)}`,
    );
  }
  const index = { collectionGroup: collectionId, queryScope: scope, fields };
  return failedPrecondition(
    `The query requires an index. You can create it here: ${console_}?create_composite=${encoded(index)} In firestore.indexes.json, indexes: ${JSON.stringify(index)}`,
  );
}

const kindOf = ({ order, arrayConfig }: IndexField) => (arrayConfig ? { arrayConfig } : { order });

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
