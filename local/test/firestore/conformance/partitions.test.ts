import assert from 'node:assert/strict';
import type { QueryPartition } from 'firebase-admin/firestore';
import { type AdminStack, code, ROOT, refusal, startAdminStack } from '../admin.ts';

describe('firestore conformance: partitions', () => {
  let stack: AdminStack;
  before(async () => {
    stack = await startAdminStack();
    const batch = stack.db.batch();
    for (let n = 0; n < 500; n++) batch.set(stack.db.doc(`films/f${n % 7}/parts/p${n}`), { n });
    for (let n = 500; n < 700; n++) batch.set(stack.db.doc(`parts/p${n}`), { n });
    for (let n = 0; n < 3; n++) batch.set(stack.db.doc(`few/d${n}`), { n });
    batch.set(stack.db.doc('parts/p1/other/x'), { n: -1 });
    await batch.commit();
  });
  after(() => stack.stop());

  async function partitions(group: string, count: number): Promise<QueryPartition[]> {
    const found: QueryPartition[] = [];
    for await (const partition of stack.db.collectionGroup(group).getPartitions(count)) found.push(partition);
    return found;
  }
  const numbers = async (partition: QueryPartition): Promise<number[]> =>
    (await partition.toQuery().get()).docs.map((document) => document.get('n'));

  for (const count of [2, 5, 32]) {
    it(`${count} parts hold every document of a group once, about as many each`, async () => {
      const parts = await Promise.all((await partitions('parts', count)).map(numbers));
      assert.equal(parts.length, count);
      assert.deepEqual(
        parts.flat().sort((a, b) => a - b),
        Array.from({ length: 700 }, (_, n) => n),
      );
      for (const part of parts) assert.ok(Math.abs(part.length - 700 / count) <= 1, `${part.length} in a part`);
    });
  }

  it('each part begins where the one before ends', async () => {
    const parts = await partitions('parts', 4);
    const path = (values: unknown[] | undefined) => (values?.[0] as { path: string } | undefined)?.path;
    assert.equal(path(parts[0]?.startAt), undefined);
    assert.equal(path(parts[3]?.endBefore), undefined);
    for (const at of [1, 2, 3]) assert.equal(path(parts[at]?.startAt), path(parts[at - 1]?.endBefore));
  });

  it('one part is the whole group', async () => {
    const [part, ...others] = await partitions('parts', 1);
    assert.ok(part);
    assert.equal((await numbers(part)).length, 700);
    assert.equal(others.length, 0);
  });

  it('there are no more parts than documents', async () => {
    const parts = await Promise.all((await partitions('few', 10)).map(numbers));
    assert.deepEqual(parts, [[0], [1], [2]]);
  });

  it('a group without documents is one empty part', async () => {
    const parts = await Promise.all((await partitions('nothing', 3)).map(numbers));
    assert.deepEqual(parts, [[]]);
  });

  it('pages say where they go on', async () => {
    const structuredQuery = {
      from: [{ collectionId: 'parts', allDescendants: true }],
      orderBy: [{ field: { fieldPath: '__name__' } }],
    };
    const request = { parent: ROOT, structuredQuery, partitionCount: '5', pageSize: 3 };
    type Answer = { partitions: object[]; nextPageToken?: string };
    const first = await stack.call<Answer>('PartitionQuery', request);
    const second = await stack.call<Answer>('PartitionQuery', { ...request, pageToken: first.nextPageToken });
    assert.deepEqual([first.partitions.length, second.partitions.length], [3, 2]);
    assert.ok(!second.nextPageToken);
  });

  const refused: Record<string, object> = {
    'no positive number': { partitionCount: '0' },
    'a single collection': { structuredQuery: { from: [{ collectionId: 'parts' }] } },
    'a limit': { structuredQuery: { from: [{ collectionId: 'parts', allDescendants: true }], limit: { value: 3 } } },
    'another order': {
      structuredQuery: {
        from: [{ collectionId: 'parts', allDescendants: true }],
        orderBy: [{ field: { fieldPath: 'n' } }],
      },
    },
  };
  for (const [name, change] of Object.entries(refused)) {
    it(`refuses ${name}`, async () => {
      const structuredQuery = { from: [{ collectionId: 'parts', allDescendants: true }] };
      const request = { parent: ROOT, structuredQuery, partitionCount: '2', ...change };
      assert.equal((await refusal(stack.call('PartitionQuery', request))).code, code.invalid);
    });
  }
});
