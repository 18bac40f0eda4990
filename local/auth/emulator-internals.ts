import type { RequestListener } from 'node:http';
import { createRequire } from 'node:module';

/** A user as the Auth emulator keeps it: one plain JSON object. */
export interface EmulatorUser {
  localId: string;
  /** The ways the user can sign in. */
  providerUserInfo?: object[];
  [field: string]: unknown;
}

/** The emulator's accounts of one project. */
export interface ProjectState {
  users: Map<string, EmulatorUser>;
  updateUserByLocalId(
    localId: string,
    fields: Partial<EmulatorUser>,
    options?: { upsertProviders?: object[]; deleteProviders?: string[] },
  ): EmulatorUser;
  deleteUser(user: EmulatorUser): void;
  deleteAllAccounts(): void;
}

interface OpenApiPath {
  parameters?: { in: string }[];
  servers?: { url: string }[];
}

/** What is used of firebase-tools' Auth emulator. */
export interface AuthEmulator {
  createApp(projectId: string, singleProjectMode: number, states: Map<string, ProjectState>): Promise<RequestListener>;
  AgentProjectState: new (projectId: string) => ProjectState;
  /** OpenAPI paths that were kept. */
  paths: string[];
}

/** Without a project of its own in the path a call is served all the same: the emulator's NO_WARNING. */
export const SINGLE_PROJECT_MODE_NO_WARNING = 0;

/** What the Admin SDK, the web SDKs and the emulator's own pages call. No tenants, no multi-factor, no identity providers' settings. */
const KEPT_PATHS = [
  /^\/v1\/accounts:(createAuthUri|delete|lookup|resetPassword|sendOobCode|signInWithCustomToken|signInWithEmailLink|signInWithIdp|signInWithPassword|signUp|update)$/,
  /^\/v1\/projects\/\{targetProjectId\}(\/accounts|:createSessionCookie|:queryAccounts)/,
  /^\/v1\/(projects|recaptchaParams|sessionCookiePublicKeys|token)$/,
  /^\/v2\/(projects\/\{targetProjectId\}\/config|passwordPolicy|recaptchaConfig)$/,
  /^\/emulator\/v1\/projects\/\{targetProjectId\}\/(accounts|config|oobCodes)$/,
];

/**
 * Loads the emulator from firebase-tools' own files, which are no public API: a test fails when an upgrade moves them.
 * Its OpenAPI document is trimmed first, since compiling all of it takes 4 s. Throws Error when a part is missing.
 */
export function loadAuthEmulator(): AuthEmulator {
  const require = createRequire(import.meta.url);
  const spec = require('firebase-tools/lib/emulator/auth/apiSpec').default as { paths: Record<string, OpenApiPath> };
  trim(spec.paths);
  const { createApp } = require('firebase-tools/lib/emulator/auth/server') as Partial<AuthEmulator>;
  const { AgentProjectState } = require('firebase-tools/lib/emulator/auth/state') as Partial<AuthEmulator>;
  if (!createApp || !AgentProjectState) throw new Error('firebase-tools has no Auth emulator where it used to be');
  return { createApp, AgentProjectState, paths: Object.keys(spec.paths) };
}

function trim(paths: Record<string, OpenApiPath>): void {
  for (const [path, item] of Object.entries(paths)) {
    if (!KEPT_PATHS.some((kept) => kept.test(path))) delete paths[path];
    // The dozen query parameters common to all of Google's APIs (`alt`, `prettyPrint` …) cost more than all the rest.
    else if (item.parameters) item.parameters = item.parameters.filter((parameter) => parameter.in === 'path');
  }
}
