import { Firestore } from 'firebase-admin/firestore';
import { MovableClock } from '../../clock.ts';
import { startFirestore } from '../../firestore/index.ts';

/**
 * Run as a child process that a test kills: a server on the data folder of the first argument and a client that writes
 * to it without end. Prints the server's host, then, after a line comes in, the path of each acknowledged document.
 */
const [dataDir = ''] = process.argv.slice(2);
const projectId = 'demo-test';
const { host } = await startFirestore({ projectId, clock: new MovableClock(), dataDir });
process.stdout.write(`${host}\n`);

process.stdin.once('data', () => {
  const db = new Firestore({ projectId, host, ssl: false });
  for (let writer = 0; writer < 4; writer++) void writeOn(db, writer);
});

async function writeOn(db: Firestore, writer: number): Promise<void> {
  for (let n = 0; ; n++) {
    const document = db.doc(`generations/${writer}-${n}`);
    await document.create({ n });
    process.stdout.write(`${document.path}\n`);
  }
}
