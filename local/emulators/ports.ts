import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/** The ports of the official suite, as the section `emulators` of firebase.json names them. */
export interface SuitePorts {
  auth: number;
  functions: number;
  firestore: number;
  /** Of Firestore's web socket, which only its own console uses. */
  firestoreWebSocket: number;
  hosting: number;
  tasks: number;
  eventarc: number;
  hub: number;
  logging: number;
}

const NAMES: readonly (keyof SuitePorts)[] = [
  'auth',
  'functions',
  'firestore',
  'firestoreWebSocket',
  'hosting',
  'tasks',
  'eventarc',
  'hub',
  'logging',
];

/** Below the ports that systems give to outgoing connections: the suite takes seconds to open what was found here. */
const FIRST_PORT = 20_000;
const LAST_PORT = 32_000;
const MAX_TRIES = 100;

/** A free port for each. All are held until all are found, so that no two are the same. Throws when there are too few. */
export async function freePorts(): Promise<SuitePorts> {
  const held: Server[] = [];
  const ports: [string, number][] = [];
  try {
    for (let tries = 0; ports.length < NAMES.length; tries++) {
      if (tries > MAX_TRIES) throw new Error(`no free ports from ${FIRST_PORT} to ${LAST_PORT}`);
      const port = randomInt(FIRST_PORT, LAST_PORT);
      const server = await hold(port);
      if (!server) continue;
      held.push(server);
      ports.push([NAMES[ports.length] ?? '', port]);
    }
    return Object.fromEntries(ports) as unknown as SuitePorts;
  } finally {
    await Promise.all(held.map((server) => new Promise((closed) => server.close(closed))));
  }
}

/** Listens on a port; undefined when somebody else does. */
async function hold(port: number): Promise<Server | undefined> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
    return server;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return undefined;
    throw error;
  }
}

/** The section `emulators` of firebase.json with these ports. */
export function emulatorsSection(ports: SuitePorts): object {
  const at = (port: number) => ({ host: '127.0.0.1', port });
  return {
    auth: at(ports.auth),
    functions: at(ports.functions),
    firestore: { ...at(ports.firestore), websocketPort: ports.firestoreWebSocket },
    hosting: at(ports.hosting),
    tasks: at(ports.tasks),
    eventarc: at(ports.eventarc),
    hub: at(ports.hub),
    logging: at(ports.logging),
    ui: { enabled: false },
    singleProjectMode: true,
  };
}

/** The ports that a section `emulators` names. Throws when one is missing. */
export function portsIn(section: Record<string, { port?: number; websocketPort?: number }>): SuitePorts {
  const found = NAMES.map((name) => {
    const port = name === 'firestoreWebSocket' ? section.firestore?.websocketPort : section[name]?.port;
    if (port === undefined) throw new Error(`firebase.json names no port for the emulator ${name}`);
    return [name, port];
  });
  return Object.fromEntries(found);
}
