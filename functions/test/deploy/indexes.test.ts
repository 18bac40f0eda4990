import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { sources } from '../../../scripts/floors.ts';

interface Field {
  fieldPath: string;
  order?: string;
}
interface Indexes {
  indexes: { collectionGroup: string; fields: Field[] }[];
  fieldOverrides: { collectionGroup: string; fieldPath: string; indexes: unknown[] }[];
}

/** Fields that rise with time: an index that begins with one takes about 500 writes a second, no more. */
const RISING: Record<string, string[]> = {
  generations: [
    'nextActionAt',
    'requestedAt',
    'submittedAt',
    'renderedAt',
    'endedAt',
    'cancelRequestedAt',
    'attempts',
    'rating',
    'quality',
    'cleanUpAt',
    'deletedAt',
    'filesDeletedAt',
  ],
  video_generation_metrics: ['requestedAt', 'endedAt'],
  analytics_events: ['recordedAt', 'occurredAt', 'body', 'days'],
  projection_state: [
    ...['ranAt', 'through', 'position', 'manifests', 'recountMismatches'],
    ...['pending', 'suspect', 'lastLoadAt', 'lastError'],
    ...['evaluatedThrough', 'pipelineThrough', 'last', 'foundAt', 'freeAt', 'pausedUntil'],
  ],
  api_latency: ['expireAt', 'bins', 'routes', 'days'],
  system_performance_metrics: ['start', 'expireAt', 'cells', 'ranges', 'totals'],
  users: ['createdAt', 'minute', 'suspendedAt', 'tokensValidFrom'],
  usage: [],
  credit_ledger: ['at'],
  settings: [],
  exports: ['createdAt', 'updatedAt', 'endedAt', 'expireAt', 'plan', 'parts', 'position'],
  api_keys: ['createdAt', 'secretSince', 'expiresAt', 'endsAt', 'revokedAt', 'lastUsedAt', 'retired'],
  audit_log: ['at', 'before', 'after'],
  alert_rules: ['updatedAt'],
  alert_instances: ['beganAt', 'firedAt', 'notifiedAt', 'acknowledgedAt', 'endedAt', 'resolvedAt', 'recoveringSince'],
  timeline: ['at'],
  business_metrics: ['start', 'end', 'computedAt', 'through', 'metrics', 'partsThrough'],
  quality_insights: ['start', 'end', 'computedAt', 'through', 'metrics', 'partsThrough'],
  user_behavior_insights: [
    ...['start', 'end', 'computedAt', 'through', 'metrics', 'partsThrough'],
    ...['day', 'person', 'expireAt'],
  ],
  warehouse_dead_letters: ['at', 'recordedAt'],
  notifications: ['createdAt', 'nextAttemptAt', 'leaseUntil', 'sentAt', 'expireAt'],
};

describe('firestore.indexes.json', () => {
  let file: Indexes;
  before(async () => {
    file = JSON.parse(await readFile(new URL('../../../firestore.indexes.json', import.meta.url), 'utf8'));
  });

  it('knows every collection that the code uses', async () => {
    const collections = [...(await sources()).values()].flatMap((source) =>
      [...source.matchAll(/\.collection\('([a-z_]+)'\)/g)].map((match) => match[1]),
    );
    assert.deepEqual([...new Set(collections)].sort(), Object.keys(RISING).sort());
  });

  it('exempts every rising field from single-field indexes', () => {
    const exempt = new Set(
      file.fieldOverrides.filter((o) => o.indexes.length === 0).map((o) => `${o.collectionGroup}.${o.fieldPath}`),
    );
    for (const [collection, fields] of Object.entries(RISING)) {
      for (const field of fields) assert.ok(exempt.has(`${collection}.${field}`), `${collection}.${field}`);
    }
  });

  it('starts every composite index with a rising field in it with shard', () => {
    const rising = file.indexes.filter(({ collectionGroup, fields }) =>
      fields.some(({ fieldPath }) => RISING[collectionGroup]?.includes(fieldPath)),
    );
    assert.ok(rising.length > 2);
    for (const { collectionGroup, fields } of rising) assert.equal(fields[0]?.fieldPath, 'shard', collectionGroup);
  });
});
