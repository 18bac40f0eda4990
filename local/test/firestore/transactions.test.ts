import assert from 'node:assert/strict';
import { AggregateField } from 'firebase-admin/firestore';
import { type AdminStack, ROOT, refusal, startAdminStack, until } from './admin.ts';

const ABORTED = 10;
const DATABASE = ROOT.slice(0, ROOT.indexOf('/documents'));

interface Gate {
  opened: Promise<void>;
  open: () => void;
}

function gate(): Gate {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: () => resolve() };
}

describe('firestore transactions', () => {
  let stack: AdminStack;
  before(async () => {
    stack = await startAdminStack();
  });
  after(() => stack.stop());
  const doc = (path: string) => stack.db.doc(path);

  const increment = (path: string, db = stack.db, attempts = { made: 0 }) =>
    db.runTransaction(async (transaction) => {
      attempts.made++;
      const snapshot = await transaction.get(db.doc(path));
      transaction.set(snapshot.ref, { n: (snapshot.get('n') ?? 0) + 1 });
    });

  it('50 concurrent increments of one document end at 50, each at its first attempt', async () => {
    const attempts = { made: 0 };
    await Promise.all(Array.from({ length: 50 }, () => increment('count/a', stack.db, attempts)));
    assert.equal((await doc('count/a').get()).get('n'), 50);
    assert.equal(attempts.made, 50);
  });

  it('the same from several clients', async () => {
    const clients = [stack.connect(), stack.connect(), stack.connect()];
    await Promise.all(clients.flatMap((db) => Array.from({ length: 10 }, () => increment('count/b', db))));
    assert.equal((await doc('count/b').get()).get('n'), 30);
  });

  it('a write from outside waits for the transaction that read the document', async () => {
    await doc('wait/a').set({ n: 1 });
    let outside: Promise<unknown> | undefined;
    await stack.db.runTransaction(async (transaction) => {
      const snapshot = await transaction.get(doc('wait/a'));
      outside = doc('wait/a').update({ outside: true });
      await doc('wait/other').set({});
      transaction.update(snapshot.ref, { n: snapshot.get('n') + 1, sawOutside: snapshot.get('outside') ?? false });
    });
    await outside;
    assert.deepEqual((await doc('wait/a').get()).data(), { n: 2, sawOutside: false, outside: true });
  });

  it('reads outside of transactions do not wait', async () => {
    await doc('wait/b').set({ n: 1 });
    await stack.db.runTransaction(async (transaction) => {
      await transaction.get(doc('wait/b'));
      assert.equal((await doc('wait/b').get()).get('n'), 1);
    });
  });

  it('two transactions that lock each other out: one is aborted and tries again', async () => {
    const gates = [gate(), gate()] as const;
    let attempts = 0;
    const crossing = (own: string, other: string, mine: Gate, theirs: Gate) =>
      stack.db.runTransaction(async (transaction) => {
        attempts++;
        await transaction.get(doc(own));
        mine.open();
        await theirs.opened;
        const snapshot = await transaction.get(doc(other));
        transaction.set(doc(other), { n: (snapshot.get('n') ?? 0) + 1 });
      });
    await Promise.all([
      crossing('dead/a', 'dead/b', gates[0], gates[1]),
      crossing('dead/b', 'dead/a', gates[1], gates[0]),
    ]);
    const sums = await stack.db.getAll(doc('dead/a'), doc('dead/b'));
    assert.deepEqual(
      sums.map((one) => one.get('n')),
      [1, 1],
    );
    assert.equal(attempts, 3);
  });

  it('a document that slips into a query that was read makes the commit try again', async () => {
    await doc('slots/a').set({ room: 1 });
    let attempts = 0;
    await stack.db.runTransaction(async (transaction) => {
      const taken = await transaction.get(stack.db.collection('slots').where('room', '==', 1));
      if (++attempts === 1) await doc('slots/late').set({ room: 1 });
      transaction.set(doc('slots/sum'), { taken: taken.size });
    });
    assert.equal((await doc('slots/sum').get()).get('taken'), 2);
    assert.equal(attempts, 2);
  });

  it('transactions that count and then add never count the same twice', async () => {
    const rooms = stack.db.collection('rooms');
    const add = (attempt = 0): Promise<unknown> =>
      stack.db
        .runTransaction(async (transaction) => {
          const { count } = (await transaction.get(rooms.aggregate({ count: AggregateField.count() }))).data();
          transaction.create(rooms.doc(`room-${count}`), {});
        })
        .catch((error) =>
          attempt < 20 && [6, ABORTED].includes(error.code) ? add(attempt + 1) : Promise.reject(error),
        );
    await Promise.all([add(), add(), add()]);
    assert.deepEqual(
      (await rooms.get()).docs.map(({ id }) => id),
      ['room-0', 'room-1', 'room-2'],
    );
  });

  it('gives locks back when the connection of a transaction closes', async () => {
    const client = stack.connectWire();
    const { transaction } = await client.call<{ transaction: Buffer }>('BeginTransaction', { database: DATABASE });
    const documents = [`${ROOT}/gone/a`];
    await client.call('BatchGetDocuments', { database: DATABASE, documents, transaction });
    let written = false;
    const write = doc('gone/a')
      .set({ n: 1 })
      .then(() => {
        written = true;
      });
    await doc('gone/other').set({});
    assert.equal(written, false);
    client.close();
    await until(() => written);
    await write;
  });

  it('gives locks back on rollback', async () => {
    await refusal(
      stack.db.runTransaction(async (transaction) => {
        await transaction.get(doc('rollback/a'));
        throw new Error('changed my mind');
      }),
    );
    await doc('rollback/a').set({ n: 1 });
    assert.equal((await doc('rollback/a').get()).get('n'), 1);
  });

  it('refuses a transaction that is over', async () => {
    const { transaction } = await stack.call<{ transaction: Buffer }>('BeginTransaction', { database: DATABASE });
    await stack.call('Commit', { database: DATABASE, transaction });
    const { code, message } = await refusal(stack.call('Commit', { database: DATABASE, transaction }));
    assert.equal(code, 3);
    assert.match(message, /transaction has expired or is no longer valid/);
  });

  it('a read-only transaction sees one moment, for documents and queries', async () => {
    await doc('moment/a').set({ n: 1 });
    await doc('moment/b').set({ n: 1 });
    const seen = await stack.db.runTransaction(
      async (transaction) => {
        const first = await transaction.get(doc('moment/a'));
        await stack.db
          .batch()
          .set(doc('moment/a'), { n: 2 })
          .delete(doc('moment/b'))
          .set(doc('moment/c'), { n: 2 })
          .commit();
        const again = await transaction.get(doc('moment/a'));
        const all = await transaction.get(stack.db.collection('moment').orderBy('n').limit(2));
        return [first.get('n'), again.get('n'), ...all.docs.map((one) => `${one.id}${one.get('n')}`)];
      },
      { readOnly: true },
    );
    assert.deepEqual(seen, [1, 1, 'a1', 'b1']);
  });

  it('a read-only transaction reads at the time it is given, unless that is long ago', async () => {
    const { writeTime } = await doc('past/a').set({ n: 1 });
    await doc('past/a').set({ n: 2 });
    const read = (readTime: typeof writeTime) =>
      stack.db.runTransaction((transaction) => transaction.get(doc('past/a')), { readOnly: true, readTime });
    assert.equal((await read(writeTime)).get('n'), 1);
    stack.clock.moveTo(stack.clock.now() + 3_600_000);
    for (let n = 0; n < 2; n++) await doc('past/a').set({ n: n + 3 });
    assert.equal((await refusal(read(writeTime))).code, 9);
  });

  it('writes of one transaction see what it wrote before, in order', async () => {
    await stack.db.runTransaction(async (transaction) => {
      transaction.create(doc('order/a'), { n: 1 });
      transaction.update(doc('order/a'), { m: 2 });
    });
    assert.deepEqual((await doc('order/a').get()).data(), { n: 1, m: 2 });
  });
});
