import assert from 'node:assert/strict';
import type { Firestore } from 'firebase-admin/firestore';
import { MovableClock } from '../../../local/clock.ts';
import { type RunningFirestore, startFirestore } from '../../../local/firestore/index.ts';
import { endFirebaseApps } from '../../../local/stack/firebase-apps.ts';
import { INDEXES_FILE, PROJECT_ID } from '../../../local/stack/project.ts';
import { Broadcast, type Entry } from '../../src/features/live/broadcast.ts';
import { Listening } from '../../src/features/live/listening.ts';
import { firestore as databaseOfFunctions } from '../../src/platform/firestore.ts';
import { type HeardEvent, listenToLog } from '../../src/platform/logListener.ts';
import { capturedLogs, type Logs, NOON } from './harness.ts';
import { record, submitted } from './liveClient.ts';

const heardEvent = (n: number): HeardEvent => ({
  ...submitted(`e-${n}`),
  ...{ recordedAt: new Date(NOON), recordedAtMicros: NOON * 1_000 },
});

describe('listening to the log', () => {
  let firestore: RunningFirestore;
  let clock: MovableClock;
  let db: Firestore;
  let listening: Listening | undefined;
  let logs: Logs;

  before(async function () {
    this.timeout(60_000);
    logs = capturedLogs();
    await endFirebaseApps();
    clock = new MovableClock({ startAtMs: NOON, running: false });
    firestore = await startFirestore({ projectId: PROJECT_ID, clock, indexesFile: INDEXES_FILE });
    Object.assign(process.env, { FIRESTORE_EMULATOR_HOST: firestore.host, GCLOUD_PROJECT: PROJECT_ID });
    process.env.METADATA_SERVER_DETECTION = 'none';
    db = databaseOfFunctions();
  });
  afterEach(() => listening?.end());
  after(async () => {
    await endFirebaseApps();
    delete process.env.FIRESTORE_EMULATOR_HOST;
    await firestore?.stop();
    clock?.stop();
    logs?.restore();
  });

  /** What was heard, and a way to wait for that many events. */
  function ears() {
    const heard: string[] = [];
    const lost: Error[] = [];
    let changed: () => void = () => undefined;
    let calls = 0;
    return {
      heard,
      lost,
      hear: {
        heard: (events: HeardEvent[]) => {
          calls++;
          heard.push(...events.map(({ id }) => id));
          changed();
        },
        lost: (error: Error) => {
          lost.push(error);
          changed();
        },
      },
      async until(holds: () => boolean) {
        while (!holds()) {
          await new Promise<void>((resolve) => {
            changed = resolve;
          });
        }
      },
      begun: () => calls > 0,
    };
  }

  it('tells each event once, though listeners take turns', async () => {
    const { heard, hear, until, begun } = ears();
    let listeners = 0;
    let open = 0;
    const listen: typeof listenToLog = (...args) => {
      const unlisten = listenToLog(...args);
      listeners++;
      open++;
      let isOpen = true;
      return () => {
        if (isOpen) open--;
        isOpen = false;
        unlisten();
      };
    };
    listening = new Listening(NOON, hear, { renewedAfter: 10, listen });
    await until(begun);
    const all: string[] = [];
    for (let n = 0; n < 60; n++) {
      all.push(...(await record(db, submitted(`turn-${n}`))));
      clock.moveTo(clock.now() + 500);
    }
    await until(() => heard.length >= all.length);
    assert.deepEqual(heard, all);
    assert.ok(listeners >= 6, `${listeners} listeners`);
    assert.ok(open <= 2, `${open} listeners are open`);
    listening.end();
    assert.equal(open, 0);
  });

  it('leaves no listener behind, however many were not heard of yet when it ended', () => {
    let open = 0;
    const first: (() => void)[] = [];
    const told: ((events: HeardEvent[]) => void)[] = [];
    const fail: ((error: Error) => void)[] = [];
    const listen: typeof listenToLog = (_after, heard, failed) => {
      open++;
      let isOpen = true;
      const close = () => {
        if (isOpen) open--;
        isOpen = false;
      };
      told.push(heard);
      first.push(() => heard([]));
      fail.push(failed);
      return close;
    };
    let n = 0;
    const some = () => Array.from({ length: 5 }, () => heardEvent(n++));
    const { hear } = ears();
    listening = new Listening(NOON, hear, { renewedAfter: 5, firstWaitMs: 60_000, listen });
    first[0]?.();
    for (let more = 0; more < 3; more++) told[0]?.(some());
    assert.equal(told.length, 4, 'three more, of which nothing is heard yet');
    first[1]?.();
    fail[2]?.(new Error('cut'));
    listening.end();
    assert.equal(open, 0);
  });

  it('begins anew where the listener failed, and loses nothing', async () => {
    const { heard, lost, hear, until, begun } = ears();
    let fail: (error: Error) => void = () => undefined;
    const listen: typeof listenToLog = (after, told, failed) => {
      const unlisten = listenToLog(after, told, failed);
      fail = (error) => {
        unlisten();
        failed(error);
      };
      return unlisten;
    };
    listening = new Listening(clock.now(), hear, { firstWaitMs: 5, listen });
    await until(begun);
    const all: string[] = [];
    for (let n = 0; n < 10; n++) {
      if (n % 3 === 1) fail(new Error('cut'));
      all.push(...(await record(db, submitted(`cut-${n}`))));
      await until(() => all.every((id) => heard.includes(id)));
    }
    assert.deepEqual(
      heard.filter((id) => id.startsWith('cut-')),
      all,
    );
    assert.deepEqual(lost, []);
  });

  it('gives up after four more tries, and says so once', async () => {
    const { lost, hear, until } = ears();
    let tries = 0;
    const listen: typeof listenToLog = (_after, _told, failed) => {
      tries++;
      setImmediate(() => failed(new Error('no index')));
      return () => undefined;
    };
    listening = new Listening(NOON, hear, { firstWaitMs: 1, listen });
    await until(() => lost.length > 0);
    assert.equal(tries, 5);
    assert.deepEqual(
      lost.map(({ message }) => message),
      ['no index'],
    );
  });

  it('gives up as well where the next listener cannot even begin', async () => {
    const { lost, hear, until } = ears();
    let tries = 0;
    const listen: typeof listenToLog = (_after, _told, failed) => {
      if (++tries > 1) throw new Error('no database');
      setImmediate(() => failed(new Error('cut')));
      return () => undefined;
    };
    listening = new Listening(NOON, hear, { firstWaitMs: 1, listen });
    await until(() => lost.length > 0);
    assert.equal(tries, 5);
    assert.deepEqual(
      lost.map(({ message }) => message),
      ['no database'],
    );
  });

  describe('for many viewers', () => {
    const viewer = (who: string) => ({ who, offer: (_: Entry) => undefined, lost: () => undefined });

    it('has room for 400, and for another once one has left', async () => {
      const hub = new Broadcast();
      const viewers = Array.from({ length: 400 }, (_, n) => viewer(`user ${n}`));
      await Promise.all(viewers.map((one) => hub.join(one)));
      await assert.rejects(hub.join(viewer('user 400')), { code: 'unavailable' });
      const [first] = viewers.splice(0, 1, viewer('user 400'));
      hub.leave(first ?? assert.fail());
      await hub.join(viewers[0] ?? assert.fail());
      for (const one of viewers) hub.leave(one);
    });

    it('remembers 2,000 events, and tells whoever was away for longer that it does not', async () => {
      let tell: (events: HeardEvent[]) => void = () => undefined;
      const listen: typeof listenToLog = (_after, heard) => {
        tell = heard;
        setImmediate(() => heard([]));
        return () => undefined;
      };
      const hub = new Broadcast({ listen });
      const one = viewer('user a');
      await hub.join(one);
      const start = hub.position();
      tell(Array.from({ length: 2_000 }, (_, n) => heardEvent(n)));
      assert.equal(hub.heardAfter(start)?.length, 2_000);
      tell([heardEvent(2_000)]);
      assert.equal(hub.heardAfter(start), undefined);
      assert.equal(hub.heardAfter({ ...start, seq: 1 })?.length, 2_000);
      assert.deepEqual(hub.heardAfter(hub.position()), []);
      assert.equal(hub.heardAfter({ ...start, seq: 2_002 }), undefined, 'ahead of everything');
      assert.equal(hub.heardAfter({ ...start, run: 'another', seq: 2_000 }), undefined);
      hub.leave(one);
    });

    it('is not there while the log cannot be heard, and there again afterwards', async () => {
      let isSilent = true;
      const listen: typeof listenToLog = (...args) => (isSilent ? () => undefined : listenToLog(...args));
      const hub = new Broadcast({ listen, begunWithinMs: 1_500 });
      await assert.rejects(hub.join(viewer('user a')), { name: 'AppError', code: 'unavailable' });
      isSilent = false;
      const one = viewer('user a');
      await hub.join(one);
      hub.leave(one);
    });

    it('tells every viewer when the log is lost for good', async () => {
      let fail: (error: Error) => void = () => undefined;
      const listen: typeof listenToLog = (after, heard, failed) => {
        fail = failed;
        return listenToLog(after, heard, failed);
      };
      const hub = new Broadcast({ listen, firstWaitMs: 1 });
      const told = Promise.withResolvers<void>();
      await hub.join({ ...viewer('user a'), lost: told.resolve });
      // Each new listener fails as soon as it is there.
      const failing = setInterval(() => fail(new Error('permission denied')), 0);
      await told.promise;
      clearInterval(failing);
    });
  });
});
