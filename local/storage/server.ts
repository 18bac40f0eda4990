import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { MovableClock } from '../clock.ts';
import { ContentFiles } from './content.ts';
import { StorageError, sendStorageError, sendXmlError, XmlError } from './errors.ts';
import { followClock, listen, sendJson } from './http.ts';
import { Identity } from './identity.ts';
import { answerIdentity } from './identity-routes.ts';
import { answerJsonApi, matchJsonApi } from './json-api.ts';
import { Objects } from './objects.ts';
import { splitTarget } from './signed-url.ts';
import { Stored } from './stored.ts';
import { answerUpload } from './upload-routes.ts';
import { Uploads } from './uploads.ts';
import { answerXmlApi } from './xml-api.ts';

export interface StorageOptions {
  projectId: string;
  /** The buckets there are; any other answers 404. */
  buckets: string[];
  /** Default 0: any free port. */
  port?: number;
  /** Keeps everything across restarts; without it a temporary folder is used and deleted on stop. */
  dataDir?: string;
  /** Dates objects and ends signed URLs. */
  clock: MovableClock;
}

export interface RunningStorage {
  /** Set STORAGE_EMULATOR_HOST to this. */
  url: string;
  port: number;
  /** Set GOOGLE_APPLICATION_CREDENTIALS to this: Google's clients then get tokens and signatures here, unmodified. */
  serviceAccountFile: string;
  stop(): Promise<void>;
}

/** Starts Cloud Storage, and the account that signs its URLs, on one local port. Rejects when the port is taken. */
export async function startStorage(options: StorageOptions): Promise<RunningStorage> {
  const dir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'dailies-storage-'));
  mkdirSync(dir, { recursive: true });
  const db = new DatabaseSync(join(dir, 'storage.sqlite'));
  // Survives the end of the process, which is what is promised here; the end of the machine is not.
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  const files = new ContentFiles(join(dir, 'content'));
  const objects = new Objects(db, options.clock);
  const stored = new Stored(objects, files, options.buckets);
  const uploads = new Uploads(db, objects, files);
  const identity = new Identity(join(dir, 'identity'), options.projectId);
  const parts = { stored, uploads, identity, clock: options.clock };
  const close = () => {
    db.close();
    if (options.dataDir === undefined) rmSync(dir, { recursive: true, force: true });
  };

  const server = await listen((request, response) => void answer(request, response, parts), options.port).catch(
    (error: unknown) => {
      close();
      throw error;
    },
  );
  stored.url = server.url;
  identity.writeCredentials(server.url);
  return {
    url: server.url,
    port: server.port,
    serviceAccountFile: identity.credentialsFile,
    stop: async () => {
      await server.stop();
      close();
    },
  };
}

interface Parts {
  stored: Stored;
  uploads: Uploads;
  identity: Identity;
  clock: MovableClock;
}

async function answer(request: IncomingMessage, response: ServerResponse, parts: Parts): Promise<void> {
  try {
    await route(request, response, parts);
  } catch (error) {
    if (response.headersSent) response.destroy();
    else if (error instanceof StorageError) sendStorageError(response, error);
    else if (error instanceof XmlError) sendXmlError(response, error);
    else if (error instanceof SyntaxError || error instanceof URIError) {
      sendStorageError(response, new StorageError(400, 'parseError', error.message));
    } else {
      sendStorageError(response, new StorageError(500, 'backendError', String(error)));
    }
  } finally {
    // What a refusal left unread must not be taken for the connection's next request.
    if (!request.complete) request.resume();
  }
}

async function route(request: IncomingMessage, response: ServerResponse, parts: Parts): Promise<void> {
  const { pathname, search } = splitTarget(request.url ?? '/');
  const query = new URLSearchParams(search);
  if (request.method === 'POST' && pathname === '/__clock') {
    await followClock(request, parts.clock);
    return sendJson(response, 200, parts.clock.state());
  }
  if (await answerIdentity(request, response, new URL(request.url ?? '/', parts.stored.url), parts.identity)) return;
  const upload = /^\/upload\/storage\/v1\/b\/([^/]+)\/o$/.exec(pathname);
  if (upload?.[1]) return answerUpload(request, response, { bucket: decodeURIComponent(upload[1]), query }, parts);
  const json = matchJsonApi(pathname);
  if (json) return answerJsonApi(request, response, { ...json, query }, parts.stored);
  return answerXmlApi(request, response, { path: pathname, query }, parts);
}
