import assert from 'node:assert/strict';
import { AggregateField, type Firestore, Timestamp, type Transaction } from 'firebase-admin/firestore';
import { type AdminStack, code, DATABASE, ROOT, refusal, startAdminStack } from '../admin.ts';

const once = { maxAttempts: 1 };

describe('firestore conformance: transactions', () => {
  let stack: AdminStack;
  let db: Firestore;
  before(async () => {
    stack = await startAdminStack();
    ({ db } = stack);
  });
  after(() => stack.stop());
  const doc = (path: string) => db.doc(path);
  const stored = async (path: string) => (await doc(path).get()).data();
  const begin = async (options = {}) =>
    (await stack.call<{ transaction: Buffer }>('BeginTransaction', { database: DATABASE, options })).transaction;

  describe('under contention', () => {
    it('20 transactions over two documents, read in both orders, lose no update', async () => {
      const move = (from: string, to: string) =>
        db.runTransaction(
          async (transaction) => {
            const [a, b] = [await transaction.get(doc(from)), await transaction.get(doc(to))];
            transaction.set(a.ref, { n: (a.get('n') ?? 0) - 1 });
            transaction.set(b.ref, { n: (b.get('n') ?? 0) + 1, moves: (b.get('moves') ?? 0) + 1 }, { merge: true });
          },
          { maxAttempts: 20 },
        );
      await Promise.all(
        Array.from({ length: 20 }, (_, at) => (at % 2 ? move('pair/a', 'pair/b') : move('pair/b', 'pair/a'))),
      );
      assert.deepEqual([(await stored('pair/a'))?.n, (await stored('pair/b'))?.n], [0, 0]);
    });

    it('two that read one document and both write it: one commits, the other is aborted or comes after', async () => {
      await doc('both/a').set({ n: 0 });
      const add = async () =>
        db.runTransaction(async (transaction) => {
          const snapshot = await transaction.get(doc('both/a'));
          transaction.update(snapshot.ref, { n: snapshot.get('n') + 1 });
        }, once);
      const ended = await Promise.allSettled([add(), add()]);
      const committed = ended.filter(({ status }) => status === 'fulfilled').length;
      assert.equal((await stored('both/a'))?.n, committed);
      assert.ok(committed >= 1);
    });

    it('create of a document that another transaction made meanwhile is refused at last', async () => {
      await doc('race/a').delete();
      await db.runTransaction(async (transaction) => transaction.create(doc('race/a'), { n: 1 }));
      const second = db.runTransaction(async (transaction) => transaction.create(doc('race/a'), { n: 2 }));
      assert.equal((await refusal(second)).code, code.alreadyExists);
    });

    /** Whether the written total fits the order of commits: the insert is in it exactly if it came first. */
    async function isSerial(total: string, inserted: Timestamp, without: number, including: number): Promise<boolean> {
      const snapshot = await doc(total).get();
      const cameFirst = inserted.valueOf() < (snapshot.updateTime?.valueOf() ?? '');
      return snapshot.get('n') === (cameFirst ? including : without);
    }

    it('no document slips into a query that was read', async () => {
      await doc('queue/a').set({ state: 'open' });
      let inserting: Promise<{ writeTime: Timestamp }> | undefined;
      await db.runTransaction(async (transaction) => {
        const open = await transaction.get(db.collection('queue').where('state', '==', 'open'));
        inserting ??= doc('queue/b').set({ state: 'open' });
        transaction.set(doc('totals/queue'), { n: open.size });
      });
      const { writeTime } = (await inserting) ?? assert.fail();
      assert.ok(await isSerial('totals/queue', writeTime, 1, 2));
    });

    it('no number slips into a sum that was read', async () => {
      await doc('sums/a').set({ n: 1 });
      let inserting: Promise<{ writeTime: Timestamp }> | undefined;
      await db.runTransaction(async (transaction) => {
        const sum = db.collection('sums').aggregate({ n: AggregateField.sum('n') });
        const { n } = (await transaction.get(sum)).data();
        inserting ??= doc('sums/b').set({ n: 10 });
        transaction.set(doc('totals/sums'), { n });
      });
      const { writeTime } = (await inserting) ?? assert.fail();
      assert.ok(await isSerial('totals/sums', writeTime, 1, 11));
    });
  });

  describe('rules', () => {
    it('no read after a write', async () => {
      const { message } = await refusal(
        db.runTransaction(async (transaction) => {
          transaction.set(doc('rules/a'), {});
          await transaction.get(doc('rules/a'));
        }),
      );
      assert.match(message, /require all reads to be executed before all writes/);
      assert.equal(await stored('rules/a'), undefined);
    });

    it('an error in the function ends it without a commit or another attempt', async () => {
      let attempts = 0;
      const thrown = await refusal(
        db.runTransaction(async (transaction) => {
          attempts++;
          transaction.set(doc('rules/b'), {});
          throw new Error('no');
        }),
      );
      assert.deepEqual([thrown.message, attempts, await stored('rules/b')], ['no', 1, undefined]);
    });

    it('a failed precondition ends it without another attempt', async () => {
      let attempts = 0;
      const update = async (transaction: Transaction) => {
        attempts++;
        transaction.update(doc('rules/none'), { n: 1 });
      };
      assert.equal((await refusal(db.runTransaction(update))).code, code.notFound);
      assert.equal(attempts, 1);
    });

    it('a read-only one does not write', async () => {
      const { message } = await refusal(
        db.runTransaction(async (transaction) => transaction.set(doc('rules/c'), {}), { readOnly: true }),
      );
      assert.match(message, /read-only/);
      const transaction = await begin({ readOnly: {} });
      const writes = [{ update: { name: `${ROOT}/rules/c` } }];
      const wire = await refusal(stack.call('Commit', { database: DATABASE, writes, transaction }));
      assert.deepEqual([wire.code, await stored('rules/c')], [code.invalid, undefined]);
    });

    it('a read-only one holds up nobody', async () => {
      await doc('rules/d').set({ n: 1 });
      const seen = await db.runTransaction(
        async (transaction) => {
          const first = await transaction.get(doc('rules/d'));
          await doc('rules/d').update({ n: 2 });
          return [first.get('n'), (await transaction.get(doc('rules/d'))).get('n')];
        },
        { readOnly: true },
      );
      assert.deepEqual([seen, (await stored('rules/d'))?.n], [[1, 1], 2]);
    });

    it('a read-only one at a read time sees what was deleted since, in documents, queries and sums', async () => {
      await doc('past/a').set({ n: 1 });
      const { writeTime } = await doc('past/b').set({ n: 2 });
      await db.batch().delete(doc('past/a')).set(doc('past/b'), { n: 20 }).set(doc('past/c'), { n: 3 }).commit();
      const past = db.collection('past');
      const seen = await db.runTransaction(
        async (transaction) => [
          (await transaction.get(doc('past/a'))).get('n'),
          (await transaction.get(past.orderBy('n', 'desc'))).docs.map(({ id }) => id).join(''),
          (await transaction.get(past.aggregate({ n: AggregateField.sum('n') }))).data().n,
          (await transaction.get(past.count())).data().count,
        ],
        { readOnly: true, readTime: writeTime },
      );
      assert.deepEqual(seen, [1, 'ba', 3, 2]);
    });

    it('a read time ahead is refused', async () => {
      const readTime = Timestamp.fromMillis(stack.clock.now() + 3_600_000);
      const read = db.runTransaction((transaction) => transaction.get(doc('past/b')), { readOnly: true, readTime });
      assert.equal((await refusal(read)).code, code.failedPrecondition);
    });

    it('one that is over or never was cannot be used', async () => {
      const transaction = await begin();
      await stack.call('Rollback', { database: DATABASE, transaction });
      for (const id of [transaction, Buffer.from('never was')]) {
        const documents = [`${ROOT}/rules/e`];
        const read = stack.call('BatchGetDocuments', { database: DATABASE, documents, transaction: id });
        assert.equal((await refusal(read)).code, code.invalid);
      }
    });

    it('one of another database cannot be used', async () => {
      const transaction = await begin();
      const database = DATABASE.replace('(default)', 'other');
      assert.equal((await refusal(stack.call('Commit', { database, transaction }))).code, code.invalid);
    });

    it('all its writes have one time, and reads inside see none of them before', async () => {
      await db.runTransaction(async (transaction) => {
        await transaction.get(doc('times/a'));
        transaction.set(doc('times/a'), {}).set(doc('times/b'), {});
        assert.equal((await doc('times/b').get()).exists, false);
      });
      const [a, b] = await db.getAll(doc('times/a'), doc('times/b'));
      assert.deepEqual(a?.updateTime, b?.updateTime);
    });
  });

  describe('time limits', () => {
    /** Writes from outside once the transaction has lost its lock, and then tells how its commit ends. */
    async function outlived(other: AdminStack): Promise<{ code: number; message: string }> {
      const target = other.db.doc('limits/a');
      return refusal(
        other.db.runTransaction(async (transaction) => {
          await transaction.get(target);
          await target.set({ by: 'outside' });
          transaction.set(target, { by: 'transaction' });
        }, once),
      );
    }

    it('rest: the lock goes back, and the commit is refused', async () => {
      const other = await startAdminStack({ transactionLimits: { idleMs: 50, maxAgeMs: 270_000 } });
      const { code: found, message } = await outlived(other);
      const left = (await other.db.doc('limits/a').get()).data();
      await other.stop();
      assert.equal(found, code.invalid);
      assert.match(message, /transaction has expired or is no longer valid/);
      assert.deepEqual(left, { by: 'outside' });
    });

    it('age: no use prolongs it', async () => {
      const other = await startAdminStack({ transactionLimits: { idleMs: 60_000, maxAgeMs: 100 } });
      let reads = 0;
      const reading = other.db.runTransaction(async (transaction) => {
        for (; reads < 10_000; reads++) await transaction.get(other.db.doc('limits/b'));
      }, once);
      const { code: found } = await refusal(reading);
      await other.stop();
      assert.equal(found, code.invalid);
      assert.ok(reads > 0);
    });
  });
});
